import FHIRPath
import Yams

/// Reads the template language of a mapping file: FPML's holes, conditions and loops, written in YAML.
struct TemplateParser {
    let file: String
    private(set) var findings: [MappingFinding] = []

    init(file: String) { self.file = file }

    mutating func parse(_ node: Node) -> ParsedTemplate {
        switch node {
        case .scalar(let scalar): parseScalar(scalar.string, line: line(node))
        case .sequence(let sequence): .list(sequence.map { parse($0) }, line: line(node))
        case .mapping(let mapping): parseMapping(mapping.map { ($0.key, $0.value) }, line: line(node))
        case .alias:
            fail(line(node), "YAML aliases are not read here", hint: "write the part out, or include a file")
        }
    }

    func line(_ node: Node) -> FileLine { FileLine(file: file, number: node.mark?.line ?? 0) }

    private mutating func fail(_ line: FileLine, _ message: String, hint: String? = nil) -> ParsedTemplate {
        findings.append(MappingFinding(at: line, message, hint: hint))
        return .constant("", line: line)
    }

    mutating func expression(_ text: String, line: FileLine) -> LocatedExpression {
        let trimmed = Self.trimmed(text)
        do throws(ExpressionFault) {
            return LocatedExpression(expression: try Expression(parsing: trimmed), text: trimmed, line: line)
        } catch {
            findings.append(
                MappingFinding(
                    at: line, error.message, hint: error.hint, expression: trimmed, position: error.position))
            return LocatedExpression(expression: Self.nothing, text: trimmed, line: line)
        }
    }

    private static let nothing = Expression.nothing

    // MARK: Scalars

    private mutating func parseScalar(_ text: String, line: FileLine) -> ParsedTemplate {
        let trimmed = Self.trimmed(text)
        if trimmed.hasPrefix("{["), trimmed.hasSuffix("]}") {
            return .all(expression(String(trimmed.dropFirst(2).dropLast(2)), line: line))
        }
        guard text.contains("{{") else { return .constant(text, line: line) }
        let parts = parts(of: text, line: line)
        if parts.count == 1, case .value(let expression) = parts[0] { return .first(expression) }
        return .text(parts, line: line)
    }

    private mutating func parts(of text: String, line: FileLine) -> [ParsedTemplate.Part] {
        var parts: [ParsedTemplate.Part] = []
        var rest = text[...]
        while let open = rest.firstRange(of: "{{") {
            guard let close = rest[open.upperBound...].firstRange(of: "}}") else {
                findings.append(MappingFinding(at: line, "{{ without its }}"))
                return parts
            }
            if open.lowerBound > rest.startIndex {
                let constant = String(rest[..<open.lowerBound])
                if !parts.isEmpty || !Self.trimmed(constant).isEmpty { parts.append(.constant(constant)) }
            }
            parts.append(.value(expression(String(rest[open.upperBound..<close.lowerBound]), line: line)))
            rest = rest[close.upperBound...]
        }
        if !Self.trimmed(String(rest)).isEmpty { parts.append(.constant(String(rest))) }
        return parts
    }

    static func trimmed(_ text: String) -> String {
        var slice = text[...]
        while slice.first?.isWhitespace ?? false { slice.removeFirst() }
        while slice.last?.isWhitespace ?? false { slice.removeLast() }
        return String(slice)
    }

    // MARK: Objects, loops and conditions

    private enum Directive {
        case each(item: String, index: String?, of: String)
        case condition(String)
        case otherCondition(String)
        case otherwise
        case assign
        case merge
    }

    /// What a key between `{%` and `%}` says; nil for a plain key.
    private func directive(_ key: String) -> Directive? {
        let trimmed = Self.trimmed(key)
        guard trimmed.hasPrefix("{%"), trimmed.hasSuffix("%}") else { return nil }
        let inside = Self.trimmed(String(trimmed.dropFirst(2).dropLast(2)))
        let word = inside.prefix { !$0.isWhitespace }
        let rest = Self.trimmed(String(inside.dropFirst(word.count)))
        switch word {
        case "for": return loop(rest)
        case "if": return .condition(rest)
        case "elif": return .otherCondition(rest)
        case "else": return .otherwise
        case "assign": return .assign
        case "merge": return .merge
        default: return nil
        }
    }

    private func loop(_ text: String) -> Directive? {
        guard let keyword = text.firstRange(of: " in ") else { return nil }
        let names = text[..<keyword.lowerBound].split(separator: ",").map { Self.trimmed(String($0)) }
        let collection = String(text[keyword.upperBound...])
        switch names.count {
        case 1: return .each(item: names[0], index: nil, of: collection)
        case 2: return .each(item: names[1], index: names[0], of: collection)
        default: return nil
        }
    }

    mutating func parseMapping(_ pairs: [(key: Node, value: Node)], line: FileLine) -> ParsedTemplate {
        var members: [ParsedTemplate.Member] = []
        var index = 0
        while index < pairs.count {
            let (key, value) = pairs[index]
            let keyLine = self.line(key)
            let name = key.scalar?.string ?? ""
            guard let directive = directive(name) else {
                if name.hasPrefix("{%") {
                    _ = fail(keyLine, "unreadable \(name)", hint: "for x in …, if …, elif …, else, assign, merge")
                } else {
                    members.append(.field(name, parse(value), line: keyLine))
                }
                index += 1
                continue
            }
            switch directive {
            case .each(let item, let position, let collection):
                let loop = ParsedTemplate.each(
                    item: item, index: position, of: expression(collection, line: keyLine), body: parse(value))
                guard pairs.count == 1 else {
                    return fail(keyLine, "a loop beside other keys", hint: "a loop stands alone in its object")
                }
                return loop
            case .condition:
                let choice = parseChoice(pairs, &index)
                if pairs.count == index, members.isEmpty { return choice }
                members.append(.splice(choice))
                continue
            case .otherCondition, .otherwise:
                _ = fail(keyLine, "\(name) without an if before it")
            case .assign: members.append(.assign(parseAssignments(value)))
            case .merge: members.append(.splice(parse(value)))
            }
            index += 1
        }
        return .object(members, line: line)
    }

    private mutating func parseChoice(_ pairs: [(key: Node, value: Node)], _ index: inout Int) -> ParsedTemplate {
        var branches: [(condition: LocatedExpression, body: ParsedTemplate)] = []
        while index < pairs.count, let directive = directive(pairs[index].key.scalar?.string ?? "") {
            let (key, value) = pairs[index]
            switch directive {
            case .condition(let text) where branches.isEmpty, .otherCondition(let text) where !branches.isEmpty:
                branches.append((expression(text, line: line(key)), parse(value)))
                index += 1
            case .otherwise where !branches.isEmpty:
                index += 1
                return .choice(branches, otherwise: parse(value))
            default: return .choice(branches, otherwise: nil)
            }
        }
        return .choice(branches, otherwise: nil)
    }

    mutating func parseAssignments(_ node: Node) -> [ParsedTemplate.Assignment] {
        let mappings = node.mapping.map { [$0] } ?? node.sequence?.compactMap(\.mapping) ?? []
        return mappings.flatMap { mapping in
            mapping.map { key, value in
                ParsedTemplate.Assignment(
                    name: key.scalar?.string ?? "", value: parse(value), line: line(key))
            }
        }
    }
}
