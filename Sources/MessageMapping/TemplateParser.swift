import FHIRPath
import Yams

/// Reads the template language of a mapping file: FPML's holes, conditions and loops, written in YAML.
struct TemplateParser {
    private let source: MappingText
    private(set) var findings: [MappingFinding] = []

    init(file: String, text: String) { self.source = MappingText(file: file, text: text) }

    mutating func parse(_ node: Node) -> ParsedTemplate {
        switch node {
        case .scalar: parseScalar(node)
        case .sequence(let sequence): .list(sequence.map { parse($0) }, line: line(node))
        case .mapping(let mapping): parseMapping(mapping.map { ($0.key, $0.value) }, line: line(node))
        case .alias:
            fail(line(node), "YAML aliases are not read here", hint: "write the part out, or include a file")
        }
    }

    func line(_ node: Node) -> FileLine { FileLine(file: source.file, number: node.mark?.line ?? 0) }

    private mutating func fail(_ line: FileLine, _ message: String, hint: String? = nil) -> ParsedTemplate {
        findings.append(MappingFinding(at: line, message, hint: hint))
        return .constant("", line: line)
    }

    /// Parses an expression that is the whole of a scalar.
    mutating func expression(_ node: Node) -> LocatedExpression {
        expression(node.scalar?.string ?? "", from: 0, of: node)
    }

    private mutating func expression(_ text: String, from start: Int, of node: Node) -> LocatedExpression {
        let read = LocatedExpression.parse(
            text, line: line(node), in: ScalarPlace(node, in: source), at: start)
        if let finding = read.finding { findings.append(finding) }
        return read.expression
    }

    private mutating func expression(_ part: Directive.Located, of node: Node) -> LocatedExpression {
        expression(part.text, from: part.start, of: node)
    }

    // MARK: Scalars

    private mutating func parseScalar(_ node: Node) -> ParsedTemplate {
        let text = node.scalar?.string ?? ""
        let trimmed = Self.trimmed(text)
        if trimmed.hasPrefix("{["), trimmed.hasSuffix("]}") {
            let leading = text.prefix { $0.isWhitespace }.utf8.count
            return .all(expression(String(trimmed.dropFirst(2).dropLast(2)), from: leading + 2, of: node))
        }
        guard text.contains("{{") else {
            guard text.contains("{["), text.contains("]}") else { return .constant(text, line: line(node)) }
            return fail(line(node), "{[ ]} beside other text", hint: "all values are no text: write {{ }} or join()")
        }
        let holes = TemplateHoles(text)
        guard !holes.isOpen else { return fail(line(node), "{{ without its }}") }
        var parts: [ParsedTemplate.Part] = []
        for (index, piece) in holes.pieces.enumerated() {
            switch piece {
            case .hole(let text, let start): parts.append(.value(expression(text, from: start, of: node)))
            case .constant(let text):
                // White space at the margins is not meant: YAML folds lines into it.
                let isMargin = index == 0 || index == holes.pieces.count - 1
                if !isMargin || !Self.trimmed(text).isEmpty { parts.append(.constant(text)) }
            }
        }
        if parts.count == 1, case .value(let expression) = parts[0] { return .first(expression) }
        return .text(parts, line: line(node))
    }

    static func trimmed(_ text: String) -> String {
        var slice = text[...]
        while slice.first?.isWhitespace ?? false { slice.removeFirst() }
        while slice.last?.isWhitespace ?? false { slice.removeLast() }
        return String(slice)
    }

    // MARK: Objects, loops and conditions

