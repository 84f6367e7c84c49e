import CanonicalModel
import Documents
import FHIRPath

/// One message going through one mapping: the template is walked once, values are written straight into the canonical
/// arena, and what could not be read becomes an issue.
final class MappingRun {
    let mapping: Mapping
    let plan: TemplatePlan
    let evaluator: Evaluator
    var message = CanonicalMessage()
    var issues = IssueList()
    let isExplaining: Bool
    var explanations: [ValueExplanation] = []
    /// When explaining: which of the mapping's places gave a value, or a problem in place of one.
    var exercised: Set<Int32> = []

    let fields = FieldPlan.all
    let shapes = ShapePlan.all
    /// The fields being written, the innermost last, for an issue's target.
    var fieldPath: [FieldID] = []
    /// The source nodes that the objects being written were made from.
    var sourceNodes: [Value] = []
    /// What `$this` is.
    var focus = Value.node(0, tree: 0)
    /// The object being written.
    var openNode = 0
    /// The bits of the fields that it has so far.
    var openFields: UInt64 = 0
    var marks: ConfidentialMarks
    /// Whether any node can be marked.
    let isMarking: Bool
    var reachesConfidential = false
    /// Kinds of which an item was left out: they are not complete.
    var voided: Set<FieldID> = []
    private let stamp: SourceStamp

    /// What writing a template came to.
    struct Written {
        /// Something is in the arena.
        var isAnything = false
        /// Something of it came from the message.
        var isData = false

        static func | (lhs: Written, rhs: Written) -> Written {
            Written(isAnything: lhs.isAnything || rhs.isAnything, isData: lhs.isData || rhs.isData)
        }
    }

    init(
        _ mapping: Mapping, tree: DocumentTree, transport: DocumentTree, header: DocumentTree? = nil,
        stamp: SourceStamp, isExplaining: Bool
    ) {
        self.mapping = mapping
        self.plan = mapping.plan
        self.stamp = stamp
        self.isExplaining = isExplaining
        evaluator = Evaluator(mapping.program, tree: tree, transport: transport, header: header, now: stamp.time)
        evaluator.focus(on: focus)
        message.reserve(nodes: tree.arena.nodeCount + 16, text: tree.arena.textCount + 256)
        marks = ConfidentialMarks(mapping.confidentiality, evaluator: evaluator)
        isMarking = !marks.isEmpty || mapping.confidentiality?.coversParsed ?? false
        if isMarking {
            evaluator.onReach = { [unowned self] value in
                if marks.contains(value, evaluator) { reachesConfidential = true }
            }
        }
    }

    func run() -> CanonicalMessage {
        let root = message.begin(.message)
        message.append(CanonicalShapes.required("message", "mapping"), mapping.name)
        sourceNodes = [focus]
        _ = writeMembers(plan[plan.root])
        collectProblems()
        writeIssues()
        message.end(root)
        return message
    }

    /// What the gateway knows of a message's own description, beside what the mapping read.
    func writeStamp(into node: Int) {
        let time = CanonicalShapes.required("source", "time")
        let isStated = message.first(time, in: node, upTo: message.nodes.count) != nil
        if !isStated { append(time, stamp.time) }
        append(
            CanonicalShapes.required("source", "timeKind"),
            isStated ? "stated" : stamp.isObserved ? "observed" : "accepted")
        append(CanonicalShapes.required("source", "digest"), stamp.digest)
    }

    private func append(_ field: FieldID, _ text: String) {
        message.append(field, text)
        openFields |= fields[Int(field.rawValue)].bit
    }
}
