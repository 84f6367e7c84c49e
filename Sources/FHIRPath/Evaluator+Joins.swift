/// `where(key = value)` over a collection that is the same all through the message.
extension Evaluator {
    /// The criterion is asked of every row the first time; from the second time on a table by the key answers.
    func runJoin(_ step: Step, at index: Int32) {
        let mark = stack.count
        let start = Int(step.b)
        guard let table = joinTable(step, at: index) else { return runIteration(step) }
        run(program.arguments[start + 2])
        guard stack.count - mark == 1, let wanted = atomic(stack[mark]), wanted.kind == .string,
            // Dates that are written differently may be equal.
            momentKind(stack[mark]) == nil
        else {
            stack.cut(to: mark)
            return runIteration(step)
        }
        stack.cut(to: mark)
        var found = table.positions(for: bytes(wanted))
        if !table.others.isEmpty {
            spend(table.others.count)
            found += table.others.filter { equal($0.key, wanted) ?? false }.map(\.row)
            found.sort()
        }
        for position in found { push(table.rows[Int(position)]) }
    }

    private func joinTable(_ step: Step, at index: Int32) -> JoinTable? {
        switch joins[index] {
        case .built(let table): return table
        case nil:
            joins[index] = .asked
            return nil
        case .asked:
            let table = makeJoinTable(step)
            if !isExhausted { joins[index] = .built(table) }
            return table
        }
    }

    private func makeJoinTable(_ step: Step) -> JoinTable {
        let mark = stack.count
        runInput(step.a)
        let end = stack.count
        let table = JoinTable(expecting: end - mark)
        let saved = focus
        for position in mark..<end {
            let row = stack[position]
            focus = row
            run(program.arguments[Int(step.b) + 1])
            // Collections of different lengths are not equal, and nothing equals nothing.
            if stack.count - end == 1 {
                table.add(row)
                if let key = atomic(stack[end]), key.kind == .string {
                    table.add(key: bytes(key))
                } else {
                    table.add(otherKey: stack[end])
                }
            }
            stack.cut(to: end)
        }
        focus = saved
        stack.cut(to: mark)
        return table
    }

    /// A table that a host function keeps for the rest of the message, by its place.
    package func keptTable(_ place: Int) -> JoinTable? {
        if case .built(let table) = joins[Int32(place)] { table } else { nil }
    }

    package func keep(_ table: JoinTable, at place: Int) { joins[Int32(place)] = .built(table) }
}

/// How far a join has come in this message.
enum JoinState {
    case asked
    case built(JoinTable)
}
