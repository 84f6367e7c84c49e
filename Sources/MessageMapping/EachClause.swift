import Documents

/// What a mapping says with `each`: that a file holds many messages, and where they stand in it.
enum EachClause {
    /// The words for a JSON array that is the root, for JSON Lines and for comma-separated values.
    private static let open: [String: PartPath] = ["items": .items, "lines": .lines, "rows": .rows]

    /// Reads `each` against what the same mapping says it reads.
    /// - Throws: a finding when no file can be both.
    static func paths(_ each: [LocatedText], of mapping: ParsedMapping) throws(MappingFinding) -> [PartPath] {
        var paths: [PartPath] = []
        for located in each {
            let path = try path(located, of: mapping)
            guard !paths.contains(path) else {
                throw MappingFinding(at: located.line, "\(located.text) stands in each twice", hint: "leave one out")
            }
            paths.append(path)
        }
        guard paths.count < 2 || paths.allSatisfy({ open.values.contains($0) }) else {
            throw MappingFinding(
                at: each[0].line, "several ways to hold many messages, of which one is a path",
                hint: "a path stands alone; items, lines and rows may stand together")
        }
        return paths
    }

    private static func path(_ located: LocatedText, of mapping: ParsedMapping) throws(MappingFinding) -> PartPath {
        let names = located.text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard names.allSatisfy({ !$0.isEmpty && !$0.contains(where: \.isWhitespace) }) else {
            throw MappingFinding(
                at: located.line, "each is not a path",
                hint: "names with dots between them, from the root: Export.Patient")
        }
        switch mapping.reads?.body {
        case .root(_, let root):
            guard names[0] == root, names.count > 1 else {
                throw MappingFinding(
                    at: located.line, "each does not begin with the root that reads names",
                    hint: "each: \(root).…, down to the element that is one message")
            }
            return .elements(names)
        case .keys, .resource:
            if let path = open[located.text] { return path }
            if case .keys(let keys) = mapping.reads?.body, !keys.contains(where: { isSame($0, names[0], mapping) }) {
                throw MappingFinding(
                    at: located.line, "each does not begin with a key that reads names",
                    hint: "has: [\((keys + [names[0]]).joined(separator: ", "))], or each: items, lines or rows")
            }
            return .keys(names, isCaseInsensitive: mapping.isCaseInsensitive)
        case .transport, nil:
            throw MappingFinding(
                at: located.line, "a body that says nothing of itself cannot be a file of many messages",
                hint: "reads: {root: …}, {has: […]} or {resourceType: …}")
        }
    }

    private static func isSame(_ one: String, _ other: String, _ mapping: ParsedMapping) -> Bool {
        mapping.isCaseInsensitive ? one.lowercased() == other.lowercased() : one == other
    }
}

/// A text of a mapping file and the line that it stands on.
struct LocatedText: Sendable {
    let text: String
    let line: FileLine
}
