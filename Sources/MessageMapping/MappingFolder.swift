import Foundation

/// Mappings and code tables as they lie on disk: `inbound/<system>/*.yaml` with `include/` beside them, and `codes/*.csv`.
package enum MappingFolder {
    /// Reads and compiles the mappings of some folders; a file of a later folder replaces the one of the same name in an
    /// earlier folder.
    /// - Throws: ``MappingFindings`` for what is wrong in the files, or for a folder that cannot be read.
    package static func load(_ folders: [String]) throws(MappingFindings) -> MappingSet {
        var inbound: [String: String] = [:]
        var codes: [String: String] = [:]
        for folder in folders {
            let files = try files(below: folder)
            for file in files {
                let path = "\(folder)/\(file)"
                if file.hasPrefix("inbound/"), file.hasSuffix(".yaml") { inbound[file] = path }
                if file.hasPrefix("codes/"), file.hasSuffix(".csv") { codes[file] = path }
            }
        }
        let tables = try codeTables(codes)
        var sources: [(path: String, text: String)] = []
        for (file, path) in inbound.sorted(by: { $0.key < $1.key }) where !file.contains("/include/") {
            sources.append((path, try text(path)))
        }
        return try MappingSet(files: sources, tables: tables) { name, from in
            // An included file is looked for beside the file that asks, under the path it has in any of the folders.
            let folder = folders.first { from.hasPrefix("\($0)/") } ?? ""
            let relative = String(from.dropFirst(folder.count + 1))
            var parts = relative.split(separator: "/").dropLast().map(String.init)
            if parts.last == "include" { parts.removeLast() }
            let wanted = (parts + ["include", "\(name).yaml"]).joined(separator: "/")
            let path = inbound[wanted] ?? inbound["inbound/include/\(name).yaml"]
            return path.flatMap { path in (try? text(path)).map { (path, $0) } }
        }
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
