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
        if let names = confidentiality.firstNames(in: tree) {
            var last = 0
            names.forEachNode(of: tree) { index, node in
                guard index > 0, Int(node.parent) != last else { return }
                last = Int(node.parent)
                ask(last)
            }
        } else {
            for node in tree.nodes.indices.dropFirst() { ask(node) }
        }
        return marked
    }
}
