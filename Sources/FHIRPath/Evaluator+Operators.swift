extension Evaluator {
    func runNegated(_ step: Step) {
        let mark = stack.count
        run(step.a)
        guard let value = takeSingle(from: mark) else { return }
        if value.kind == .integer {
            compute(.subtract, .integer(0), value)
        } else if let number = decimal(value) {
            pushDecimal(number.negated)
        } else if let quantity = quantity(value) {
            pushQuantity(Quantity(value: quantity.value.negated, unit: quantity.unit))
        } else {
            report("not-a-number", at: value)
        }
    }

    func runBinary(_ step: Step) {
        switch step.binary {
        case .and, .or, .xor, .implies: runLogic(step)
        case .union: runUnion(step)
        case .isIn, .contains: runMembership(step)
        case .equal, .notEqual, .equivalent, .notEquivalent: runEquality(step)
        case .concatenate: runConcatenation(step)
        case .less, .lessOrEqual, .greater, .greaterOrEqual: runComparison(step)
        case .add, .subtract, .multiply, .divide, .wholeDivide, .modulo: runArithmetic(step)
        }
    }

    /// Three-valued logic (*Boolean logic*).
    private func runLogic(_ step: Step) {
        let mark = stack.count
        run(step.a)
        let left = takeBoolean(from: mark)
        if step.binary == .and, left == false { return push(.boolean(false)) }
        if step.binary == .or, left == true { return push(.boolean(true)) }
        if step.binary == .implies, left == false { return push(.boolean(true)) }
        run(step.b)
        let right = takeBoolean(from: mark)
        let result: Bool? =
            switch step.binary {
            case .and: right == false ? false : left == nil || right == nil ? nil : true
            case .or: right == true ? true : left == nil || right == nil ? nil : false
            case .xor: left.flatMap { first in right.map { first != $0 } }
            default: right == true ? true : left == nil ? nil : right
            }
        if let result { push(.boolean(result)) }
    }

    private func runUnion(_ step: Step) {
        let mark = stack.count
        run(step.a)
        // The right operand of `|` is not an input of the left one, so both are evaluated on the same focus.
        run(step.b)
        removeDuplicates(from: mark)
    }

    private func runMembership(_ step: Step) {
        let mark = stack.count
        run(step.binary == .isIn ? step.b : step.a)
        let end = stack.count
        run(step.binary == .isIn ? step.a : step.b)
        guard let wanted = takeSingle(from: end) else { return drop(mark..<stack.count) }
        let isFound = (mark..<end).contains { equal(stack[$0], wanted) ?? false }
        drop(mark..<stack.count)
        push(.boolean(isFound))
    }

    private func runEquality(_ step: Step) {
        let mark = stack.count
        run(step.a)
        let middle = stack.count
        run(step.b)
        let result: Bool?
        switch step.binary {
        case .equal, .notEqual: result = collectionsEqual(mark..<middle, middle..<stack.count)
        default: result = collectionsEquivalent(mark..<middle, middle..<stack.count)
        }
        drop(mark..<stack.count)
        guard let result else { return }
        push(.boolean(step.binary == .equal || step.binary == .equivalent ? result : !result))
    }

    private func runConcatenation(_ step: Step) {
        let mark = stack.count
        run(step.a)
        let left = takeSingle(from: mark).flatMap(string) ?? ""
        run(step.b)
        let right = takeSingle(from: mark).flatMap(string) ?? ""
        push(makeString(left + right))
    }

    private func runComparison(_ step: Step) {
        let mark = stack.count
        run(step.a)
        let left = takeTyped(from: mark)
        run(step.b)
        guard let right = takeTyped(from: mark), let left, let order = order(left, right) else { return }
        let result =
            switch step.binary {
            case .less: order < 0
            case .lessOrEqual: order <= 0
            case .greater: order > 0
            default: order >= 0
            }
        push(.boolean(result))
    }

    /// -1, 0 or 1; nil when it cannot be decided or the types do not compare.
    func order(_ left: Value, _ right: Value) -> Int? {
        if left.kind == .integer, right.kind == .integer {
            return left.number == right.number ? 0 : left.number < right.number ? -1 : 1
        }
        if let first = decimal(left), let second = decimal(right) { return DecimalNumber.order(first, second) }
        if left.kind == .string, right.kind == .string {
            return withText(left) { first in
                withText(right) { second in
                    first.elementsEqual(second) ? 0 : first.lexicographicallyPrecedes(second) ? -1 : 1
                }
            }
        }
        if let (first, second) = moments(left, right) { return Temporal.order(first, second) }
        if isQuantity(left) || isQuantity(right), let first = quantity(left), let second = quantity(right) {
            return order(first, second)
        }
        report("types-not-comparable", at: left)
        return nil
    }

    /// Two values as dates or as times; of two texts neither is taken for one.
    func moments(_ left: Value, _ right: Value) -> (Temporal, Temporal)? {
        guard left.kind != .string || right.kind != .string, let first = moment(left), let second = moment(right),
            first.isTime == second.isTime
        else { return nil }
        return (first, second)
    }
}
