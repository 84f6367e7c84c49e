/// A call of a ``HostFunction`` while an expression is evaluated.
package struct HostCall {
    package let evaluator: Evaluator
    /// Where the input collection lies on the evaluator's stack.
    package let inputRange: Range<Int>
    let step: Int
    let argumentStart: Int
    /// How many arguments were written.
    package let argumentCount: Int

    /// The input collection.
    package var input: HostInput { HostInput(evaluator: evaluator, range: inputRange) }

    /// Evaluates an argument with `$this` set to a focus, or as it stands.
    package func argument(_ index: Int, on focus: Value? = nil) -> [Value] {
        evaluator.argument(at: argumentStart + index, on: focus)
    }

    /// The first value of an argument as bytes, which stay good for the rest of the message.
    package func text(_ index: Int) -> UnsafeRawBufferPointer? {
        let values = evaluator.pushArgument(at: argumentStart + index, on: nil)
        defer { evaluator.pop(values) }
        return values.first.flatMap { evaluator.text(of: evaluator.stack[$0]) }
    }

    /// Whether an argument has the same value wherever the call stands, so that what is made of it can be kept for the
    /// rest of the message.
    package func isMessageWide(argument index: Int) -> Bool {
        evaluator.program.steps[step].wideArguments & (1 << UInt32(index)) != 0
    }

    /// Pushes a value onto the result.
    package func yield(_ value: Value) { evaluator.push(value) }

    /// Pushes a new text of the given kind onto the result.
    package func yield(_ kind: Value.Kind, _ bytes: some Sequence<UInt8>) {
        evaluator.push(evaluator.makeText(kind, bytes))
    }

    /// Pushes a new text with a mark (``Value/mark``).
    package func yield(_ kind: Value.Kind, _ bytes: UnsafeRawBufferPointer, mark: Int64 = 0) {
        evaluator.push(evaluator.makeText(kind, bytes: bytes, mark: mark))
    }

    package func yield(_ kind: Value.Kind, _ text: String) { yield(kind, text.utf8) }

    /// Reports that something in the data could not be used; the result stays empty. When `isDeliberate`, the author
    /// asked for the report and nothing is wrong with the data.
    package func report(_ code: String, at value: Value? = nil, isDeliberate: Bool = false) {
        let first = inputRange.isEmpty ? nil : evaluator.stack[inputRange.lowerBound]
        evaluator.report(code, at: value ?? first, isDeliberate: isDeliberate)
    }

    /// A number that is the same for this place in the mapping, to keep what was computed for it.
    package var place: Int { step }
}

/// The input of a call, read where it lies on the evaluator's stack: good until the call returns.
package struct HostInput: RandomAccessCollection {
    fileprivate let evaluator: Evaluator
    fileprivate let range: Range<Int>

    package var startIndex: Int { range.lowerBound }
    package var endIndex: Int { range.upperBound }
    package subscript(position: Int) -> Value { evaluator[position] }
}

/// Something in the data that an expression could not use.
package struct EvaluationProblem: Sendable, Hashable {
    /// A stable code.
    package let code: String
    /// The node it happened at, in the message's own tree.
    package let node: Int?
    /// An author's own remark about what the mapping leaves out, not a fault in the data.
    package let isDeliberate: Bool
    /// How often in a row, which only a deliberate one counts; the node is the first one's.
    package internal(set) var count = 1
}
