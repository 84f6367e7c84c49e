import Documents

extension Evaluator {
    /// Equality of two items (*Equality*): nil when it cannot be decided.
    func equal(_ left: Value, _ right: Value) -> Bool? {
        guard let first = atomic(left), let second = atomic(right) else {
            return left.kind == .node && right.kind == .node ? sameContent(left, right) : false
        }
        switch (first.kind, second.kind) {
        case (.string, .string): return Self.isEqual(bytes(first), bytes(second))
        case (.integer, .integer), (.boolean, .boolean): return first.number == second.number
        case (.integer, .decimal), (.decimal, .integer), (.decimal, .decimal):
            guard let one = decimal(first), let other = decimal(second) else { return false }
            return DecimalNumber.order(one, other) == 0
        case (.date, _), (.dateTime, _), (_, .date), (_, .dateTime), (.time, .time):
            guard let one = temporal(first), let other = temporal(second) else { return false }
            guard let order = Temporal.order(one, other) else {
                // Values that already differ in a shared component are decided by order; the rest is undecidable.
                return nil
            }
            return order == 0
        default: return false
        }
    }

    func collectionsEqual(_ left: Range<Int>, _ right: Range<Int>) -> Bool? {
        guard !left.isEmpty, !right.isEmpty else { return nil }
        guard left.count == right.count else { return false }
        for (first, second) in zip(left, right) {
            guard let isEqual = equal(stack[first], stack[second]) else { return nil }
            if !isEqual { return false }
        }
        return true
    }

    /// Equivalence (`~`): texts without regard to case and white space, collections without regard to order.
    func collectionsEquivalent(_ left: Range<Int>, _ right: Range<Int>) -> Bool {
        guard left.count == right.count else { return false }
        var unmatched = Array(right)
        for first in left {
            spend(unmatched.count)
            guard !isExhausted, let match = unmatched.firstIndex(where: { equivalent(stack[first], stack[$0]) }) else {
                return false
            }
            unmatched.remove(at: match)
        }
        return true
    }

    private func equivalent(_ left: Value, _ right: Value) -> Bool {
        guard let first = atomic(left), let second = atomic(right) else { return equal(left, right) ?? false }
        if first.kind == .string, second.kind == .string {
            return folded(first) == folded(second)
        }
        if let one = decimal(first)?.trimmed, let other = decimal(second)?.trimmed {
            // As precise as the less precise of the two.
            let places = min(one.places, other.places)
            return DecimalNumber.order(one.rounded(to: places), other.rounded(to: places)) == 0
        }
        return equal(first, second) ?? false
    }

    private func folded(_ value: Value) -> String {
        (string(value) ?? "").lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// Two subtrees with the same names, kinds and texts in the same order.
    private func sameContent(_ left: Value, _ right: Value) -> Bool {
        let first = trees[Int(left.space)]
        let second = trees[Int(right.space)]
        let count = Int(first.nodes[left.nodeIndex].end) - left.nodeIndex
        guard Int(second.nodes[right.nodeIndex].end) - right.nodeIndex == count else { return false }
        for step in 0..<count {
            let one = first.nodes[left.nodeIndex + step]
            let other = second.nodes[right.nodeIndex + step]
            guard one.kind == other.kind, one.textLength == other.textLength,
                Int(one.end) - left.nodeIndex == Int(other.end) - right.nodeIndex
            else { return false }
            if step > 0, first.name(one.name) != second.name(other.name) { return false }
            let isSame = withText(.node(left.nodeIndex + step, tree: left.space)) { text in
                withText(.node(right.nodeIndex + step, tree: right.space)) { text.elementsEqual($0) }
            }
            if !isSame { return false }
        }
        return true
    }

    /// Keeps the first of equal values pushed since a mark.
    func removeDuplicates(from mark: Int) {
        var kept: [Value] = []
        var seen: Set<String> = []
        for value in stack[mark...] {
            if let key = hashKey(value) {
                if seen.insert(key).inserted { kept.append(value) }
                continue
            }
            spend(kept.count)
            guard !isExhausted else { break }
            if !kept.contains(where: { equal($0, value) ?? false }) {
                kept.append(value)
            }
        }
        stack.replaceSubrange(mark..., with: kept)
    }

    /// A text that equal scalars share; nil for what must be compared one by one.
    private func hashKey(_ value: Value) -> String? {
        guard let atom = atomic(value) else { return nil }
        switch atom.kind {
        case .string: return "s" + (string(atom) ?? "")
        case .boolean: return atom.number == 0 ? "false" : "true"
        case .integer: return "n\(atom.number)"
        case .decimal: return decimal(atom).map { "n\($0.trimmed)" }
        default: return nil
        }
    }
}
