import Documents

/// A random resource that can be written in both languages. Element and kind are drawn from a small part of FHIR.
struct RandomResource {
    private indirect enum Node {
        /// A primitive: its token (nil where it has none), whether JSON quotes it, its id and extensions.
        case primitive(String?, isQuoted: Bool, id: String?, extensions: [Node])
        case object([(name: String, values: [Node])])
        case resource(String, [(name: String, values: [Node])])
        case narrative(String)
    }

    private let root: Node
    /// Write `_name` before `name`.
    private let isCompanionFirst: Bool

    init(using random: inout SeededGenerator) {
        root = Self.resource(depth: 3, &random)
        isCompanionFirst = Bool.random(using: &random)
    }

    var xml: String {
        guard case .resource(let type, let members) = root else { return "" }
        return "<\(type) xmlns='http://hl7.org/fhir'>\n" + Self.inside(members) + "</\(type)>"
    }

    var json: String { json(root) }

    // MARK: Making

    private static func resource(depth: Int, _ random: inout SeededGenerator) -> Node {
        var members: [(String, [Node])] = [("id", [string(&random)])]
        if chance(&random) {
            members.append(
                (
                    "text",
                    [
                        .object([
                            ("status", [string(&random)]), ("div", [.narrative("t<b>\(letters(&random))</b><br/>")]),
                        ])
                    ]
                ))
        }
        if depth > 0, chance(&random) {
            members.append(
                (
                    "contained",
                    (0..<Int.random(in: 1..<3, using: &random)).map { _ in resource(depth: depth - 1, &random) }
                ))
        }
        if chance(&random) {
            members.append(("active", [primitive(Bool.random(using: &random) ? "true" : "false", false, &random)]))
        }
        if chance(&random) {
            members.append(("birthDate", [primitive("19\(Int.random(in: 10...99, using: &random))", true, &random)]))
        }
        if chance(&random) {
            members.append(
                ("multipleBirthInteger", [primitive("\(Int.random(in: 0...9, using: &random))", false, &random)]))
        }
        members.append(
            (
                "name",
                (0..<Int.random(in: 1..<3, using: &random)).map { _ in
                    .object([
                        ("family", [string(&random)]),
                        (
                            "given",
                            (0..<Int.random(in: 1..<4, using: &random)).map { _ in
                                chance(&random)
                                    ? .primitive(nil, isQuoted: true, id: nil, extensions: [extend(&random)])
                                    : string(&random)
                            }
                        ),
                    ])
                }
            ))
        return .resource("Patient", members.map { (name: $0.0, values: $0.1) })
    }

    private static func chance(_ random: inout SeededGenerator) -> Bool { Int.random(in: 0..<3, using: &random) == 0 }

    private static func letters(_ random: inout SeededGenerator) -> String {
        let characters = Array("ab<>&\"'é 7\\")
        return "t"
            + String(
                (0..<Int.random(in: 0..<6, using: &random)).map { _ in
                    characters[Int.random(in: 0..<characters.count, using: &random)]
                }
            ).replacing("<", with: "&lt;").replacing(">", with: "&gt;").replacing("&", with: "&amp;")
    }

    private static func string(_ random: inout SeededGenerator) -> Node { primitive(letters(&random), true, &random) }

    private static func primitive(_ token: String, _ isQuoted: Bool, _ random: inout SeededGenerator) -> Node {
        .primitive(
            token, isQuoted: isQuoted, id: chance(&random) ? "i" : nil,
            extensions: chance(&random) ? [extend(&random)] : [])
    }

    private static func extend(_ random: inout SeededGenerator) -> Node {
        .object([
            (
                "url",
                [.primitive("urn:\(Int.random(in: 0..<9, using: &random))", isQuoted: true, id: nil, extensions: [])]
            ),
            ("valueDecimal", [.primitive("0.50", isQuoted: false, id: nil, extensions: [])]),
        ])
    }

    // MARK: XML

    private static func inside(_ members: [(name: String, values: [Node])]) -> String {
        members.flatMap { name, values in values.map { xml($0, name) } }.joined(separator: "\n")
    }

    private static func xml(_ node: Node, _ name: String) -> String {
        switch node {
        case .narrative(let text): return "<div xmlns='http://www.w3.org/1999/xhtml'>\(text)</div>"
        case .resource(let type, let members): return "<\(name)><\(type)>\(inside(members))</\(type)></\(name)>"
        case .object(var members):
            // The url of an extension is an attribute.
            var url = ""
            if members.first?.name == "url", case .primitive(let token?, _, _, _) = members[0].values[0] {
                url = " url='\(token)'"
                members.removeFirst()
            }
            return "<\(name)\(url)>\(inside(members))</\(name)>"
        case .primitive(let token, _, let id, let extensions):
            let idText = id.map { " id='\($0)'" } ?? ""
            let value = token.map { " value=\"\(escape($0))\"" } ?? ""
            return "<\(name)\(idText)\(value)>" + extensions.map { xml($0, "extension") }.joined() + "</\(name)>"
        }
    }

    private static func escape(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("\"", with: "&#34;")
    }

    // MARK: JSON

    private func json(_ node: Node) -> String {
        switch node {
        case .narrative(let text): return quoted("<div xmlns=\"http://www.w3.org/1999/xhtml\">\(text)</div>")
        case .resource(let type, let members):
            return "{" + (["\"resourceType\": \"\(type)\""] + members.flatMap(json)).joined(separator: ", ") + "}"
        case .object(let members): return "{" + members.flatMap(json).joined(separator: ", ") + "}"
        case .primitive(let token, let isQuoted, _, _):
            return token.map { isQuoted ? quoted($0) : $0 } ?? "null"
        }
    }

    /// One member, or two where a primitive has more to it.
    private func json(_ name: String, _ values: [Node]) -> [String] {
        func member(_ name: String, _ written: [String]) -> String {
            "\"\(name)\": " + (written.count == 1 ? written[0] : "[" + written.joined(separator: ", ") + "]")
        }
        let plain = member(name, values.map(json))
        let more = values.map { node -> String in
            guard case .primitive(_, _, let id, let extensions) = node else { return "null" }
            let parts =
                (id.map { ["\"id\": \"\($0)\""] } ?? [])
                + (extensions.isEmpty ? [] : ["\"extension\": [" + extensions.map(json).joined(separator: ",") + "]"])
            return parts.isEmpty ? "null" : "{" + parts.joined(separator: ", ") + "}"
        }
        guard more.contains(where: { $0 != "null" }) else { return [plain] }
        let both = [plain, member("_" + name, more)]
        return isCompanionFirst ? both.reversed() : both
    }

    private func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
