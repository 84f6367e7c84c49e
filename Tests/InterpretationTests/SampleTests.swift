import CanonicalModel
import Documents
import Foundation
import Interpretation
import MessageMapping
import Testing

/// Every sample says what its expected file, read by people against the format notes, says it says.
struct SampleTests {
    @Test("A sample is read as its expected file says", arguments: try Sample.all("")) func sample(_ sample: Sample)
        throws
    {
        let reader = try MessageReader(mappings: MappingFolder.load([Sample.root + "/Mappings"]))
        let reading = reader.read(
            try sample.body, transport: try sample.context, acceptedAt: "2026-11-21T09:00:00Z",
            digest: String(repeating: "0", count: 64))
        let expected = try sample.expected
        switch reading {
        case .read(let mapped):
            let actual = String(decoding: CanonicalJSONWriter.write(mapped.message, isPretty: true), as: UTF8.self)
            #expect(Difference.of(actual, expected) == "", "\(sample)")
        case .refused(let fault):
            #expect(expected.contains("\"\(fault.code.rawValue)\""), "\(sample): \(fault.code)")
            #expect(expected.contains("\"exit\": 3"), "\(sample)")
        case .unknown:
            #expect(expected.contains("\"message-unknown\""), "\(sample)")
            #expect(expected.contains("\"exit\": 2"), "\(sample)")
        }
    }

    @Test("There is a sample for every mapping") func everyMappingHasASample() throws {
        let mappings = try MappingFolder.load([Sample.root + "/Mappings"])
        let reader = MessageReader(mappings: mappings)
        var read: Set<String> = []
        for sample in try Sample.all("") {
            let reading = reader.read(
                try sample.body, transport: try sample.context, acceptedAt: "2026-11-21T09:00:00Z", digest: "")
            if case .read(let mapped) = reading { read.insert(mapped.mapping.name) }
        }
        #expect(Set(mappings.mappings.map(\.name)).subtracting(read).isEmpty)
    }
}

/// A file under `Samples/` with what belongs to it.
struct Sample: Sendable, CustomTestStringConvertible {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    let path: String

    var testDescription: String { String(path.dropFirst(Self.root.count + "/Samples/".count)) }

    static func all(_ folder: String) throws -> [Sample] {
        let base = root + "/Samples"
        let files = FileManager.default.enumerator(atPath: base)?.compactMap { $0 as? String } ?? []
        return files.filter { $0.hasSuffix(".xml") || $0.hasSuffix(".json") }
            .filter { !$0.hasSuffix(".expected.json") && !$0.hasSuffix(".context.json") && $0.hasPrefix(folder) }
            .sorted().map { Sample(path: "\(base)/\($0)") }
    }

    private var stem: String { String(path[..<(path.lastIndex(of: ".") ?? path.endIndex)]) }

    var body: [UInt8] { get throws { Array(try Data(contentsOf: URL(filePath: path))) } }

    var expected: String {
        get throws { String(decoding: try Data(contentsOf: URL(filePath: stem + ".expected.json")), as: UTF8.self) }
    }

    var context: TransportContext {
        get throws {
            guard let data = FileManager.default.contents(atPath: stem + ".context.json") else {
                return TransportContext()
            }
            return TransportContext(try JSONDecoder().decode([String: String].self, from: data))
        }
    }
}

/// Compares pretty JSON line by line; `"*digest*"` and `"*accepted*"` in the expected text stand for what no one can know
/// beforehand.
enum Difference {
    static func of(_ actual: String, _ expected: String) -> String {
        let mine = actual.split(separator: "\n").map(String.init)
        let theirs = expected.split(separator: "\n").map(String.init)
        for (index, wanted) in theirs.enumerated() {
            let found = index < mine.count ? mine[index] : "(nothing)"
            guard found != wanted, !matches(found, wanted) else { continue }
            return "line \(index + 1): found \(found), wanted \(wanted)\n\(actual)"
        }
        return mine.count > theirs.count ? "line \(theirs.count + 1): found \(mine[theirs.count]), wanted nothing" : ""
    }

    private static func matches(_ found: String, _ wanted: String) -> Bool {
        for (placeholder, pattern) in [("*digest*", "[0-9a-f]{16,}(-[0-9]+)?"), ("*accepted*", "2026-11-21T09:00:00Z")]
        {
            guard wanted.contains(placeholder), let range = wanted.range(of: placeholder) else { continue }
            let head = String(wanted[..<range.lowerBound])
            let tail = String(wanted[range.upperBound...])
            guard found.hasPrefix(head), found.hasSuffix(tail) else { return false }
            let middle = found.dropFirst(head.count).dropLast(tail.count)
            return middle.range(of: "^(\(pattern))$", options: .regularExpression) != nil
        }
        return false
    }
}
