/// Writes a ``CanonicalMessage``, or one object of it, as JSON. Fields come in the order of their shape, whatever order
/// they were filled in, so that equal content is equal bytes.
package struct CanonicalJSONWriter {
    /// Which nodes are written; an object that is left with nothing inside is not written either.
    package typealias Filter = (CanonicalMessage, Int) -> Bool

    private let message: CanonicalMessage
    private let isPretty: Bool
    private let filter: Filter?
    private var output: [UInt8] = []
    private var depth = 0

    private init(_ message: CanonicalMessage, isPretty: Bool, filter: Filter?) {
        self.message = message
        self.isPretty = isPretty
        self.filter = filter
    }

    /// - Parameters:
    ///   - node: the object to write; 0 is the whole message.
    ///   - isPretty: indented by two spaces, for people.
    ///   - filter: nodes for which it is false are left out.
    /// - Returns: UTF-8; `{}` when nothing is left.
    package static func write(
        _ message: CanonicalMessage, node: Int = 0, isPretty: Bool = false, filter: Filter? = nil
    ) -> [UInt8] {
        guard !message.nodes.isEmpty else { return Array("{}".utf8) }
        var writer = CanonicalJSONWriter(message, isPretty: isPretty, filter: filter)
        if !writer.object(node) { writer.output = Array("{}".utf8) }
        return writer.output
    }

    /// - Returns: whether anything was written inside; when not, the output is as before.
    private mutating func object(_ node: Int) -> Bool {
        let start = output.count
        let children = message.children(of: node).filter { filter?(message, $0) ?? true }
        output.append(UInt8(ascii: "{"))
        depth += 1
        var isEmpty = true
        var done: Set<FieldID> = []
        for child in children.sorted(by: { message.nodes[$0].field.rawValue < message.nodes[$1].field.rawValue }) {
            let field = message.nodes[child].field
            guard done.insert(field).inserted else { continue }
            let beforeField = output.count
            if !isEmpty { output.append(UInt8(ascii: ",")) }
            newline()
            string(Array(CanonicalShapes.field(field).name.utf8)[...])
            output.append(UInt8(ascii: ":"))
            if isPretty { output.append(UInt8(ascii: " ")) }
            let values = children.filter { message.nodes[$0].field == field }
            let written = CanonicalShapes.field(field).isList ? list(values) : value(values[0])
            if written { isEmpty = false } else { output.removeSubrange(beforeField...) }
        }
        depth -= 1
        if isEmpty {
            output.removeSubrange(start...)
            return false
        }
        newline()
        output.append(UInt8(ascii: "}"))
        return true
    }

    private mutating func list(_ values: [Int]) -> Bool {
        let start = output.count
        output.append(UInt8(ascii: "["))
        depth += 1
        var isEmpty = true
        for node in values {
            let before = output.count
            if !isEmpty { output.append(UInt8(ascii: ",")) }
            newline()
            if value(node) { isEmpty = false } else { output.removeSubrange(before...) }
        }
        depth -= 1
        if isEmpty {
            output.removeSubrange(start...)
            return false
        }
        newline()
        output.append(UInt8(ascii: "]"))
        return true
    }

    private mutating func value(_ node: Int) -> Bool {
        if message.nodes[node].isObject { return object(node) }
        switch CanonicalShapes.field(message.nodes[node].field).type {
        case .boolean, .integer, .decimal: output.append(contentsOf: message.bytes(node))
        default: string(message.bytes(node))
        }
        return true
    }

    private mutating func string(_ bytes: ArraySlice<UInt8>) {
        output.append(UInt8(ascii: "\""))
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\""): output.append(contentsOf: [UInt8(ascii: "\\"), byte])
            case UInt8(ascii: "\\"): output.append(contentsOf: [byte, byte])
            case 0x0A: output.append(contentsOf: Array("\\n".utf8))
            case 0x0D: output.append(contentsOf: Array("\\r".utf8))
            case 0x09: output.append(contentsOf: Array("\\t".utf8))
            case 0..<0x20:
                let digits = Array("0123456789abcdef".utf8)
                output.append(contentsOf: Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]])
            default: output.append(byte)
            }
        }
        output.append(UInt8(ascii: "\""))
    }

    private mutating func newline() {
        guard isPretty else { return }
        output.append(0x0A)
        output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: depth * 2))
    }
}
