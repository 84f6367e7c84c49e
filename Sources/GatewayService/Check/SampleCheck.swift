import CanonicalModel
package import Foundation
package import Interpretation
package import MessageMapping

/// Reads every sample of some folders and holds it against its expected file.
package struct SampleCheck: Sendable {
    private let reader: MessageReader
    private let sizeLimit: Int
    package private(set) var findings: [MappingFinding] = []
    /// How many samples were read.
    package private(set) var count = 0
    private var mappingsRead: Set<String> = []

    /// `sizeLimit` bounds the bytes of a sample.
    package init(reader: MessageReader, sizeLimit: Int) {
        self.reader = reader
        self.sizeLimit = sizeLimit
    }

    /// Reads the samples of a folder; what is wrong joins ``findings``.
    package mutating func check(folder: String) {
        let samples: [MessageFile]
        do throws(MessageFileFault) {
            samples = try MessageFile.find([folder])
        } catch {
            return findings.append(MappingFinding(file: error.path, line: 0, error.reason, hint: "--samples"))
        }
        for sample in samples { check(sample) }
        let stems = Set(samples.map(\.stem))
        for file in Self.besides(folder) where !stems.contains(file.stem) {
            findings.append(
                MappingFinding(
                    file: file.path, line: 0, "it belongs to no sample", hint: "\(file.stem).xml or .json is not there")
            )
        }
    }

    /// The mappings that no sample is read by.
    package func unsampled(of mappings: MappingSet) -> [MappingFinding] {
        mappings.mappings.filter { !mappingsRead.contains($0.name) }.map { mapping in
            MappingFinding(
                file: mapping.file, line: 1, "there is no sample that \(mapping.name) reads",
                hint: "add Samples/\(mapping.name)/<case>.xml or .json, and <case>.expected.json")
        }
    }

    private mutating func check(_ sample: MessageFile) {
        count += 1
        guard let expected = FileManager.default.contents(atPath: sample.expectedPath) else {
            return findings.append(
                MappingFinding(
                    file: sample.path, line: 0, "the sample has no expected file",
                    hint: "read what `hatchway map` prints, and save it as \(sample.expectedPath)"))
        }
        do throws(MessageFileFault) {
            let body = MessageBody(bytes: try sample.body(limit: sizeLimit), context: try sample.context())
            let reading = FileReading.read(sample, body, with: reader, acceptedAt: SampleComparison.moment)
            if case .read(let mapped) = reading.reading { mappingsRead.insert(mapped.mapping.name) }
            if let finding = Self.compare(reading, expected) { findings.append(finding) }
        } catch {
            findings.append(MappingFinding(file: error.path, line: 0, error.reason))
        }
    }

    /// Holds a reading against the content of its expected file.
    /// - Returns: what differs, if anything.
    package static func compare(_ reading: FileReading, _ expected: Data) -> MappingFinding? {
        let path = reading.file.expectedPath
        guard case .read(let mapped) = reading.reading else {
            let wanted = try? JSONDecoder().decode(ExpectedRefusal.self, from: expected)
            let found = ExpectedRefusal(exit: reading.exit, code: reading.code ?? "")
            if wanted == found { return nil }
            return MappingFinding(
                file: path, line: 1, "the sample is refused: exit \(found.exit), \(found.code)",
                hint: wanted.map { "wanted: exit \($0.exit), \($0.code)" } ?? "a message is wanted")
        }
        let found = String(decoding: CanonicalJSONWriter.write(mapped.message, isPretty: true), as: UTF8.self)
        let difference = SampleComparison().difference(found: found, wanted: String(decoding: expected, as: UTF8.self))
        return difference.map { difference in
            MappingFinding(
                file: path, line: difference.line, "the sample says something else: \(difference.found.trimmed)",
                hint: "wanted: \(difference.wanted.trimmed)")
        }
    }

    /// The sidecars and expected files of a folder, as the messages they belong to.
    private static func besides(_ folder: String) -> [MessageFile] {
        let files = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        return files.sorted().compactMap { name in
            for suffix in [MessageFile.contextSuffix, MessageFile.expectedSuffix] where name.hasSuffix(suffix) {
                return MessageFile(path: "\(folder)/\(name)", stem: "\(folder)/\(name.dropLast(suffix.count))")
            }
            return nil
        }
    }
}

/// What the expected file of a body that must be refused says.
private struct ExpectedRefusal: Codable, Equatable {
    var exit: Int32
    var code: String
}

extension String {
    fileprivate var trimmed: String { trimmingCharacters(in: .whitespaces) }
}
