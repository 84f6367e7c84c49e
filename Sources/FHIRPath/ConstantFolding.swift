import Documents

/// Computes, when a mapping is read, what is the same for every message.
enum ConstantFolding {
    struct Folded {
        let value: Value
        let bytes: [UInt8]
        var kind: Value.Kind { value.kind }
    }

    /// - Returns: the one plain value that an expression of literals always yields; nil when it asks for anything else,
    ///   or yields nothing, several values or a problem, which are left to the message.
    static func value(of expression: Expression, vocabulary: Vocabulary) throws(ExpressionFault) -> Folded? {
        guard expression.isComputed, expression.isConstant else { return nil }
        var compiler = ExpressionCompiler(vocabulary: vocabulary, isFolding: false)
        let compiled = try compiler.compile(expression, variables: [:])
        let nothing = DocumentTree(
            format: .json, arena: TreeArena(nodeCapacity: 0, textCapacity: 0), vocabulary: vocabulary)
        let evaluator = Evaluator(
            compiler.finish(), tree: nothing, now: "",
            limits: Evaluator.Limits(steps: 10_000, results: 100, text: 65_536))
        let values = evaluator.evaluate(compiled)
        guard values.count == 1, evaluator.takeProblems().isEmpty, values[0].kind != .node, values[0].kind != .quantity
        else { return nil }
        return Folded(value: values[0], bytes: Array(evaluator.bytes(values[0])))
    }
}

extension Expression {
    /// Whether there is anything to compute.
    fileprivate var isComputed: Bool {
        switch kind {
        case .negated, .binary, .call: true
        default: false
        }
    }

    /// Whether the expression asks for nothing but literals.
    fileprivate var isConstant: Bool {
        switch kind {
        case .boolean, .string, .number, .date, .dateTime, .time: true
        case .negated(let operand): operand.isConstant
        case .binary(_, let left, let right): left.isConstant && right.isConstant
        case .call(let base?, let name, let arguments):
            Function(rawValue: name)?.takesArgumentsFromOutside ?? false && base.isConstant
                && arguments.allSatisfy(\.isConstant)
        default: false
        }
    }
}
