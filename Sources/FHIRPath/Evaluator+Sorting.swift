/// `sort()` and what adds up a collection.
extension Evaluator {
    /// Sorts by keys (FHIRPath 3.0, *sort*); equal items keep their order, and items without a key come first.
    func runSort(_ step: Step) {
        let mark = stack.count
        runInput(step.a)
        let items = Array(stack[mark...])
        drop(mark..<stack.count)
        let keys = items.map { self.keys(of: $0, step) }
        spend(items.count * max(1, items.count.bitWidth - items.count.leadingZeroBitCount))
        guard !isExhausted else { return }
        let order = items.indices.sorted { precedes(keys[$0], keys[$1], step) ?? ($0 < $1) }
        for index in order { push(items[index]) }
    }

    private func keys(of item: Value, _ step: Step) -> [Value?] {
        guard step.c > 0 else {
            let mark = stack.count
            push(item)
            return [takeTyped(from: mark)]
        }
        let saved = focus
        focus = item
        defer { focus = saved }
        return (0..<Int(step.c)).map { index in
            let mark = stack.count
            run(program.arguments[Int(step.b) + index])
            return takeTyped(from: mark)
        }
    }

    /// Whether one item comes before another; nil when their keys are equal.
    private func precedes(_ left: [Value?], _ right: [Value?], _ step: Step) -> Bool? {
        for (index, pair) in zip(left, right).enumerated() {
            switch pair {
            case (nil, nil): continue
            case (nil, _): return true
            case (_, nil): return false
            case (let one?, let other?):
                guard let order = order(one, other), order != 0 else { continue }
                return step.d & (1 << Int32(index)) == 0 ? order < 0 : order > 0
            }
        }
        return nil
    }

    /// `sum()`, `min()`, `max()` and `avg()`, as widely used engines have them.
    func runTotal(_ step: Step, from mark: Int) {
        let values = stack[mark...].compactMap { atomic($0) ?? $0 }
        drop(mark..<stack.count)
        guard var total = values.first else { return }
        for value in values.dropFirst() where !isExhausted {
            switch step.function {
            case .min, .max:
                guard let order = order(value, total) else { return }
                if step.function == .min ? order < 0 : order > 0 { total = value }
            default:
                compute(.add, total, value)
                guard stack.count > mark else { return }
                total = stack[mark]
                drop(mark..<stack.count)
            }
        }
        guard step.function == .avg else { return push(total) }
        compute(.divide, total, .integer(Int64(values.count)))
    }
}
