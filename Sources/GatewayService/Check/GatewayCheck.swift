package import Documents
import Foundation
import Interpretation
import MessageMapping

/// What `hatchway check` does: configuration, mappings and samples, with everything that is wrong in any of them.
package struct GatewayCheck: Sendable {
    /// Everything found, each as a text of one or more lines.
    package private(set) var findings: [String] = []
    private var mappingCount = 0
    private var sampleCount = 0
    private var areSamplesRead = false

    package init() {}

    /// Reads a configuration file.
    /// - Returns: the configuration, unless it cannot be used.
    package mutating func configuration(_ path: String, environment: [String: String]) -> GatewayConfiguration? {
        do throws(ConfigurationFault) {
            let configuration = try GatewayConfiguration.load(path: path, environment: environment)
            findings += configuration.warnings.map(\.description)
            return configuration
        } catch {
            findings += error.findings.map(\.description)
            return nil
        }
    }

    /// Compiles the mappings of some folders and reads the samples that belong to them. Without folders of samples named,
    /// they are those beside the mappings, where there are any.
    ///
    /// When `recordingIds`, what ids are made of is written down beside the mappings first.
    package mutating func mappings(
        _ folders: [String], samples: [String], limits: DocumentLimits, recordingIds: Bool = false
    ) {
        let set: MappingSet
        do throws(MappingFindings) {
            set = try MappingFolder.load(folders, limits: limits)
        } catch {
            return findings += error.findings.map(\.description)
        }
        mappingCount = set.mappings.count
        if recordingIds { record(folders, set) }
        add(MappingFolder.remarks(on: folders, set: set))
        add(CodeTableCheck.findings(in: set))
        let sampleFolders = samples.isEmpty ? folders.compactMap(Self.samples) : samples
        guard !sampleFolders.isEmpty else { return }
        areSamplesRead = true
        var check = SampleCheck(
            reader: MessageReader(mappings: set, limits: limits), sizeLimit: limits.messageSize)
        for folder in sampleFolders { check.check(folder: folder) }
        sampleCount = check.count
        add(check.unsampled(of: set))
        add(check.unexercised(of: set))
        add(check.findings)
    }

    private mutating func record(_ folders: [String], _ set: MappingSet) {
        do {
            try MappingFolder.recordIdentities(of: folders, set: set)
        } catch {
            findings.append("\(folders.joined(separator: ", ")): cannot write \(IdentityRecord.fileName) there")
        }
    }

    private mutating func add(_ found: [MappingFinding]) { findings += found.map(\.description) }

    /// The folder `Samples` beside a folder of mappings.
    private static func samples(of mappings: String) -> String? {
        let folder = URL(filePath: mappings).deletingLastPathComponent().appending(path: "Samples")
        guard FileManager.default.fileExists(atPath: folder.path) else { return nil }
        return mappings.hasPrefix("/") ? folder.path : relative(folder.path)
    }

    private static func relative(_ path: String) -> String {
        let here = FileManager.default.currentDirectoryPath
        return path.hasPrefix("\(here)/") ? String(path.dropFirst(here.count + 1)) : path
    }

    /// One line that says what was looked at.
    package var summary: String {
        let samples = areSamplesRead ? "\(sampleCount) samples" : "samples not looked at"
        let end = findings.isEmpty ? "no findings" : findings.count == 1 ? "1 finding" : "\(findings.count) findings"
        return "\(mappingCount) mappings, \(samples): \(end)"
    }
}
