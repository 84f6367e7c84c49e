import FHIRPath
import Yams

/// A mapping file, read but not yet compiled.
struct ParsedMapping: Sendable {
    let file: String
    let name: String
    let line: FileLine
    var reads: Reads?
    var isCaseInsensitive = false
    /// Where the messages stand in a file that holds many.
    var each: LocatedText?
    /// Part of the source to which rule 5 of the release policy applies.
    var confidentialWhen: LocatedExpression?
    var members: [ParsedTemplate.Member] = []
    /// The whole text with its includes, to tell one version of a mapping from another.
    var text: String

    /// Which messages a mapping reads.
    struct Reads: Sendable {
        enum Body: Sendable, Hashable {
            /// An XML root element, by namespace (empty for none) and local name.
            case root(namespace: String, name: String)
            /// A JSON object that has these keys at the top.
            case keys([String])
            case resource(String)
            /// A body that says nothing of itself.
            case transport([String: String])
        }

        let body: Body
        /// An expression whose value tells messages with a shared root apart.
        let at: LocatedExpression?
        let value: String?
        let line: FileLine
    }

    var expressions: [LocatedExpression] {
        ParsedTemplate.object(members, line: line).expressions
            + [confidentialWhen, reads?.at].compactMap { $0 }
    }
}

/// Reads mapping files and lays what they include under them.
struct MappingFileReader {
    /// Finds the text of an included file: its path and content.
    let include: (_ name: String, _ from: String) -> (path: String, text: String)?
    private(set) var findings: [MappingFinding] = []

    init(include: @escaping (_ name: String, _ from: String) -> (path: String, text: String)?) {
        self.include = include
    }

    /// - Returns: nil when the file is not a mapping; what is wrong is among ``findings``.
    mutating func read(file: String, text: String) -> ParsedMapping? {
        guard let pairs = pairs(file: file, text: text) else { return nil }
        guard let name = pairs.first(where: { $0.key.scalar?.string == "mapping" }), let title = name.value.scalar
        else {
            findings.append(
                MappingFinding(file: file, line: 1, "no name", hint: "begin with `mapping: system/message`"))
            return nil
        }
        var mapping = ParsedMapping(
            file: file, name: title.string, line: TemplateParser(file: file).line(name.key), text: text)
        fill(&mapping, file: file, pairs: pairs, depth: 0)
        if mapping.reads == nil {
            findings.append(
                MappingFinding(file: file, line: 1, "it does not say what it reads", hint: "add `reads: {root: …}`"))
        }
        return mapping
    }

    private mutating func pairs(file: String, text: String) -> [(key: Node, value: Node)]? {
        do {
            guard let node = try Yams.compose(yaml: text), let mapping = node.mapping else {
                findings.append(MappingFinding(file: file, line: 1, "not a YAML mapping"))
                return nil
            }
            return mapping.map { ($0.key, $0.value) }
        } catch let error as YamlError {
            findings.append(
                MappingFinding(file: file, line: Self.line(of: error), "not YAML", hint: Self.reason(of: error)))
        } catch {
            findings.append(MappingFinding(file: file, line: 1, "not YAML"))
        }
        return nil
    }

