import Documents
import FHIRPath

/// The source nodes that the mapping's `confidentialWhen` marks, with everything inside them (release policy, rule 5).
struct ConfidentialMarks {
    private let confidentiality: Mapping.Confidentiality?
    /// For each node of a tree whether it is marked; empty when none is. By the tree's number, the message's is 0.
    private var marked: [Int: [Bool]] = [:]

    /// Whether nothing of the message itself is marked.
    var isEmpty: Bool { marked[0]?.isEmpty ?? true }

    init(_ confidentiality: Mapping.Confidentiality?, evaluator: Evaluator) {
        self.confidentiality = confidentiality
        if let confidentiality { marked[0] = Self.marks(confidentiality, tree: 0, evaluator: evaluator) }
    }

    /// Whether a node is marked. One that was made of others, such as a document read out of a value, is with any of them.
    mutating func contains(_ value: Value, _ evaluator: Evaluator) -> Bool {
        guard let confidentiality, !Evaluator.besides.contains(value.space) else { return false }
        let tree = Int(value.space)
        if marked[tree] == nil { marked[tree] = Self.marks(confidentiality, tree: tree, evaluator: evaluator) }
        if let marks = marked[tree], !marks.isEmpty, marks[value.nodeIndex] { return true }
        for origin in evaluator.origins(of: value) where contains(origin, evaluator) { return true }
        return false
    }

    private static func marks(_ confidentiality: Mapping.Confidentiality, tree number: Int, evaluator: Evaluator)
        -> [Bool]
    {
        let tree = evaluator.trees[number]
        var marked: [Bool] = []
        func ask(_ node: Int) {
            guard marked.isEmpty || !marked[node] else { return }
            let focus = Value.node(node, tree: UInt8(number))
            guard confidentiality.conditions.contains(where: { evaluator.holds($0, on: focus) }) else { return }
            if marked.isEmpty { marked = Array(repeating: false, count: tree.nodes.count) }
            for inside in node..<Int(tree.nodes[node].end) { marked[inside] = true }
        }
        guard !tree.nodes.isEmpty else { return [] }
        // What was found before stays told; what a condition stumbles over on its way is no fault of the data.
        let before = evaluator.takeProblems()
        defer {
            _ = evaluator.takeProblems()
            for problem in before {
                let node = problem.node.map { Value.node($0, tree: 0) }
                evaluator.report(problem.code, at: node, isDeliberate: problem.isDeliberate)
            }
        }
        ask(0)
        if let names = symbols(confidentiality, in: tree) {
            var last = 0
            for node in tree.nodes.dropFirst() where names.contains(node.name) {
                let parent = Int(node.parent)
                if parent != last { ask(parent) }
                last = parent
            }
        } else {
            for node in tree.nodes.indices.dropFirst() { ask(node) }
        }
        return marked
    }

    /// The symbols of the names, in every spelling that counts; nil when every node is asked.
    private static func symbols(_ confidentiality: Mapping.Confidentiality, in tree: DocumentTree) -> Set<Symbol>? {
        guard let names = confidentiality.firstNames else { return nil }
        guard confidentiality.isCaseInsensitive else { return Set(names.compactMap(tree.vocabulary.symbol)) }
        let folded = Set(names.compactMap { tree.vocabulary.foldedSymbol($0) })
        var symbols: Set<Symbol> = []
        for (index, name) in (tree.vocabulary.names + tree.extraNames).enumerated() {
            if let symbol = tree.vocabulary.foldedSymbol(name), folded.contains(symbol) {
                symbols.insert(Symbol(rawValue: UInt32(index)))
            }
        }
        return symbols
    }
}
