/// Writes a tree into its arena, for both readers.
///
/// A reader hands it to its C callbacks as a pointer to itself, so the first fault is kept here until the C call is over.
struct TreeBuilder {
    let arena: TreeArena
    /// Elements that are open, the innermost last.
    private(set) var open: [UInt32] = []
    private(set) var fault: DocumentFault.Code?

    let vocabulary: Vocabulary
    let limits: DocumentLimits
    private var extraNames: [String] = []
    private var extras = SymbolTable()

    init(vocabulary: Vocabulary, limits: DocumentLimits, bodySize: Int) {
        self.vocabulary = vocabulary
        self.limits = limits
        // Generous: growing copies, while pages that are never written cost nothing.
        arena = TreeArena(nodeCapacity: min(limits.treeNodes, bodySize / 16 + 8), textCapacity: bodySize)
        open.reserveCapacity(min(limits.nesting, 64))
    }

    var nodeCount: Int { arena.nodeCount }
    var textCount: Int { arena.textCount }

    /// What the arena ends with.
    func text(from start: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: arena.text + start, count: arena.textCount - start)
    }

    /// Keeps the first fault.
    /// - Returns: false, which is what a callback answers to stop the reading.
    @discardableResult
    mutating func fail(_ code: DocumentFault.Code) -> Bool {
        if fault == nil { fault = code }
        return false
    }

    /// The symbol of a name: the vocabulary's, or else one of this tree's own.
    mutating func symbol(_ name: UnsafeRawBufferPointer) -> Symbol {
        if let known = vocabulary.symbol(name) ?? extras.find(name, lowercasing: false) { return known }
        let symbol = Symbol(rawValue: UInt32(vocabulary.names.count + extraNames.count))
        extraNames.append(String(decoding: name, as: UTF8.self))
        _ = extras.insert(name, symbol)
        return symbol
    }

    /// Whether a symbol is the vocabulary's: it means the same in every tree.
    func isLasting(_ symbol: Symbol) -> Bool { Int(symbol.rawValue) < vocabulary.names.count }

    /// Opens an element; ``close()`` closes it.
    mutating func begin(_ name: Symbol, namespace: UInt16 = 0) -> Bool {
        guard open.count < limits.nesting else { return fail(.tooDeep) }
        let index = UInt32(arena.nodeCount)
        guard append(DocumentNode(kind: .element, namespace: namespace, name: name, parent: parent, end: 0)) else {
            return false
        }
        open.append(index)
        return true
    }

    /// Opens a node that has a value of its own beside its children (a FHIR primitive with extensions).
    mutating func begin(_ name: Symbol, _ kind: DocumentNode.Kind, value: UnsafeRawBufferPointer) -> Bool {
        guard begin(name), let node = open.last else { return false }
        arena.nodes[Int(node)].kind = kind
        arena.nodes[Int(node)].textOffset = UInt32(arena.textCount)
        arena.nodes[Int(node)].textLength = UInt32(value.count)
        arena.append(value)
        return true
    }

    mutating func close() {
        guard let element = open.popLast() else { return }
        arena.nodes[Int(element)].end = UInt32(arena.nodeCount)
    }

    /// A node without children, with its text.
    mutating func leaf(
        _ kind: DocumentNode.Kind, _ name: Symbol, namespace: UInt16 = 0, _ bytes: UnsafeRawBufferPointer
    ) -> Bool {
        let start = UInt32(arena.textCount)
        arena.append(bytes)
        return leaf(kind, name, namespace: namespace, textFrom: start)
    }

    /// A node without children whose text is what the arena ends with.
    mutating func leaf(_ kind: DocumentNode.Kind, _ name: Symbol, namespace: UInt16 = 0, textFrom start: UInt32) -> Bool
    {
        append(
            DocumentNode(
                kind: kind, namespace: namespace, name: name, parent: parent, end: UInt32(arena.nodeCount + 1),
                textOffset: start, textLength: UInt32(arena.textCount) - start))
    }

    func extendText(_ bytes: UnsafeRawBufferPointer) { arena.append(bytes) }

    /// Takes what the arena ends with for a run of character data: white space alone is dropped, the first run is the
    /// element's own text, a later one becomes a child.
    mutating func endText(from start: Int) -> Bool {
        guard let element = open.last, !isWhiteSpace(from: start) else {
            arena.cutText(to: start)
            return true
        }
        guard arena.nodes[Int(element)].textLength == 0 else { return leaf(.text, .none, textFrom: UInt32(start)) }
        arena.nodes[Int(element)].textOffset = UInt32(start)
        arena.nodes[Int(element)].textLength = UInt32(arena.textCount - start)
        return true
    }

    func finish(_ format: DocumentTree.Format, namespaces: [String] = [""]) -> DocumentTree {
        DocumentTree(
            format: format, arena: arena, vocabulary: vocabulary, extraNames: extraNames, namespaces: namespaces)
    }

    /// A root is its own parent.
    private var parent: UInt32 { open.last ?? 0 }

    private mutating func append(_ node: DocumentNode) -> Bool {
        guard arena.nodeCount < limits.treeNodes else { return fail(.tooManyNodes) }
        arena.append(node)
        return true
    }

    private func isWhiteSpace(from start: Int) -> Bool {
        for index in start..<arena.textCount where !DocumentReader.isWhiteSpace(arena.text[index]) { return false }
        return true
    }
}
