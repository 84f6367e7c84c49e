import FHIRPath

/// How to find the place in the source that a computed value came from: the path that its expression started from.
/// Nothing asks for it unless a message is explained.
indirect enum SourcePath: Sendable {
    case path(ExpressionRef)
    /// `iif()`: the branch that was taken, or where that is a constant what was tested.
    case choice(ExpressionRef, tested: SourcePath?, then: SourcePath?, otherwise: SourcePath?)

    /// The first node that the value came from.
    func node(in evaluator: Evaluator) -> Value? {
        switch self {
        case .path(let path):
            return evaluator.evaluate(path).first { $0.kind == .node }
        case .choice(let condition, let tested, let then, let otherwise):
            let branch = evaluator.holds(condition, on: nil) ? then : otherwise
            return branch?.node(in: evaluator) ?? tested?.node(in: evaluator)
        }
    }
}

extension Expression {
    /// Whether it yields nodes that something leads to by name, so that each value has a place of its own.
    var isPath: Bool {
        switch kind {
        case .member(let base, _): base?.isPath ?? true
        case .this, .variable: true
        case .item(let base, _): base.isPath
        case .binary(.union, let left, let right): left.isPath && right.isPath
        case .call(_, "lookup", let arguments): arguments.first?.isPath ?? false
        case .call(let base, let name, let arguments):
            Self.selecting.contains(name) && (base?.isPath ?? true)
                && (name == "combine" || name == "union" || name == "select" ? arguments.first?.isPath ?? false : true)
        default: false
        }
    }

    /// A path that leads from no variable: its values are nodes.
    var isPlainPath: Bool { isPath && !parts.contains { if case .variable = $0.kind { true } else { false } } }

    /// What it is computed from, the first first.
    var operands: [Expression] {
        switch kind {
        case .member(let base?, _), .negated(let base), .typed(let base, _, _), .item(let base, _): [base]
        case .call(let base, _, let arguments): base.map { [$0] } ?? arguments
        case .binary(_, let left, let right): [left, right]
        default: []
        }
    }

    /// Functions whose values are among their input's nodes, or beside or below them.
    private static let selecting: Set<String> = [
        "where", "first", "last", "tail", "skip", "take", "single", "select", "combine", "union", "distinct",
        "distinctBy", "mergeCut", "ofType", "resolve", "parent", "ancestors", "children", "descendants", "repeat",
        "extension", "intersect", "exclude", "parseXML", "parseJSON",
    ]
}
