/// Folds what FHIR's JSON writes beside a primitive (`_birthDate`, with its id and extensions) into the primitive's own
/// node (FHIR R4, *JSON representation of primitive elements*), so that `birthDate.extension(…)` finds it there.
///
/// The nth `_given` belongs to the nth `given`, whichever comes first; where that is null or missing the node has
/// children and no value. Only inside a resource (an object with `resourceType`), and only where both sides have that
/// form: any other JSON keeps its keys. Time and room are linear in the nodes, and no node is added.
struct FHIRJSONFolding {
    private let tree: DocumentTree
    private let resourceType: Symbol?
    private let arena: TreeArena
    private var extraNames: [String]
    /// For each name that starts with `_`, the one without.
    private var plainNames: [Symbol: Symbol] = [:]

    static func fold(_ tree: DocumentTree) -> DocumentTree {
        var folding = FHIRJSONFolding(tree)
        guard folding.resourceType != nil, !folding.plainNames.isEmpty else { return tree }
        folding.run()
        return DocumentTree(
            format: tree.format, arena: folding.arena, vocabulary: tree.vocabulary, extraNames: folding.extraNames,
            namespaces: tree.namespaces)
    }

    private init(_ tree: DocumentTree) {
        self.tree = tree
        arena = TreeArena(nodeCapacity: tree.arena.nodeCount, textCapacity: tree.arena.textCount)
        arena.append(UnsafeRawBufferPointer(start: tree.arena.text, count: tree.arena.textCount))
        extraNames = tree.extraNames
        let names = tree.vocabulary.names + tree.extraNames
        var symbols: [String: Symbol] = [:]
        for (index, name) in names.enumerated() { symbols[name] = Symbol(rawValue: UInt32(index)) }
        resourceType = symbols["resourceType"]
        for name in names where name.hasPrefix("_") && name.utf8.count > 1 {
            guard let symbol = symbols[name] else { continue }
            let plain = String(name.dropFirst())
            if symbols[plain] == nil {
                symbols[plain] = Symbol(rawValue: UInt32(tree.vocabulary.names.count + extraNames.count))
                extraNames.append(plain)
            }
            plainNames[symbol] = symbols[plain]
        }
    }

    /// What is left to do: a document may be nested more deeply than calls may be.
    private enum Work {
        /// `companion` is the `_` node that belongs to the node.
        case copy(Int, under: UInt32, as: Symbol?, companion: Int?, isFHIR: Bool)
        case close(UInt32)
    }

    private mutating func run() {
        var tasks = [Work.copy(tree.root, under: 0, as: nil, companion: nil, isFHIR: false)]
        while let task = tasks.popLast() {
            switch task {
            case .close(let node): arena.nodes[Int(node)].end = UInt32(arena.nodeCount)
            case .copy(let index, let parent, let name, let companion, let isFHIR):
                let copied = UInt32(arena.nodeCount)
                var node = tree.nodes[index]
                node.parent = parent
                if let name { node.name = name }
                if companion != nil, node.kind == .null { node.kind = .element }
                arena.append(node)
                tasks.append(.close(copied))
                if let companion { addChildren(of: companion, under: copied, isFHIR: isFHIR, to: &tasks) }
                addChildren(of: index, under: copied, isFHIR: isFHIR, to: &tasks)
            }
        }
    }

    /// Adds the children of a node, the first to be done first.
    private func addChildren(of index: Int, under parent: UInt32, isFHIR: Bool, to tasks: inout [Work]) {
        let isFHIR = isFHIR || isResource(index)
        let pairs = isFHIR ? pairs(in: index) : [:]
        let start = tasks.count
        for child in tree.children(of: index) {
            switch pairs[child] {
            case .value(let companion):
                tasks.append(.copy(child, under: parent, as: nil, companion: companion, isFHIR: isFHIR))
            case .companion(let name, let isAlone):
                if isAlone { tasks.append(.copy(child, under: parent, as: name, companion: nil, isFHIR: isFHIR)) }
            case nil:
                tasks.append(.copy(child, under: parent, as: nil, companion: nil, isFHIR: isFHIR))
            }
        }
        tasks[start...].reverse()
    }

    private func isResource(_ index: Int) -> Bool {
        tree.children(of: index).contains { tree.nodes[$0].name == resourceType && tree.nodes[$0].kind == .string }
    }

    private enum Pair {
        /// A primitive, and the node that tells its id and extensions.
        case value(Int?)
        /// A `_` node; `isAlone` when there is no primitive that it belongs to.
        case companion(Symbol, isAlone: Bool)
    }

    /// What belongs together among the children of one object.
    private func pairs(in index: Int) -> [Int: Pair] {
        var companions: [Symbol: [Int]] = [:]
        for child in tree.children(of: index) {
            if let plain = plainNames[tree.nodes[child].name] { companions[plain, default: []].append(child) }
        }
        guard !companions.isEmpty else { return [:] }
        var values: [Symbol: [Int]] = [:]
        for child in tree.children(of: index) where companions[tree.nodes[child].name] != nil {
            values[tree.nodes[child].name, default: []].append(child)
        }
        var pairs: [Int: Pair] = [:]
        for (name, companions) in companions {
            let values = values[name] ?? []
            guard companions.allSatisfy({ [.element, .null].contains(tree.nodes[$0].kind) }),
                values.allSatisfy({ [.string, .number, .boolean, .null].contains(tree.nodes[$0].kind) })
            else { continue }
            for (position, value) in values.enumerated() {
                let companion = position < companions.count ? companions[position] : nil
                pairs[value] = .value(companion.flatMap { tree.nodes[$0].kind == .element ? $0 : nil })
            }
            for (position, companion) in companions.enumerated() {
                let isAlone = position >= values.count && tree.nodes[companion].kind == .element
                pairs[companion] = .companion(name, isAlone: isAlone)
            }
        }
        return pairs
    }
}
