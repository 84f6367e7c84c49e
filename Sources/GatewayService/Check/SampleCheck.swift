import Foundation
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
    /// The lines of mappings that gave a value, or an issue in place of one.
    private var exercised: Set<FileLine> = []

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

    /// The lines of mappings that no sample shows at work. Those of an included file count together, whoever includes it.
    package func unexercised(of mappings: MappingSet) -> [MappingFinding] {
        let lines = mappings.mappings.filter { mappingsRead.contains($0.name) }.reduce(into: Set()) {
            $0.formUnion($1.lines)
        }
        return lines.subtracting(exercised).sorted { ($0.file, $0.number) < ($1.file, $1.number) }.map {
            MappingFinding(
                file: $0.file, line: $0.number, "no sample gets a value from this line",
                hint: "add a case that does, or delete the line")
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
            let readings = try Self.read(sample, with: reader, sizeLimit: sizeLimit)
            for case .read(let mapped) in readings.readings.map(\.reading) {
                mappingsRead.insert(mapped.mapping.name)
                exercised.formUnion(mapped.exercised)
            }
            if let finding = readings.compare(expected) { findings.append(finding) }
        } catch {
            findings.append(MappingFinding(file: error.path, line: 0, error.reason))
        }
    }

    /// What a sample says: one reading, or one for each part of a file of many messages.
    package static func read(_ sample: MessageFile, with reader: MessageReader, sizeLimit: Int)
        throws(MessageFileFault) -> SampleReadings
    {
        let context = try sample.context()
        if let parts = try PartReading(sample, context, with: reader) {
            var readings: [FileReading] = []
            do {
                try parts.forEach(with: reader, acceptedAt: SampleComparison.moment, isExplaining: true) {
                    readings.append($0)
                }
            } catch {
                throw MessageFileFault(path: sample.path, reason: "cannot be read")
            }
            return SampleReadings(sample: sample, readings: readings, areParts: true)
        }
        let body = MessageBody(bytes: try sample.body(limit: sizeLimit), context: context)
        let reading = FileReading.read(
            sample, body, with: reader, acceptedAt: SampleComparison.moment, isExplaining: true)
        return SampleReadings(sample: sample, readings: [reading], areParts: false)
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
