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
    ///   - message: what is written, or whose object is.
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
        let children = writtenChildren(of: node)
        output.append(UInt8(ascii: "{"))
        depth += 1
        var isEmpty = true
        var run = children[...]
        while let first = run.first {
            let field = CanonicalShapes.field(message.nodes[first].field)
            let values = run.prefix { message.nodes[$0].field == field.id }
            run = run.dropFirst(values.count)
            let beforeField = output.count
            if !isEmpty { output.append(UInt8(ascii: ",")) }
            newline()
            var name = field.name
            name.withUTF8 { string($0) }
            output.append(UInt8(ascii: ":"))
            if isPretty { output.append(UInt8(ascii: " ")) }
            let written = field.isList ? list(values) : value(first)
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

    /// The children that the filter lets pass, in the order of the shape, values of one field in the order of the
    /// message.
    private func writtenChildren(of node: Int) -> [Int] {
        var children: [Int] = []
        var index = node + 1
        let end = Int(message.nodes[node].end)
        while index < end {
            if filter?(message, index) ?? true { children.append(index) }
            index = Int(message.nodes[index].end)
        }
        // Mappings mostly fill in order. `sort` is stable, but says so nowhere: the index settles ties.
        let isOrdered = zip(children, children.dropFirst()).allSatisfy {
            message.nodes[$0].field.rawValue <= message.nodes[$1].field.rawValue
        }
        if !isOrdered {
            children.sort { (message.nodes[$0].field.rawValue, $0) < (message.nodes[$1].field.rawValue, $1) }
        }
        return children
    }

    private mutating func list(_ values: ArraySlice<Int>) -> Bool {
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
        default: message.bytes(node).withUnsafeBufferPointer { string($0) }
        }
        return true
    }

    private mutating func string(_ bytes: UnsafeBufferPointer<UInt8>) {
        output.append(UInt8(ascii: "\""))
        var plain = 0
        for (index, byte) in bytes.enumerated()
        where byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
            output.append(contentsOf: bytes[plain..<index])
            escape(byte)
            plain = index + 1
        }
        output.append(contentsOf: bytes[plain...])
        output.append(UInt8(ascii: "\""))
    }

    private mutating func escape(_ byte: UInt8) {
        output.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x0A: output.append(UInt8(ascii: "n"))
        case 0x0D: output.append(UInt8(ascii: "r"))
        case 0x09: output.append(UInt8(ascii: "t"))
        case 0..<0x20:
            let digits = Array("0123456789abcdef".utf8)
            output.append(contentsOf: [UInt8(ascii: "u"), 0x30, 0x30, digits[Int(byte >> 4)], digits[Int(byte & 15)]])
        default: output.append(byte)
        }
    }

    private mutating func newline() {
        guard isPretty else { return }
        output.append(0x0A)
        output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: depth * 2))
    }
}
