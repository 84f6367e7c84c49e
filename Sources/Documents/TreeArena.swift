/// The memory of one tree: nodes in document order and all text behind each other.
///
/// One reader fills it; once a ``DocumentTree`` stands on it, it is only read, by any number of tasks. It is plain memory
/// and not an array, so that whoever walks a tree keeps a pointer instead of counting references at every step.
package final class TreeArena: @unchecked Sendable {
    package private(set) var nodes: UnsafeMutablePointer<DocumentNode>
    package private(set) var text: UnsafeMutablePointer<UInt8>
    package private(set) var nodeCount = 0
    package private(set) var textCount = 0
    private var nodeCapacity: Int
    private var textCapacity: Int

    package init(nodeCapacity: Int, textCapacity: Int) {
        self.nodeCapacity = max(nodeCapacity, 8)
        self.textCapacity = max(textCapacity, 64)
        nodes = .allocate(capacity: self.nodeCapacity)
        text = .allocate(capacity: self.textCapacity)
    }

    deinit {
        nodes.deallocate()
        text.deallocate()
    }

    package func append(_ node: DocumentNode) {
        if nodeCount == nodeCapacity {
            nodes = Self.grown(nodes, count: nodeCount, capacity: &nodeCapacity, atLeast: nodeCount + 1)
        }
        (nodes + nodeCount).initialize(to: node)
        nodeCount += 1
    }

    package func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress, bytes.count > 0 else { return }
        reserveText(bytes.count)
        UnsafeMutableRawPointer(text + textCount).copyMemory(from: source, byteCount: bytes.count)
        textCount += bytes.count
    }

    /// Makes room for so many more bytes of text.
    package func reserveText(_ count: Int) {
        guard textCapacity - textCount < count else { return }
        text = Self.grown(text, count: textCount, capacity: &textCapacity, atLeast: textCount + count)
    }

    /// Makes room for so many nodes in all, and says for how many there is room.
    func reserveNodes(_ count: Int) -> Int {
        if nodeCapacity < count {
            nodes = Self.grown(nodes, count: nodeCount, capacity: &nodeCapacity, atLeast: count)
        }
        return nodeCapacity
    }

    /// Takes in what a reader in C has written behind the pointers.
    func take(nodeCount: Int, textCount: Int) {
        precondition(nodeCount <= nodeCapacity && textCount <= textCapacity, "written beyond the arena")
        self.nodeCount = nodeCount
        self.textCount = textCount
    }

    /// Forgets the text from an offset on.
    package func cutText(to count: Int) { textCount = min(textCount, count) }

    private static func grown<Element: BitwiseCopyable>(
        _ old: UnsafeMutablePointer<Element>, count: Int, capacity: inout Int, atLeast wanted: Int
    ) -> UnsafeMutablePointer<Element> {
        capacity = max(wanted, capacity * 2)
        let new = UnsafeMutablePointer<Element>.allocate(capacity: capacity)
        new.update(from: old, count: count)
        old.deallocate()
        return new
    }
}

/// The nodes of a tree in document order.
package struct NodeList: RandomAccessCollection, Sendable {
    private let arena: TreeArena

    init(_ arena: TreeArena) { self.arena = arena }

    package var startIndex: Int { 0 }
    package var endIndex: Int { arena.nodeCount }

    package subscript(index: Int) -> DocumentNode {
        precondition(index >= 0 && index < arena.nodeCount, "no such node")
        return arena.nodes[index]
    }
}