    mutating func parseMapping(_ pairs: [(key: Node, value: Node)], line: FileLine) -> ParsedTemplate {
        var members: [ParsedTemplate.Member] = []
        var assignments: [ParsedTemplate.Assignment] = []
        var index = 0
        while index < pairs.count {
            let (key, value) = pairs[index]
            let name = key.scalar?.string ?? ""
            index += 1
            if let focus = focus(key) {
                let block = ParsedTemplate.focused(on: focus, body: parse(value))
                guard pairs.count == 1 else {
                    return fail(self.line(key), "a {{ }} beside other keys", hint: "it stands alone in its object")
                }
                return block
            }
            guard let directive = Directive(name) else {
                if Self.trimmed(name).hasPrefix("{%") {
                    unreadable(key)
                } else {
                    members.append(.field(name, parse(value), line: self.line(key)))
                }
                continue
            }
            switch directive {
            case .each(let item, let position, let collection):
                let loop = ParsedTemplate.each(
                    item: item, index: position, of: expression(collection, of: key), body: parse(value))
                guard pairs.count == 1 else {
                    return fail(self.line(key), "a loop beside other keys", hint: "a loop stands alone in its object")
                }
                return loop
            case .condition:
                index -= 1
                let choice = parseChoice(pairs, &index)
                if pairs.count == index, members.isEmpty, assignments.isEmpty { return choice }
                members.append(.splice(choice))
            case .otherCondition, .otherwise:
                _ = fail(self.line(key), "\(name) without an if before it")
            case .assign: assignments += parseAssignments(value)
            case .merge: members.append(.splice(parse(value)))
            }
        }
        // FPML gives variables to every other key, wherever `assign` stands among them.
        return .object((assignments.isEmpty ? [] : [.assign(assignments)]) + members, line: line)
    }

    /// The expression of a key that is one hole.
    private mutating func focus(_ key: Node) -> LocatedExpression? {
        let name = key.scalar?.string ?? ""
        guard name.contains("{{"), case let holes = TemplateHoles(Self.trimmed(name)), !holes.isOpen,
            holes.pieces.count == 1, case .hole(let text, let start) = holes.pieces[0]
        else { return nil }
        let leading = name.prefix { $0.isWhitespace }.utf8.count
        return expression(text, from: leading + start, of: key)
    }

    private mutating func unreadable(_ key: Node) {
        let name = key.scalar?.string ?? ""
        let word = String(Directive.inside(name)?.prefix { !$0.isWhitespace } ?? "")
        let nearest = Directive.words.contains(word) ? nil : NearestName.suggestion(for: word, among: Directive.words)
        _ = fail(
            line(key), "unreadable \(name)",
            hint: nearest.map { "did you mean \($0)?" } ?? "for x in …, if …, elif …, else, assign, merge")
    }

    private mutating func parseChoice(_ pairs: [(key: Node, value: Node)], _ index: inout Int) -> ParsedTemplate {
        var branches: [(condition: LocatedExpression, body: ParsedTemplate)] = []
        while index < pairs.count, let directive = Directive(pairs[index].key.scalar?.string ?? "") {
            let (key, value) = pairs[index]
            switch directive {
            case .condition(let text) where branches.isEmpty, .otherCondition(let text) where !branches.isEmpty:
                branches.append((expression(text, of: key), parse(value)))
                index += 1
            case .otherwise where !branches.isEmpty:
                index += 1
                return .choice(branches, otherwise: parse(value))
            default: return .choice(branches, otherwise: nil)
            }
        }
        return .choice(branches, otherwise: nil)
    }

    private mutating func parseAssignments(_ node: Node) -> [ParsedTemplate.Assignment] {
        let objects = node.mapping.map { [$0] } ?? node.sequence?.map(\.mapping) ?? [nil]
        return objects.flatMap { object -> [ParsedTemplate.Assignment] in
            guard let object else {
                _ = fail(line(node), "assign holds names and values", hint: "{name: \"{{ … }}\"}, or a list of such")
                return []
            }
            return object.compactMap { key, value in
                let name = key.scalar?.string ?? ""
                guard Directive.isName(name), !Self.ownVariables.contains(name) else {
                    _ = fail(line(key), "a variable cannot be named \(name)", hint: "letters, digits and _")
                    return nil
                }
                return ParsedTemplate.Assignment(name: name, value: parse(value), line: line(key))
            }
        }
    }

    /// The variables that are there by themselves.
    static let ownVariables: Set<String> = [
        "context", "resource", "rootResource", "transport", "header", "ucum", "sct", "loinc",
    ]
}
