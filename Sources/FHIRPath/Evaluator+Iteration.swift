import Documents

/// Functions that evaluate an argument once for each item, or not at all.
extension Evaluator {
    func runIteration(_ step: Step) {
        switch step.function {
        case .iif: return runChoice(step)
        case .aggregate: return runAggregate(step)
        case .repeat, .repeatAll: return runRepeat(step)
        default: break
        }
        let mark = stack.count
        runInput(step.a)
        let end = stack.count
        guard step.c > 0 else { return replace(mark, with: .boolean(end > mark)) }
        let criterion = program.arguments[Int(step.b)]
        let savedFocus = focus
        let savedIndex = index
        defer {
            focus = savedFocus
            index = savedIndex
        }
        var holdsForAll = true
        var holdsForAny = false
        for position in mark..<end {
            focus = stack[position]
            index = position - mark
            let start = stack.count
            run(criterion)
            if step.function == .select { continue }
            let holds = takeBoolean(from: start) ?? false
            if holds { holdsForAny = true } else { holdsForAll = false }
            if holds, step.function == .where { push(stack[position]) }
            if step.function == .exists ? holds : step.function == .all && !holds { break }
        }
        switch step.function {
        case .exists: replace(mark, with: .boolean(holdsForAny))
        case .all: replace(mark, with: .boolean(holdsForAll))
        default: drop(mark..<end)
        }
    }

    private func runChoice(_ step: Step) {
        let start = Int(step.b)
        let savedFocus = focus
        defer { focus = savedFocus }
        if step.a >= 0 {
            let mark = stack.count
            run(step.a)
            guard stack.count - mark <= 1 else {
                report("multiple-values", at: stack[mark])
                return drop(mark..<stack.count)
            }
            if stack.count > mark { focus = stack[mark] }
            drop(mark..<stack.count)
        }
        let mark = stack.count
        run(program.arguments[start])
        if takeCriterion(from: mark) {
            run(program.arguments[start + 1])
        } else if step.c > 2 {
            run(program.arguments[start + 2])
        }
    }

    /// What decides an `iif`: a boolean, or nothing, which counts as false. An element of a document that is there
    /// counts as true, since XML does not tell a boolean from a text.
    private func takeCriterion(from mark: Int) -> Bool {
        if stack.count - mark == 1 {
            let value = stack[mark]
            let isTyped = value.kind != .node || trees[Int(value.space)].format == .json
            if isTyped, let atom = atomic(value), atom.kind != .boolean {
                drop(mark..<stack.count)
                report("wrong-type", at: value)
                return false
            }
        }
        return takeBoolean(from: mark) ?? false
    }

    private func runAggregate(_ step: Step) {
        let mark = stack.count
        runInput(step.a)
        let end = stack.count
        let savedTotal = total
        let savedFocus = focus
        let savedIndex = index
        if step.c > 1 {
            run(program.arguments[Int(step.b) + 1])
            total = Array(stack[end...])
            drop(end..<stack.count)
        } else {
            total = []
        }
        for position in mark..<end {
            focus = stack[position]
            index = position - mark
            run(program.arguments[Int(step.b)])
            total = Array(stack[end...])
            drop(end..<stack.count)
        }
        let result = total
        total = savedTotal
        focus = savedFocus
        index = savedIndex
        drop(mark..<end)
        for value in result { push(value) }
    }

    /// Applies a projection again and again, until it yields nothing that was not seen before.
    private func runRepeat(_ step: Step) {
        let mark = stack.count
        runInput(step.a)
        var waiting = Array(stack[mark...])
        drop(mark..<stack.count)
        let savedFocus = focus
        defer { focus = savedFocus }
        var seen: Set<UInt64> = []
        var results: [Value] = []
        var next = 0
        while next < waiting.count, !isExhausted {
            focus = waiting[next]
            next += 1
            run(program.arguments[Int(step.b)])
            let found = Array(stack[mark...])
            drop(mark..<stack.count)
            for value in found {
                if step.function == .repeatAll {
                    spend(1)
                } else if value.kind == .node {
                    guard seen.insert(UInt64(value.space) << 32 | UInt64(value.offset)).inserted else { continue }
                } else {
                    if isExhausted { break }
                    spend(results.count)
                    if results.contains(where: { equal($0, value) ?? false }) { continue }
                }
                guard results.count < resultLimit else { return exhaust() }
                results.append(value)
                waiting.append(value)
            }
        }
        for value in results { push(value) }
    }
}
