package import CanonicalModel
import Foundation

/// A message as a file, with what lies beside it: `NAME.context.json` for what came with it and `NAME.expected.json` for
/// what it should say.
package struct MessageFile: Sendable {
    package let path: String
    /// The path without the ending that says what language the message is written in.
    package let stem: String

    package init(path: String) {
        let name = path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...]
        let dot = name.lastIndex(of: ".").flatMap { $0 > name.startIndex ? $0 : nil }
        self.init(path: path, stem: String(path[..<(dot ?? path.endIndex)]))
    }

    init(path: String, stem: String) {
        self.path = path
        self.stem = stem
    }

    /// The messages among some files and folders. A folder stands for every `.xml`, `.json`, `.ndjson`, `.jsonl` and `.csv`
    /// below it that is no sidecar and no expected file, in the order of their names.
    /// - Throws: ``MessageFileFault`` for a path that is not there.
    package static func find(_ paths: [String]) throws(MessageFileFault) -> [MessageFile] {
        var found: [MessageFile] = []
        for path in paths {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
                throw MessageFileFault(path: path, reason: "there is no such file or folder")
            }
            found += isFolder.boolValue ? inside(path) : [MessageFile(path: path)]
        }
        return found
    }

    private static func inside(_ folder: String) -> [MessageFile] {
        let base = folder.hasSuffix("/") ? String(folder.dropLast()) : folder
        let files = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        return files.filter(isMessage).sorted().map { MessageFile(path: "\(base)/\($0)") }
    }

    private static func isMessage(_ name: String) -> Bool {
        [".xml", ".json", ".ndjson", ".jsonl", ".csv"].contains(where: name.hasSuffix)
            && !name.hasSuffix(contextSuffix) && !name.hasSuffix(expectedSuffix)
    }

    /// How the names of sidecars and of expected files end.
    package static let contextSuffix = ".context.json"
    package static let expectedSuffix = ".expected.json"

    package var expectedPath: String { stem + Self.expectedSuffix }

    /// The bytes of the message. Of a file longer than the limit one byte more is read, so that it is refused.
    package func body(limit: Int) throws(MessageFileFault) -> [UInt8] {
        do {
            guard let file = FileHandle(forReadingAtPath: path) else {
                throw MessageFileFault(path: path, reason: "cannot be read")
            }
            return Array(try file.read(upToCount: limit + 1) ?? Data())
        } catch {
            throw MessageFileFault(path: path, reason: "cannot be read")
        }
    }

    /// What the sidecar says; nothing when there is none.
    package func context() throws(MessageFileFault) -> TransportContext {
        let sidecar = stem + Self.contextSuffix
        guard FileManager.default.fileExists(atPath: sidecar) else { return TransportContext() }
        guard let data = FileManager.default.contents(atPath: sidecar),
            let values = try? JSONDecoder().decode([String: String].self, from: data)
        else { throw MessageFileFault(path: sidecar, reason: "is not a flat JSON object of texts") }
        return TransportContext(values)
    }
}

/// A file that a command was given and cannot use.
package struct MessageFileFault: Error, Sendable, CustomStringConvertible {
    package let path: String
    package let reason: String

    package var description: String { "\(path): \(reason)" }
}
