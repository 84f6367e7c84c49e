/// A criterion of the form `key = value`, where the key is asked of the item alone and the value does not depend on it: a
/// join, for which a table can answer.
struct JoinCriterion {
    let key: Expression
    let value: Expression

    /// `isWide` tells whether an expression, asked of an item, has one value for that item all through the message.
    /// - Returns: nil when the criterion is anything else.
    init?(_ criterion: Expression, isWide: (Expression) -> Bool) {
        guard case .binary(.equal, let left, let right) = criterion.kind else { return nil }
        if left.asksItem, isWide(left), !right.asksItem {
            (key, value) = (left, right)
        } else if right.asksItem, isWide(right), !left.asksItem {
            (key, value) = (right, left)
        } else {
            return nil
        }
        // A value that is written out is compared as fast as it is looked up.
        if case .string = value.kind { return nil }
    }
}

extension Expression {
    /// Whether the expression may depend on `$this` or its place. A path from a variable does not.
    fileprivate var asksItem: Bool {
        switch kind {
        case .empty, .boolean, .string, .number, .date, .dateTime, .time, .quantity, .variable: false
        case .this, .index, .total, .member(nil, _), .call(nil, _, _): true
        case .member(let base?, _), .negated(let base), .typed(let base, _, _): base.asksItem
        case .item(let base, let index): base.asksItem || index.asksItem
        case .binary(_, let left, let right): left.asksItem || right.asksItem
        case .call(let base?, _, let arguments): base.asksItem || arguments.contains(where: \.asksItem)
        }
    }
}
