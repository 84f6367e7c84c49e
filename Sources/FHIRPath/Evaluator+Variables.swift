/// Variables that an expression defines for itself, and what chooses among expressions.
extension Evaluator {
    /// Sets a variable to the input, or to what an expression makes of the whole input, and yields the input.
    func runDefinition(_ step: Step) {
        let mark = stack.count
        runInput(step.a)
        let end = stack.count
        defined[Int(step.d)] = Array(stack[mark..<end])
        guard step.c > 1 else { return }
        // While it is evaluated, the variable's own place holds what the expression looks at.
        run(program.arguments[Int(step.b) + 1])
        defined[Int(step.d)] = Array(stack[end...])
        drop(end..<stack.count)
    }

    /// The first argument that yields anything.
    func runCoalesce(_ step: Step) {
        let mark = stack.count
        for index in 0..<Int(step.c) {
            run(program.arguments[Int(step.b) + index])
            if stack.count > mark { return }
        }
    }

    /// Tells what it is asked to trace and yields the input.
    func runTrace(_ step: Step) {
        let mark = stack.count
        runInput(step.a)
        let end = stack.count
        guard let onTrace else { return }
        let name = argumentValue(step).flatMap(string) ?? ""
        guard step.c > 1 else { return onTrace(name, Array(stack[mark..<end])) }
        let saved = focus
        for position in mark..<end {
            focus = stack[position]
            run(program.arguments[Int(step.b) + 1])
        }
        focus = saved
        onTrace(name, Array(stack[end...]))
        drop(end..<stack.count)
    }
}
