import Documents

/// A tree as an evaluator walks it: pointers into an arena that the evaluator keeps alive.
struct TreeView {
    let nodes: UnsafePointer<DocumentNode>
    let text: UnsafePointer<UInt8>
    let count: Int
    let isXML: Bool

    init(_ tree: DocumentTree) {
        nodes = UnsafePointer(tree.arena.nodes)
        text = UnsafePointer(tree.arena.text)
        count = tree.arena.nodeCount
        isXML = tree.format == .xml
    }

    /// A node; nodes of values come from the tree itself, so an index beyond it is a programmer's error.
    subscript(index: Int) -> DocumentNode {
        precondition(index >= 0 && index < count, "no such node")
        return nodes[index]
    }
}

extension DocumentNode {
    /// Whether FHIRPath sees the node as a child of its parent.
    var isVisible: Bool {
        switch kind {
        case .null, .emptyArray, .text: false
        default: true
        }
    }
}
