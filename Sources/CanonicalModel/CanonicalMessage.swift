/// What one message says, in the canonical model: an arena that a mapping fills and that views, the JSON writer and the
/// release policy read.
///
/// Nodes lie in document order, so the contents of an object are the run that follows it, up to its `end`. The members
/// of a list are neighbours with the same field. A scalar's text is a slice of the arena: UTF-8, and for booleans,
/// integers and decimals a JSON token.
package struct CanonicalMessage: Sendable {
    package private(set) var nodes: [CanonicalNode] = []
    package private(set) var text: [UInt8] = []

    package init() {}

    // MARK: Reading

    /// The text of a scalar.
    package func string(_ node: Int) -> String {
        String(decoding: bytes(node), as: UTF8.self)
    }

    package func bytes(_ node: Int) -> ArraySlice<UInt8> {
        let node = nodes[node]
        return text[Int(node.textOffset)..<Int(node.textOffset) + Int(node.textLength)]
    }

    /// The nodes directly inside an object, in document order.
    package func children(of node: Int) -> [Int] {
        var children: [Int] = []
        var index = node + 1
        let end = Int(nodes[node].end)
        while index < end {
            children.append(index)
            index = Int(nodes[index].end)
        }
        return children
    }

    /// The first value of a field inside an object.
    package func first(_ field: FieldID, in node: Int) -> Int? {
        first(field, in: node, upTo: Int(nodes[node].end))
    }

    /// The first value of a field inside an object that is not closed yet.
    package func first(_ field: FieldID, in node: Int, upTo end: Int) -> Int? {
        var index = node + 1
        while index < end {
            if nodes[index].field == field { return index }
            index = Int(nodes[index].end)
        }
        return nil
    }

    /// Every value of a field inside an object.
    package func all(_ field: FieldID, in node: Int) -> [Int] {
        children(of: node).filter { nodes[$0].field == field }
    }

    // MARK: Filling

    /// Opens an object; ``end(_:)`` closes it, or ``drop(_:)`` forgets it.
    package mutating func begin(_ field: FieldID) -> Int {
        var node = CanonicalNode(field: field, isObject: true)
        node.textOffset = UInt32(text.count)
        nodes.append(node)
        return nodes.count - 1
    }

    /// Forgets an object and everything written since it was opened.
    package mutating func drop(_ node: Int) {
        text.removeSubrange(Int(nodes[node].textOffset)...)
        nodes.removeSubrange(node...)
    }

    /// Closes an object.
    /// - Returns: whether anything was written into it.
    @discardableResult
    package mutating func end(_ node: Int) -> Bool {
        nodes[node].end = UInt32(nodes.count)
        return nodes.count > node + 1
    }

    @discardableResult
    package mutating func append(_ field: FieldID, _ value: UnsafeRawBufferPointer) -> Int {
        var node = CanonicalNode(field: field, isObject: false)
        node.textOffset = UInt32(text.count)
        node.textLength = UInt32(value.count)
        node.end = UInt32(nodes.count + 1)
        text.append(contentsOf: value)
        nodes.append(node)
        return nodes.count - 1
    }

    @discardableResult
    package mutating func append(_ field: FieldID, _ value: ArraySlice<UInt8>) -> Int {
        value.withUnsafeBytes { append(field, $0) }
    }

    @discardableResult
    package mutating func append(_ field: FieldID, _ value: [UInt8]) -> Int { append(field, value[...]) }

    @discardableResult
    package mutating func append(_ field: FieldID, _ value: String) -> Int {
        var value = value
        return value.withUTF8 { append(field, UnsafeRawBufferPointer($0)) }
    }

    /// Makes room beforehand.
    package mutating func reserve(nodes: Int, text: Int) {
        self.nodes.reserveCapacity(nodes)
        self.text.reserveCapacity(text)
    }

    /// Every value of a field among nodes that lie side by side in an object that is not closed yet.
    package func all(_ field: FieldID, from start: Int) -> [Int] {
        var found: [Int] = []
        var index = start
        while index < nodes.count {
            if nodes[index].field == field { found.append(index) }
            index = Int(nodes[index].end)
        }
        return found
    }

    /// Takes a node, with everything inside it, out of an object that is not closed yet.
    package mutating func remove(_ node: Int) {
        let end = Int(nodes[node].end)
        nodes.removeSubrange(node..<end)
        for index in node..<nodes.count { nodes[index].end -= UInt32(end - node) }
    }

    /// Marks an object confidential (release policy, rule 5). There is no way to take the mark off.
    package mutating func markConfidential(_ node: Int) { nodes[node].isConfidential = true }
}

/// One node of a ``CanonicalMessage``.
package struct CanonicalNode: Sendable, BitwiseCopyable {
    package let field: FieldID
    package let isObject: Bool
    /// Found by the engine in the source nodes that this object was made from.
    package fileprivate(set) var isConfidential = false
    /// The index behind the last node inside.
    package fileprivate(set) var end: UInt32 = 0
    /// Of an object: where the texts inside it start.
    package fileprivate(set) var textOffset: UInt32 = 0
    package fileprivate(set) var textLength: UInt32 = 0
}