    private static func line(of error: YamlError) -> Int {
        switch error {
        case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _): mark.line
        default: 0
        }
    }

    private static func reason(of error: YamlError) -> String? {
        switch error {
        case .scanner(_, let problem, _, _), .parser(_, let problem, _, _), .composer(_, let problem, _, _): problem
        default: nil
        }
    }

    /// Included files come first, so that what the file itself says stands over them.
    private mutating func fill(
        _ mapping: inout ParsedMapping, file: String, pairs: [(key: Node, value: Node)], depth: Int
    ) {
        for pair in pairs where pair.key.scalar?.string == "include" {
            let names = pair.value.scalar.map { [$0.string] } ?? pair.value.array().compactMap(\.scalar?.string)
            for name in names { includeFile(name, into: &mapping, from: file, line: pair.key, depth: depth) }
        }
        var parser = TemplateParser(file: file)
        var own: [(key: Node, value: Node)] = []
        for (key, value) in pairs {
            switch key.scalar?.string {
            case "mapping", "include": continue
            case "reads": mapping.reads = reads(value, &parser)
            case "each": mapping.each = LocatedText(text: value.scalar?.string ?? "", line: parser.line(key))
            case "keys": mapping.isCaseInsensitive = isCaseInsensitive(value, file: file)
            case "confidentialWhen":
                mapping.confidentialWhen = parser.expression(
                    value.scalar?.string ?? "", line: parser.line(key))
            default: own.append((key, value))
            }
        }
        if !own.isEmpty {
            switch parser.parseMapping(own, line: parser.line(own[0].key)) {
            case .object(let members, _): lay(members, over: &mapping.members)
            case let template: mapping.members.append(.splice(template))
            }
        }
        findings += parser.findings
    }

    private mutating func includeFile(
        _ name: String, into mapping: inout ParsedMapping, from file: String, line: Node, depth: Int
    ) {
        guard depth < 8, let found = include(name, file) else {
            findings.append(
                MappingFinding(
                    at: TemplateParser(file: file).line(line), "no file to include is named \(name)",
                    hint: "it is looked for in the folder `include` beside this file"))
            return
        }
        guard let pairs = pairs(file: found.path, text: found.text) else { return }
        mapping.text += found.text
        fill(&mapping, file: found.path, pairs: pairs, depth: depth + 1)
    }

    /// A field that the file writes itself replaces the included one.
    private func lay(_ members: [ParsedTemplate.Member], over base: inout [ParsedTemplate.Member]) {
        for member in members {
            if case .field(let name, _, _) = member {
                base.removeAll { if case .field(name, _, _) = $0 { true } else { false } }
            }
            base.append(member)
        }
    }

    private mutating func isCaseInsensitive(_ value: Node, file: String) -> Bool {
        switch value.scalar?.string {
        case "exact": return false
        case "case-insensitive": return true
        default:
            findings.append(
                MappingFinding(
                    at: TemplateParser(file: file).line(value), "unknown way to compare keys",
                    hint: "exact or case-insensitive"))
            return false
        }
    }

    private mutating func reads(_ node: Node, _ parser: inout TemplateParser) -> ParsedMapping.Reads? {
        let line = parser.line(node)
        guard let mapping = node.mapping else {
            findings.append(MappingFinding(at: line, "reads is not an object"))
            return nil
        }
        var body: ParsedMapping.Reads.Body?
        var at: LocatedExpression?
        var value: String?
        for (key, content) in mapping {
            let text = content.scalar?.string ?? ""
            switch key.scalar?.string {
            case "root": body = Self.root(text)
            case "has": body = .keys(content.array().compactMap(\.scalar?.string))
            case "resourceType": body = .resource(text)
            case "transport":
                body = .transport(
                    Dictionary(
                        content.mapping?.map { ($0.key.scalar?.string ?? "", $0.value.scalar?.string ?? "") } ?? [],
                        uniquingKeysWith: { $1 }))
            case "at": at = parser.expression(text, line: parser.line(key))
            case "is": value = text
            default:
                findings.append(
                    MappingFinding(
                        at: parser.line(key), "unknown key in reads",
                        hint: "root, has, resourceType or transport; then at and is"))
            }
        }
        guard let body else { return nil }
        return ParsedMapping.Reads(body: body, at: at, value: value, line: line)
    }

    /// `Name` or `{namespace}Name`.
    private static func root(_ text: String) -> ParsedMapping.Reads.Body {
        guard text.hasPrefix("{"), let close = text.firstIndex(of: "}") else {
            return .root(namespace: "", name: text)
        }
        return .root(
            namespace: String(text[text.index(after: text.startIndex)..<close]),
            name: String(text[text.index(after: close)...]))
    }
}
