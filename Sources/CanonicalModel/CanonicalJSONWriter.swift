/// Writes a ``CanonicalMessage``, or one object of it, as JSON. Fields come in the order of their shape, whatever order
/// they were filled in, so that equal content is equal bytes.
package struct CanonicalJSONWriter {
    /// Which nodes are written; an object that is left with nothing inside is not written either.
    package typealias Filter = (CanonicalMessage, Int) -> Bool

    private let message: CanonicalMessage
    private let nodes: UnsafeBufferPointer<CanonicalNode>
    private let text: UnsafeRawBufferPointer
    private let heads = FieldHeads.all
    private let isPretty: Bool
    private let filter: Filter?
    private var output: JSONOutput
    /// The children of the objects that are open, the innermost object's last.
    private var children: [Int32] = []
    private var depth = 0

    private init(
        _ message: CanonicalMessage, _ nodes: UnsafeBufferPointer<CanonicalNode>, _ text: UnsafeRawBufferPointer,
        isPretty: Bool, filter: Filter?
    ) {
        self.message = message
        self.nodes = nodes
        self.text = text
        self.isPretty = isPretty
        self.filter = filter
        output = JSONOutput(capacity: text.count + nodes.count * 16 + 64)
        children.reserveCapacity(256)
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
        return message.nodes.withUnsafeBufferPointer { nodes in
            message.text.withUnsafeBytes { text in
                var writer = CanonicalJSONWriter(message, nodes, text, isPretty: isPretty, filter: filter)
                defer { writer.output.deallocate() }
                return writer.object(node) ? Array(writer.output.bytes) : Array("{}".utf8)
            }
        }
    }

    /// - Returns: whether anything was written inside; when not, the output is as before.
    private mutating func object(_ node: Int) -> Bool {
        let start = output.count
        let first = children.count
        pushChildren(of: node)
        let end = children.count
        output.append(UInt8(ascii: "{"))
        depth += 1
        var isEmpty = true
        var position = first
        while position < end {
            let run = position
            let field = nodes[Int(children[run])].field
            repeat { position += 1 } while position < end && nodes[Int(children[position])].field == field
            let head = heads[field]
            let beforeField = output.count
            if !isEmpty { output.append(UInt8(ascii: ",")) }
            if isPretty { newline() }
            output.append(head.bytes)
            if isPretty { output.append(UInt8(ascii: " ")) }
            let written = head.isList ? list(run..<position, head) : value(Int(children[run]), head)
            if written { isEmpty = false } else { output.cut(to: beforeField) }
        }
        children.removeSubrange(first...)
        depth -= 1
        if isEmpty {
            output.cut(to: start)
            return false
        }
        if isPretty { newline() }
        output.append(UInt8(ascii: "}"))
        return true
    }

    /// The children that the filter lets pass, in the order of the shape, values of one field in the order of the
    /// message.
    private mutating func pushChildren(of node: Int) {
        let first = children.count
        var index = node + 1
        let end = Int(nodes[node].end)
        var last: UInt16 = 0
        var isOrdered = true
        while index < end {
            let child = nodes[index]
            if filter?(message, index) ?? true {
                children.append(Int32(index))
                if child.field.rawValue < last { isOrdered = false }
                last = child.field.rawValue
            }
            index = Int(child.end)
        }
        // Mappings mostly fill in order. `sort` is stable, but says so nowhere: the index settles ties.
        if !isOrdered {
            children[first...].sort { (nodes[Int($0)].field.rawValue, $0) < (nodes[Int($1)].field.rawValue, $1) }
        }
    }

    private mutating func list(_ values: Range<Int>, _ head: FieldHeads.Head) -> Bool {
        let start = output.count
        output.append(UInt8(ascii: "["))
        depth += 1
        var isEmpty = true
        for position in values {
            let before = output.count
            if !isEmpty { output.append(UInt8(ascii: ",")) }
            if isPretty { newline() }
            if value(Int(children[position]), head) { isEmpty = false } else { output.cut(to: before) }
        }
        depth -= 1
        if isEmpty {
            output.cut(to: start)
            return false
        }
        if isPretty { newline() }
        output.append(UInt8(ascii: "]"))
        return true
    }

    private mutating func value(_ index: Int, _ head: FieldHeads.Head) -> Bool {
        let node = nodes[index]
        if node.isObject { return object(index) }
        let start = Int(node.textOffset)
        let bytes = UnsafeRawBufferPointer(rebasing: text[start..<start + Int(node.textLength)])
        if head.isToken { output.append(bytes) } else { output.appendString(bytes) }
        return true
    }

    private mutating func newline() {
        output.append(0x0A)
        for _ in 0..<depth * 2 { output.append(UInt8(ascii: " ")) }
    }
}
