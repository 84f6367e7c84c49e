import FHIRPath

/// What can be said of an expression without a message.
extension Expression {
    /// The expression and everything inside it.
    var parts: [Expression] {
        let inside: [Expression] =
            switch kind {
            case .member(let base?, _), .negated(let base), .typed(let base, _, _): [base]
            case .call(let base, _, let arguments): (base.map { [$0] } ?? []) + arguments
            case .item(let base, let index): [base, index]
            case .binary(_, let left, let right): [left, right]
            default: []
            }
        return [self] + inside.flatMap(\.parts)
    }

    /// Whether it holds in every message, or in none; nil when that depends on the message.
    var constantTruth: Bool? {
        switch kind {
        case .empty: return false
        case .boolean(let value): return value
        case .call(let base?, "not", _):
            guard case .boolean(let value) = base.kind else { return nil }
            return !value
        case .binary(.and, let left, let right):
            if left.constantTruth == false || right.constantTruth == false { return false }
            return left.constantTruth == true && right.constantTruth == true ? true : nil
        case .binary(.or, let left, let right):
            if left.constantTruth == true || right.constantTruth == true { return true }
            return left.constantTruth == false && right.constantTruth == false ? false : nil
        case .binary(.equal, let left, let right): return left.isSameText(as: right)
        case .binary(.notEqual, let left, let right): return left.isSameText(as: right).map { !$0 }
        default: return nil
        }
    }

    private func isSameText(as other: Expression) -> Bool? {
        guard case .string(let text) = kind, case .string(let otherText) = other.kind else { return nil }
        return text == otherText
    }

    /// The table that a call of `codeTable` names; an empty name when only the message tells.
    var tableName: String? {
        guard case .call(_, "codeTable", let arguments) = kind else { return nil }
        if case .string(let name) = arguments.first?.kind { return name }
        return ""
    }

    /// `issue('code')` says something and yields nothing.
    var isRemark: Bool { if case .call(_, "issue", _) = kind { true } else { false } }

    /// Reads a document out of a value.
    var isParsing: Bool {
        guard case .call(_, let name, _) = kind else { return false }
        return name == "parseXML" || name == "parseJSON"
    }
}
