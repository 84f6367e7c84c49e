/// Some of a vocabulary's symbols. Asking whether a symbol is among them is one look into a table.
package struct SymbolSet: Sendable {
    private var isIn: [Bool] = []

    package init(_ symbols: some Sequence<Symbol>) {
        for symbol in symbols { insert(symbol) }
    }

    private mutating func insert(_ symbol: Symbol) {
        let index = Int(symbol.rawValue)
        while isIn.count <= index { isIn.append(false) }
        isIn[index] = true
    }

    package func union(_ symbols: some Sequence<Symbol>) -> SymbolSet {
        var set = self
        for symbol in symbols { set.insert(symbol) }
        return set
    }

    package func contains(_ symbol: Symbol) -> Bool {
        symbol.rawValue < isIn.count && isIn[Int(symbol.rawValue)]
    }

    /// Calls back for every node of a tree whose name is among them, in document order.
    package func forEachNode(of tree: DocumentTree, _ body: (Int, DocumentNode) -> Void) {
        let nodes = tree.arena.nodes
        for index in 0..<tree.arena.nodeCount where contains(nodes[index].name) { body(index, nodes[index]) }
    }
}
