import Documents

extension Evaluator {
    /// Equality of two items (*Equality*): nil when it cannot be decided.
    func equal(_ left: Value, _ right: Value) -> Bool? {
        guard let first = atomic(left), let second = atomic(right) else { return equalObjects(left, right) }
        switch (first.kind, second.kind) {
        case (.string, .string):
            if Self.isEqual(bytes(first), bytes(second)) { return true }
            return left.kind == .node && right.kind == .node ? equalMoments(left, right) : false
        case (.integer, .integer), (.boolean, .boolean): return first.number == second.number
        case (.integer, .decimal), (.decimal, .integer), (.decimal, .decimal):
            guard let one = decimal(first), let other = decimal(second) else { return false }
            return DecimalNumber.order(one, other) == 0
        case (.quantity, _), (_, .quantity):
            guard let one = quantity(first), let other = quantity(second) else { return false }
            return equal(one, other)
        case (.date, _), (.dateTime, _), (.time, _), (_, .date), (_, .dateTime), (_, .time):
            guard let (one, other) = moments(first, second) else { return false }
            return Temporal.order(one, other).map { $0 == 0 }
        default: return false
        }
    }

    /// Equality of two elements whose texts differ: those that FHIR says are dates may still be the same moment.
    private func equalMoments(_ left: Value, _ right: Value) -> Bool? {
        guard momentKind(left) != nil, momentKind(right) != nil, let one = atomic(left).flatMap(moment),
            let other = atomic(right).flatMap(moment)
        else { return false }
        return Temporal.order(one, other).map { $0 == 0 }
    }

    private func equalObjects(_ left: Value, _ right: Value) -> Bool? {
        if left.kind == .node, right.kind == .node, atomic(left) == nil, atomic(right) == nil {
            if sameContent(left, right) { return true }
            if let one = quantity(left), let other = quantity(right) { return equal(one, other) }
            return equalMembers(left, right, isLoose: false)
        }
        guard left.kind == .quantity || right.kind == .quantity, let one = quantity(left), let other = quantity(right)
        else { return false }
        return equal(one, other)
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
        guard let first = atomic(left), let second = atomic(right) else {
            if left.kind == .node, right.kind == .node, atomic(left) == nil, atomic(right) == nil {
                if sameContent(left, right) { return true }
                if let one = quantity(left), let other = quantity(right) { return algebra.areEquivalent(one, other) }
                return equalMembers(left, right, isLoose: true) ?? false
            }
            return equivalentQuantities(left, right)
        }
        if first.kind == .string, second.kind == .string {
            return folded(first) == folded(second)
        }
        if let one = decimal(first), let other = decimal(second) { return DecimalNumber.areEquivalent(one, other) }
        if first.kind == .quantity || second.kind == .quantity { return equivalentQuantities(first, second) }
        return equal(first, second) ?? false
    }

    private func equivalentQuantities(_ left: Value, _ right: Value) -> Bool {
        guard left.kind == .quantity || right.kind == .quantity, let one = quantity(left), let other = quantity(right)
        else { return false }
        return algebra.areEquivalent(one, other)
    }

    /// Whether two objects have the same members, each equal to the other's of its name and turn.
    private func equalMembers(_ left: Value, _ right: Value, isLoose: Bool) -> Bool? {
        spend(1)
        guard !isExhausted else { return nil }
        let first = members(of: left)
        var second = members(of: right)
        guard first.count == second.count else { return false }
        var isDecided = true
        for (name, nodes) in first {
            guard let others = second.removeValue(forKey: name), others.count == nodes.count else { return false }
            for (one, other) in zip(nodes, others) {
                let isEqual = isLoose ? equivalent(one, other) : equal(one, other)
                if isEqual == false { return false }
                if isEqual == nil { isDecided = false }
            }
        }
        return isDecided ? true : nil
    }

    private func members(of value: Value) -> [String: [Value]] {
        let tree = trees[Int(value.space)]
        var members: [String: [Value]] = [:]
        let node = tree.nodes[value.nodeIndex]
        if node.textLength > 0 {
            members[""] = [
                .text(.string, space: value.space, offset: Int(node.textOffset), length: Int(node.textLength))
            ]
        }
        for child in tree.children(of: value.nodeIndex) where tree.nodes[child].kind != .null {
            members[tree.name(of: child), default: []].append(.node(child, tree: value.space))
        }
        return members
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
