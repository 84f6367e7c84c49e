import CanonicalModel
package import Foundation
import Interpretation
package import MessageMapping

/// What a sample says, to be held against its expected file.
package struct SampleReadings {
    let sample: MessageFile
    let readings: [FileReading]
    /// Whether these are the parts of a file of many messages; their expected file is a JSON array.
    let areParts: Bool

    /// Holds it against the content of its expected file.
    /// - Returns: what differs, if anything.
    package func compare(_ expected: Data) -> MappingFinding? {
        if !areParts, let reading = readings.first, !reading.isRead { return compareRefusal(reading, expected) }
        let difference = SampleComparison().difference(found: text, wanted: String(decoding: expected, as: UTF8.self))
        return difference.map { difference in
            MappingFinding(
                file: sample.expectedPath, line: difference.line,
                "the sample says something else: \(difference.found.trimmed)",
                hint: "wanted: \(difference.wanted.trimmed)")
        }
    }

    /// The message in pretty JSON, or an array with the message of each part, and for one that is refused its exit and
    /// code.
    private var text: String {
        let members = readings.map(\.expectedText)
        guard areParts else { return members.first ?? "" }
        guard !members.isEmpty else { return "[]" }
        let indented = members.map { member in
            member.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n")
        }
        return "[\n\(indented.joined(separator: ",\n"))\n]"
    }

    private func compareRefusal(_ reading: FileReading, _ expected: Data) -> MappingFinding? {
        let wanted = try? JSONDecoder().decode(ExpectedRefusal.self, from: expected)
        let found = ExpectedRefusal(exit: reading.exit, code: reading.code ?? "")
        if wanted == found { return nil }
        return MappingFinding(
            file: sample.expectedPath, line: 1, "the sample is refused: exit \(found.exit), \(found.code)",
            hint: wanted.map { "wanted: exit \($0.exit), \($0.code)" } ?? "a message is wanted")
    }
}

/// What the expected file of a body that must be refused says.
private struct ExpectedRefusal: Codable, Equatable {
    var exit: Int32
    var code: String
}

extension FileReading {
    fileprivate var isRead: Bool { if case .read = reading { true } else { false } }

    fileprivate var expectedText: String {
        guard case .read(let mapped) = reading else { return "{ \"exit\": \(exit), \"code\": \"\(code ?? "")\" }" }
        return String(decoding: CanonicalJSONWriter.write(mapped.message, isPretty: true), as: UTF8.self)
    }
}

extension String {
    fileprivate var trimmed: String { trimmingCharacters(in: .whitespaces) }
}
