import Documents
import FHIRPath

/// The source nodes that the mapping's `confidentialWhen` marks, with everything inside them (release policy, rule 5).
struct ConfidentialMarks {
    /// For each node whether it is marked; empty when none is.
    private var marked: [Bool] = []

    var isEmpty: Bool { marked.isEmpty }

    /// Only nodes that have a child of one of the condition's first names can be marked, so only they are asked.
    init(_ confidentiality: Mapping.Confidentiality?, tree: DocumentTree, evaluator: Evaluator) {
        guard let confidentiality else { return }
        var asked: Set<Int> = []
        var marked: [Bool] = []
        confidentiality.firstNames.forEachNode(of: tree) { index, node in
            let parent = Int(node.parent)
            guard index > 0, marked.isEmpty || !marked[parent], asked.insert(parent).inserted else { return }
            guard evaluator.holds(confidentiality.condition, on: .node(parent, tree: 0)) else { return }
            if marked.isEmpty { marked = Array(repeating: false, count: tree.nodes.count) }
            for inside in parent..<Int(tree.nodes[parent].end) { marked[inside] = true }
        }
        self.marked = marked
        _ = evaluator.takeProblems()
    }

    func contains(_ node: Int) -> Bool { !marked.isEmpty && marked[node] }
}
