package import Documents
import Foundation

/// Mappings and code tables as they lie on disk: `inbound/<system>/*.yaml` with `include/` beside them, and `codes/*.csv`.
package enum MappingFolder {
    /// Reads and compiles the mappings of some folders; a file of a later folder replaces the one of the same name in an
    /// earlier folder. `limits` are those of documents that mappings read out of values.
    /// - Throws: ``MappingFindings`` for what is wrong in the files, for ids that are made differently than a folder's
    ///   ``IdentityRecord`` says, or for a folder that cannot be read.
    package static func load(_ folders: [String], limits: DocumentLimits = DocumentLimits()) throws(MappingFindings)
        -> MappingSet
    {
        let files = try files(of: folders)
        let tables = try codeTables(files.codes)
        var sources: [(path: String, text: String)] = []
        for (file, path) in files.inbound.sorted(by: { $0.key < $1.key }) where !isIncluded(file) {
            sources.append((path, try text(path)))
        }
        let inbound = files.inbound
        let set = try MappingSet(files: sources, tables: tables, limits: limits) { name, from in
            // An included file is looked for beside the file that asks, under the path it has in any of the folders.
            let folder = folders.first { from.hasPrefix("\($0)/") } ?? ""
            let relative = String(from.dropFirst(folder.count + 1))
            var parts = relative.split(separator: "/").dropLast().map(String.init)
            if parts.last == "include" { parts.removeLast() }
            let wanted = (parts + ["include", "\(name).yaml"]).joined(separator: "/")
            let path = inbound[wanted] ?? inbound["inbound/include/\(name).yaml"]
            return path.flatMap { path in (try? text(path)).map { (path, $0) } }
        }
        let refusals = IdentityRecord.refusals(of: set.mappings, by: folders.compactMap(record))
        guard refusals.isEmpty else { throw MappingFindings(findings: refusals) }
        return set
    }

    /// What is allowed in the folders and yet hardly meant: what the mappings themselves remark, files to include that no
    /// mapping includes, ids that are not recorded.
    package static func remarks(on folders: [String], set: MappingSet) -> [MappingFinding] {
        let files = try? files(of: folders)
        let unused = (files?.inbound ?? [:]).filter { isIncluded($0.key) && !set.includes.contains($0.value) }
            .values.sorted().map {
                MappingFinding(file: $0, line: 1, "no mapping includes this file", hint: "take it away, or include it")
            }
        let unrecorded = folders.flatMap { folder in
            record(of: folder)?.remarks(on: mappings(of: folder, in: set)) ?? []
        }
        return set.mappings.flatMap(\.remarks) + unused + unrecorded
    }

    /// Writes down what the ids of the mappings of each folder are made of.
    /// - Throws: when a file cannot be written.
    package static func recordIdentities(of folders: [String], set: MappingSet) throws {
        for folder in folders {
            try IdentityRecord.text(of: mappings(of: folder, in: set))
                .write(toFile: "\(folder)/\(IdentityRecord.fileName)", atomically: true, encoding: .utf8)
        }
    }

    private static func mappings(of folder: String, in set: MappingSet) -> [Mapping] {
        set.mappings.filter { $0.file.hasPrefix("\(folder)/") }
    }

    private static func record(of folder: String) -> IdentityRecord? {
        let path = "\(folder)/\(IdentityRecord.fileName)"
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        // One that cannot be read is refused line by line.
        return IdentityRecord(file: path, text: (try? text(path)) ?? "unreadable")
    }

    private static func isIncluded(_ file: String) -> Bool { file.contains("/include/") }

    private static func files(of folders: [String]) throws(MappingFindings) -> (
        inbound: [String: String], codes: [String: String]
    ) {
        var inbound: [String: String] = [:]
        var codes: [String: String] = [:]
        for folder in folders {
            for file in try files(below: folder) {
                let path = "\(folder)/\(file)"
                if file.hasPrefix("inbound/"), file.hasSuffix(".yaml") { inbound[file] = path }
                if file.hasPrefix("codes/"), file.hasSuffix(".csv") { codes[file] = path }
            }
        }
        return (inbound, codes)
    }

    private static func codeTables(_ files: [String: String]) throws(MappingFindings) -> [String: CodeTable] {
        var tables: [String: CodeTable] = [:]
        var findings: [MappingFinding] = []
        for (file, path) in files.sorted(by: { $0.key < $1.key }) {
            let name = String(file.dropFirst("codes/".count).dropLast(".csv".count))
            do throws(MappingFindings) {
                tables[name] = try CodeTable(name: name, file: path, text: try text(path))
            } catch {
                findings += error.findings
            }
        }
        guard findings.isEmpty else { throw MappingFindings(findings: findings) }
        return tables
    }

    private static func files(below folder: String) throws(MappingFindings) -> [String] {
        guard let enumerator = FileManager.default.enumerator(atPath: folder) else {
            throw unreadable(folder, "cannot read the folder of mappings")
        }
        var files: [String] = []
        while let file = enumerator.nextObject() as? String { files.append(file) }
        guard files.contains(where: { $0.hasSuffix(".yaml") }) else {
            throw unreadable(folder, "there are no mappings in this folder")
        }
        return files.sorted()
    }

    private static func text(_ path: String) throws(MappingFindings) -> String {
        guard let data = FileManager.default.contents(atPath: path), let text = String(data: data, encoding: .utf8)
        else { throw unreadable(path, "cannot read the file as UTF-8") }
        return text
    }

    private static func unreadable(_ path: String, _ message: String) -> MappingFindings {
        MappingFindings(findings: [
            MappingFinding(file: path, line: 0, message, hint: "gateway.mappings in the configuration, or --mappings")
        ])
    }
}
