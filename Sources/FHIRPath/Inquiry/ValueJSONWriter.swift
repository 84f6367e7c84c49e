package import Documents

/// Writes values as JSON: nodes as FHIR writes them, numbers with their digits, dates, times and quantities as texts.
package struct ValueJSONWriter {
    private let evaluator: Evaluator
    package private(set) var bytes: [UInt8] = []

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
        case .node: write(node: value.nodeIndex, of: evaluator.trees[Int(value.space)])
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
    private mutating func writeObject(_ node: Int, _ tree: DocumentTree) {
        var order: [Symbol] = []
        var members: [Symbol: [Int]] = [:]
        for child in tree.children(of: node) {
            let name = tree.nodes[child].name
            if members[name] == nil { order.append(name) }
            members[name, default: []].append(child)
        }
        add("{")
        var isFirst = true
        if tree.nodes[node].textLength > 0 {
            add("\"text()\":")
            quote(tree.string(node).utf8)
            isFirst = false
        }
        for name in order {
            if !isFirst { add(",") }
            isFirst = false
            quote(tree.name(name).utf8)
            add(":")
            writeMember(members[name] ?? [], tree)
        }
        add("}")
    }

    private mutating func writeMember(_ nodes: [Int], _ tree: DocumentTree) {
        guard nodes.count != 1 || tree.nodes[nodes[0]].isListMember else { return write(node: nodes[0], of: tree) }
        add("[")
        for (index, node) in nodes.enumerated() {
            if index > 0 { add(",") }
            write(node: node, of: tree)
        }
        add("]")
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
