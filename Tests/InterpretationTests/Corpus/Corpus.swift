import CanonicalModel
import Documents
import Foundation
import Interpretation
import MessageMapping

/// The real public messages, where this machine has them: `HATCHWAY_SHARED` names the folder above them. Its manifest says
/// which files say the same thing.
struct Corpus {
    private let folder: String
    private let rows: [(path: String, pairs: [String])]

    /// Nil, and said so for `family`, where there is no corpus.
    init?(for family: String) {
        guard let shared = ProcessInfo.processInfo.environment["HATCHWAY_SHARED"], !shared.isEmpty else {
            print("corpus: NOT RUN: \(family) (HATCHWAY_SHARED names no folder)")
            return nil
        }
        folder = shared + "/corpus/"
        guard let manifest = try? String(contentsOfFile: folder + "MANIFEST.tsv", encoding: .utf8) else {
            print("corpus: NOT RUN: \(family) (the folder that HATCHWAY_SHARED names has no corpus)")
            return nil
        }
        let lines = manifest.split(whereSeparator: \.isNewline).map {
            $0.split(separator: "\t", omittingEmptySubsequences: false).map { String($0) }
        }
        guard let column = lines.first?.firstIndex(of: "pair_id") else {
            print("corpus: NOT RUN: \(family) (the manifest names no pairs)")
            return nil
        }
        rows = lines.dropFirst().filter { $0.count > column }.map { columns in
            (columns[0], columns[column].split(separator: ",").map { String($0) })
        }
    }

    /// The messages whose path begins with one of `prefixes` and ends with `ending`.
    func paths(under prefixes: [String], ending: String) -> [String] {
        rows.map(\.path).filter { path in path.hasSuffix(ending) && prefixes.contains { path.hasPrefix($0) } }
    }

    /// The paths that share a pair's name, for every name that begins with `prefix`; of a row with several names the one
    /// that does counts.
    func pairs(named prefix: String) -> [(name: String, paths: [String])] {
        var found: [String: [String]] = [:]
        for row in rows {
            for name in row.pairs where name.hasPrefix(prefix) { found[name, default: []].append(row.path) }
        }
        return found.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// The bytes as they stand, as JSON.
    func json(_ path: String) -> JSONValue? {
        FileManager.default.contents(atPath: folder + path).flatMap { JSONValue($0) }
    }

    /// What the repository's mappings make of a message, in the canonical JSON, and which of them read it; nil when none
    /// does.
    func read(_ path: String) throws -> (message: JSONValue, mapping: String)? {
        let reader = try Sample.reader.get()
        guard let data = FileManager.default.contents(atPath: folder + path),
            case .read(let mapped) = reader.read(
                Array(data), transport: TransportContext(), acceptedAt: "2026-11-21T09:00:00Z", digest: ""),
            let message = JSONValue(Data(CanonicalJSONWriter.write(mapped.message)))
        else { return nil }
        return (message, mapped.mapping.name)
    }
}
