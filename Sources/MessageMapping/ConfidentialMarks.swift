import Documents
import FHIRPath

/// The source nodes that the mapping's `confidentialWhen` marks, with everything inside them (release policy, rule 5).
struct ConfidentialMarks {
    private var marked: [Range<Int>] = []

    var isEmpty: Bool { marked.isEmpty }

    /// Only nodes that have a child of one of the condition's first names can be marked, so only they are asked.
    init(_ confidentiality: Mapping.Confidentiality?, tree: DocumentTree, evaluator: Evaluator) {
        guard let confidentiality else { return }
        var asked: Set<Int> = []
        for node in tree.nodes.dropFirst() where confidentiality.firstNames.contains(node.name) {
            let parent = Int(node.parent)
            guard asked.insert(parent).inserted, !contains(parent) else { continue }
            if evaluator.holds(confidentiality.condition, on: .node(parent, tree: 0)) {
                marked.append(parent..<Int(tree.nodes[parent].end))
            }
        }
        _ = evaluator.takeProblems()
    }

    func contains(_ node: Int) -> Bool { marked.contains { $0.contains(node) } }
}
