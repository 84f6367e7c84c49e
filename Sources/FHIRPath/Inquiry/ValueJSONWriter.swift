package import Documents

/// Writes values as JSON: nodes as FHIR writes them, numbers with their digits, dates, times and quantities as texts.
package struct ValueJSONWriter {
    private let evaluator: Evaluator
    package private(set) var bytes: [UInt8] = []
    /// The tree that is being written, by its number.
    private var space: UInt8 = 0

    package init(evaluator: Evaluator) { self.evaluator = evaluator }

    /// Writes an array.
    package mutating func write(_ values: [Value]) {
        add("[")
        for (index, value) in values.enumerated() {
            if index > 0 { add(",") }
            write(value)
        }
        add("]")
    }

    /// Writes one value.
    package mutating func write(_ value: Value) {
        switch value.kind {
        case .node:
            space = value.space
            write(node: value.nodeIndex, of: evaluator.trees[Int(value.space)])
        case .integer, .boolean, .decimal: add(evaluator.string(value) ?? "null")
        default: quote((evaluator.string(value) ?? "").utf8)
        }
    }

    private mutating func write(node: Int, of tree: DocumentTree) {
        switch tree.nodes[node].kind {
        case .element:
            let isLeaf = Int(tree.nodes[node].end) == node + 1
            if isLeaf, tree.format == .xml { quote(tree.string(node).utf8) } else { writeObject(node, tree) }
        case .number, .boolean: add(tree.string(node))
        case .null: add("null")
        case .emptyArray: add("[]")
        case .string, .attribute, .text: quote(tree.string(node).utf8)
        }
    }

    /// Children of one name become one member, a list where there are several.
    private mutating func writeObject(_ node: Int, _ tree: DocumentTree, isWithText: Bool = true) {
        var order: [Symbol] = []
        var members: [Symbol: [Int]] = [:]
        for child in tree.children(of: node) {
            let name = tree.nodes[child].name
            if members[name] == nil { order.append(name) }
            members[name, default: []].append(child)
        }
        add("{")
        var isFirst = true
        if isWithText, tree.nodes[node].textLength > 0 {
            add("\"text()\":")
            quote(tree.string(node).utf8)
            isFirst = false
        }
        for name in order {
            let nodes = members[name] ?? []
            let text = tree.name(name)
            // FHIR writes the id and extensions of a primitive beside it.
            let hasMore = nodes.contains { isPrimitive($0, tree) }
            if !hasMore || nodes.contains(where: { tree.nodes[$0].kind != .element }) {
                writeMember(text, nodes, tree, &isFirst) { writer, node in
                    if hasMore, tree.nodes[node].kind == .element { return writer.add("null") }
                    writer.write(node: node, of: tree)
                }
            }
            if hasMore {
                writeMember("_" + text, nodes, tree, &isFirst) { writer, node in
                    let isLeaf = Int(tree.nodes[node].end) == node + 1
                    if isLeaf { writer.add("null") } else { writer.writeObject(node, tree, isWithText: false) }
                }
            }
        }
        add("}")
    }

    /// Whether a node is a primitive of FHIR that has an id or extensions.
    private func isPrimitive(_ node: Int, _ tree: DocumentTree) -> Bool {
        guard Int(tree.nodes[node].end) > node + 1 else { return false }
        switch tree.nodes[node].kind {
        case .string, .number, .boolean: return true
        case .element: return evaluator.isPrimitive(.node(node, tree: space))
        default: return false
        }
    }

    private mutating func writeMember(
        _ name: String, _ nodes: [Int], _ tree: DocumentTree, _ isFirst: inout Bool,
        _ write: (inout Self, Int) -> Void
    ) {
        if !isFirst { add(",") }
        isFirst = false
        quote(name.utf8)
        add(":")
        let isList = nodes.count != 1 || tree.nodes[nodes[0]].isListMember
        if isList { add("[") }
        for (index, node) in nodes.enumerated() {
            if index > 0 { add(",") }
            write(&self, node)
        }
        if isList { add("]") }
    }

    /// A text as a JSON string.
    static func text(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        quote(text.utf8, into: &bytes)
        return bytes
    }

    private mutating func quote(_ text: some Sequence<UInt8>) { Self.quote(text, into: &bytes) }

    private mutating func add(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private static func quote(_ text: some Sequence<UInt8>, into bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text {
            switch byte {
            case UInt8(ascii: "\""): bytes += Array("\\\"".utf8)
            case UInt8(ascii: "\\"): bytes += Array("\\\\".utf8)
            case 0x0A: bytes += Array("\\n".utf8)
            case 0x0D: bytes += Array("\\r".utf8)
            case 0x09: bytes += Array("\\t".utf8)
            case 0..<0x20: bytes += Array(("\\u00" + (byte < 16 ? "0" : "") + String(byte, radix: 16)).utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}

extension Inquiry {
    /// A part of a JSON document, written again as a document of its own.
    package static func json(of node: Int, in tree: DocumentTree) -> [UInt8] {
        let nothing = ExpressionCompiler(vocabulary: tree.vocabulary).finish()
        var writer = ValueJSONWriter(evaluator: Evaluator(nothing, tree: tree, now: ""))
        writer.write(.node(node, tree: 0))
        return writer.bytes
    }
}
