import CanonicalModel
import FHIRPath
import Yams

/// Reads mapping files and lays what they include under them.
struct MappingFileReader {
    /// What a mapping says beside the fields of the message.
    static let keys = ["mapping", "reads", "keys", "each", "include", "confidentialWhen", "renumber"]
    private static let depth = 8

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
            file: file, name: title.string, line: FileLine(file: file, number: name.key.mark?.line ?? 1), text: text)
        fill(&mapping, file: file, text: text, pairs: pairs, chain: [file])
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
            findings.append(Self.finding(error, file: file))
        } catch {
            findings.append(MappingFinding(file: file, line: 1, "not YAML"))
        }
        return nil
    }

    private static func finding(_ error: YamlError, file: String) -> MappingFinding {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            MappingFinding(file: file, line: mark.line, "not YAML", hint: problem)
        case .duplicatedKeysInMapping(let keys, let context):
            MappingFinding(
                file: file, line: context.mark.line, "the key \(keys.joined(separator: ", ")) stands here twice",
                hint: "leave one out; several directives differ in what stands behind their word")
        default: MappingFinding(file: file, line: 1, "not YAML")
        }
    }

    /// Included files come first, so that what the file itself says stands over them. `chain` has the files that led here.
    private mutating func fill(
        _ mapping: inout ParsedMapping, file: String, text: String, pairs: [(key: Node, value: Node)], chain: [String]
    ) {
        for (key, value) in pairs where key.scalar?.string == "include" {
            includeFiles(value, into: &mapping, chain: chain, line: Self.line(key, file))
        }
        var parser = TemplateParser(file: file, text: text)
        var own: [(key: Node, value: Node)] = []
        for (key, value) in pairs {
            switch key.scalar?.string {
            case "mapping", "include": continue
            case "reads":
                var reader = ReadsReader(file: file, parser: parser)
                mapping.reads = reader.read(value)
                findings += reader.findings
                parser = reader.parser
            case "keys": mapping.isCaseInsensitive = isCaseInsensitive(value, file: file)
            case "each":
                mapping.each = (value.scalar.map { [$0] } ?? value.array().compactMap(\.scalar)).map {
                    LocatedText(text: $0.string, line: Self.line(key, file))
                }
            case "renumber": renumber(&mapping, value, Self.line(key, file))
            case "confidentialWhen":
                guard value.scalar != nil else {
                    fail(key, file, "confidentialWhen is one expression", hint: "write it without {{ }}")
                    continue
                }
                mapping.confidentialWhen.append(parser.expression(value))
            default: own.append((key, value))
            }
        }
        if !own.isEmpty {
            switch parser.parseMapping(own, line: Self.line(own[0].key, file)) {
            case .object(let members, _): lay(members, over: &mapping.members)
            case let template: mapping.members.append(.splice(template))
            }
        }
        findings += parser.findings
    }

    private static func line(_ node: Node, _ file: String) -> FileLine {
        FileLine(file: file, number: node.mark?.line ?? 0)
    }

    private mutating func fail(_ node: Node, _ file: String, _ message: String, hint: String) {
        findings.append(MappingFinding(at: Self.line(node, file), message, hint: hint))
    }

    private mutating func includeFiles(
        _ value: Node, into mapping: inout ParsedMapping, chain: [String], line: FileLine
    ) {
        let names = value.scalar.map { [$0.string] } ?? value.array().compactMap(\.scalar?.string)
        if names.isEmpty {
            findings.append(MappingFinding(at: line, "include names no file", hint: "include: reply, or a list"))
        }
        var seen: Set<String> = []
        for name in names {
            if seen.insert(name).inserted {
                includeFile(name, into: &mapping, chain: chain, line: line)
            } else {
                findings.append(MappingFinding(at: line, "\(name) is included twice", hint: "leave one out"))
            }
        }
    }

    private mutating func includeFile(
        _ name: String, into mapping: inout ParsedMapping, chain: [String], line: FileLine
    ) {
        guard let found = include(name, line.file) else {
            findings.append(
                MappingFinding(
                    at: line, "no file to include is named \(name)",
                    hint: "it is looked for in the folder `include` beside this file"))
            return
        }
        guard !chain.contains(found.path), chain.count < Self.depth else {
            let way = (chain + [found.path]).joined(separator: " → ")
            findings.append(
                MappingFinding(
                    at: line, chain.contains(found.path) ? "\(name) includes itself" : "includes nest too deep",
                    hint: way))
            return
        }
        guard let pairs = pairs(file: found.path, text: found.text) else { return }
        mapping.includes.insert(found.path)
        mapping.text += found.text
        fill(&mapping, file: found.path, text: found.text, pairs: pairs, chain: chain + [found.path])
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
            fail(value, file, "unknown way to compare keys", hint: "exact or case-insensitive")
            return false
        }
    }

    private mutating func renumber(_ mapping: inout ParsedMapping, _ value: Node, _ line: FileLine) {
        guard let number = value.scalar.flatMap({ Int($0.string) }), number > 1 else {
            findings.append(
                MappingFinding(at: line, "renumber is a whole number from 2", hint: "one more than it was before"))
            return
        }
        mapping.renumber = number
        mapping.renumberLine = line
    }
}
