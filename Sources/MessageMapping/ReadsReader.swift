import FHIRPath
import Yams

/// Reads what a mapping says of the messages that it reads: `reads`.
struct ReadsReader {
    private let file: String
    private(set) var parser: TemplateParser
    private(set) var findings: [MappingFinding] = []

    private static let keys = ["root", "has", "resourceType", "transport", "at", "is"]

    init(file: String, parser: TemplateParser) {
        self.file = file
        self.parser = parser
    }

    mutating func read(_ node: Node) -> ParsedMapping.Reads? {
        guard let mapping = node.mapping else { return fail(node, "reads is not an object", "reads: {root: …}") }
        var bodies: [ParsedMapping.Reads.Body] = []
        var at: LocatedExpression?
        var value: String?
        for (key, content) in mapping {
            let text = content.scalar?.string ?? ""
            switch key.scalar?.string ?? "" {
            case "root": bodies.append(Self.root(text))
            case "has": bodies += keys(content).map { [.keys($0)] } ?? []
            case "resourceType": bodies.append(.resource(text))
            case "transport": bodies += transport(content).map { [.transport($0)] } ?? []
            case "at": at = parser.expression(content)
            case "is": value = text
            case let name:
                let nearest = NearestName.suggestion(for: name, among: Self.keys)
                _ = fail(
                    key, "unknown key in reads",
                    nearest.map { "did you mean \($0)?" }
                        ?? "root, has, resourceType or transport; then at and is")
            }
        }
        if (at == nil) != (value == nil) {
            _ = fail(node, at == nil ? "is without at" : "at without is", "at: a path, is: the text that it gives")
        }
        guard let body = bodies.first else { return nil }
        if bodies.count > 1 {
            _ = fail(node, "reads says more than one thing", "one of root, has, resourceType and transport")
        }
        return ParsedMapping.Reads(
            body: body, at: at, value: value, line: FileLine(file: file, number: node.mark?.line ?? 0))
    }

    private mutating func fail(_ node: Node, _ message: String, _ hint: String) -> ParsedMapping.Reads? {
        findings.append(
            MappingFinding(at: FileLine(file: file, number: node.mark?.line ?? 0), message, hint: hint))
        return nil
    }

    private mutating func keys(_ node: Node) -> [String]? {
        let keys = node.scalar.map { [$0.string] } ?? node.array().compactMap(\.scalar?.string)
        guard keys.isEmpty else { return keys }
        _ = fail(node, "has names no key", "has: [Appointments]")
        return nil
    }

    private mutating func transport(_ node: Node) -> [String: String]? {
        var wanted: [String: String] = [:]
        for (key, value) in node.mapping ?? [:] {
            wanted[key.scalar?.string ?? ""] = value.scalar?.string ?? ""
        }
        guard wanted.isEmpty else { return wanted }
        _ = fail(node, "transport names nothing", "transport: {system: …, message: …}")
        return nil
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
