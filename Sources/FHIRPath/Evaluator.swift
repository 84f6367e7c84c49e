package import Documents

/// Evaluates the expressions of one ``Program`` over one message.
///
/// Collections are runs of a stack of plain values: a step pushes its result, and whoever asked for it takes it off
/// again. Nothing is thrown: what the data does not allow yields an empty collection and a problem (FHIRPath leaves
/// errors in data to the engine; a message must never stop the feed). Steps and results are limited, so that no
/// expression can run or grow without bound.
///
/// An evaluator belongs to one task; make one for each message.
package final class Evaluator {
    /// How much one message may cost.
    package struct Limits: Sendable {
        /// Steps evaluated. Default 200 million.
        package var steps: Int
        /// Values on the stack. Default 20 million.
        package var results: Int
        /// Bytes of the texts made. Default 256 MiB.
        package var text: Int

        package init(steps: Int = 200_000_000, results: Int = 20_000_000, text: Int = 256 << 20) {
            self.steps = steps
            self.results = results
            self.text = text
        }
    }

    let program: Program
    /// The message, the transport context, the header, and what was parsed out of values.
    package private(set) var trees: [DocumentTree]
    private var extraFolds: [[UInt32]]
    private let limits: Limits
    private var stepsLeft: Int

    var stack: [Value] = []
    var scratch: [UInt8] = []
    private var bound: [Value] = []
    private var slots: [Range<Int>]

    var focus: Value?
    var index = 0
    var total: [Value] = []
    /// FHIR dateTime text of `now()`.
    package let now: String
    package private(set) var problems: [EvaluationProblem] = []
    package private(set) var isExhausted = false
    /// What the mapping room keeps for this message (join indexes and the like), by the call's place.
    package var notes: [Int: any Sendable] = [:]
    /// Is told of every node that a complete expression yields, a `lookup` reaches or a reference resolves to.
    package var onReach: ((Int) -> Void)?
    /// The quantities made while evaluating.
    var quantities: [Quantity] = []
    var algebra = QuantityAlgebra()
    /// The values of variables that `defineVariable()` set, by their slots.
    var defined: [[Value]]
    var patterns: [String: Pattern] = [:]
    /// Is told what `trace()` looks at, with the name it gives.
    package var onTrace: ((_ name: String, _ values: [Value]) -> Void)?
    var messageReferences: MessageReferences?
    var nodeTypes = NodeTypes()

    /// Reads `tree`, the message, with the transport context as a tree (`%transport`), the header of a multi-message
    /// file (`%header`), and the source time `now`, a FHIR dateTime.
    package init(
        _ program: Program, tree: DocumentTree, transport: DocumentTree? = nil, header: DocumentTree? = nil,
        now: String, limits: Limits = Limits()
    ) {
        self.program = program
        self.limits = limits
        self.stepsLeft = limits.steps
        self.now = now
        self.slots = Array(repeating: 0..<0, count: program.slotCount)
        self.defined = Array(repeating: [], count: program.slotCount)
        let nothing = DocumentTree(
            format: .json, nodes: [], text: [], vocabulary: program.vocabulary, extraNames: [], namespaces: [])
        self.trees = [tree, transport ?? nothing, header ?? nothing]
        self.extraFolds = []
        self.extraFolds = trees.map(folds)
    }

    private func folds(of tree: DocumentTree) -> [UInt32] {
        tree.extraNames.map { program.vocabulary.foldedSymbol($0)?.rawValue ?? .max }
    }

    // MARK: Asking

    /// Sets what `$this` is where an expression is evaluated without a focus of its own.
    package func focus(on value: Value) { focus = value }

    /// Evaluates an expression with `$this` set to a focus.
    package func evaluate(_ expression: ExpressionRef, on focus: Value? = nil) -> [Value] {
        let mark = stack.count
        evaluate(expression, on: focus) { _ in }
        let result = Array(stack[mark...])
        stack.removeSubrange(mark...)
        return result
    }

    /// Evaluates an expression and hands its first value and the count of values to a closure, without making an array.
    package func first<Result>(
        _ expression: ExpressionRef, on focus: Value?, _ body: (_ value: Value?, _ count: Int) -> Result
    ) -> Result {
        let mark = stack.count
        evaluate(expression, on: focus) { _ in }
        let count = stack.count - mark
        let value = count > 0 ? stack[mark] : nil
        stack.removeSubrange(mark...)
        return body(value, count)
    }

    /// Whether an expression is true; empty is not.
    package func holds(_ expression: ExpressionRef, on focus: Value?) -> Bool {
        let saved = self.focus
        if let focus { self.focus = focus }
        defer { self.focus = saved }
        let mark = stack.count
        run(expression.step)
        return takeBoolean(from: mark) ?? false
    }

    private func evaluate(_ expression: ExpressionRef, on focus: Value?, _ body: (Int) -> Void) {
        let saved = self.focus
        if let focus { self.focus = focus }
        let mark = stack.count
        run(expression.step)
        self.focus = saved
        if onReach != nil { for value in stack[mark...] { reach(value) } }
    }

    package func reach(_ value: Value) {
        if value.kind == .node, value.space == 0 { onReach?(value.nodeIndex) }
    }

    /// Binds a variable until the matching ``unbind(_:_:)``; bindings nest.
    package func bind(_ slot: VariableSlot, _ values: [Value]) -> Range<Int> {
        let before = slots[Int(slot.rawValue)]
        slots[Int(slot.rawValue)] = bound.count..<bound.count + values.count
        bound.append(contentsOf: values)
        return before
    }

    package func unbind(_ slot: VariableSlot, _ before: Range<Int>) {
        let current = slots[Int(slot.rawValue)]
        bound.removeSubrange(current.lowerBound...)
        slots[Int(slot.rawValue)] = before
    }

    /// Reads another document into the evaluation.
    /// - Returns: its root; nil when there are too many already.
    package func attach(_ tree: DocumentTree) -> Value? {
        guard trees.count < 200 else { return nil }
        trees.append(tree)
        extraFolds.append(folds(of: tree))
        return .node(0, tree: UInt8(trees.count - 1))
    }

    /// Forgets the problems reported so far and returns them.
    package func takeProblems() -> [EvaluationProblem] {
        defer { problems.removeAll() }
        return problems
    }

    // MARK: Running

    func push(_ value: Value) {
        guard stack.count < limits.results else { return exhaust() }
        stack.append(value)
    }

    /// How many values there may be at once.
    var resultLimit: Int { limits.results }

    /// Counts work that is not a step of the program, such as comparing each value with each other.
    func spend(_ steps: Int) {
        stepsLeft -= steps
        if stepsLeft <= 0 { exhaust() }
    }

    /// How many steps were evaluated so far.
    package var stepsTaken: Int { limits.steps - stepsLeft }

    /// Keeps the texts made within their limit: what goes beyond is dropped.
    /// - Returns: whether there was room.
    func holdsText(from start: Int) -> Bool {
        guard scratch.count > limits.text else { return true }
        scratch.removeSubrange(start...)
        exhaust()
        return false
    }

    func exhaust() {
        if !isExhausted { problems.append(EvaluationProblem(code: "evaluation-limit", node: nil, isDeliberate: false)) }
        isExhausted = true
    }

    package func report(_ code: String, at value: Value?, isDeliberate: Bool = false) {
        guard problems.count < 10_000 else { return }
        let node = value.flatMap { $0.kind == .node && $0.space == 0 ? $0.nodeIndex : nil }
        problems.append(EvaluationProblem(code: code, node: node ?? focusNode, isDeliberate: isDeliberate))
    }

    private var focusNode: Int? {
        focus.flatMap { $0.kind == .node && $0.space == 0 ? $0.nodeIndex : nil }
    }

    func run(_ index: Int32) {
        guard stepsLeft > 0, !isExhausted else { return exhaust() }
        stepsLeft -= 1
        let step = program.steps[Int(index)]
        switch step.operation {
        case .empty: return
        case .constant: push(program.constants[Int(step.a)])
        case .this: if let focus { push(focus) }
        case .index: push(.integer(Int64(self.index)))
        case .total: for value in total { push(value) }
        case .root: if !trees[0].nodes.isEmpty { push(.node(0, tree: 0)) }
        case .transport: if !trees[1].nodes.isEmpty { push(.node(0, tree: 1)) }
        case .header: if !trees[2].nodes.isEmpty { push(.node(0, tree: 2)) }
        case .variable: for position in slots[Int(step.a)] { push(bound[position]) }
        case .defined: for value in defined[Int(step.a)] { push(value) }
        case .member, .memberOrThis: runMember(step)
        case .function: runFunction(step)
        case .host: runHost(step, at: Int(index))
        case .item: runItem(step)
        case .negated: runNegated(step)
        case .binary: runBinary(step)
        case .isType, .asType:
            runTypeOperator(step.a, typeName: program.constants[Int(step.b)], isTest: step.operation == .isType)
        }
    }

    /// Pushes the input of a step: what its base yields, or `$this`.
    func runInput(_ input: Int32) {
        if input >= 0 { run(input) } else if let focus { push(focus) }
    }

    /// Takes a run off the stack from below what was pushed after it.
    func drop(_ range: Range<Int>) { stack.removeSubrange(range) }

    private func runMember(_ step: Step) {
        let mark = stack.count
        runInput(step.a)
        let end = stack.count
        let symbol = UInt32(step.b)
        for position in mark..<end {
            let value = stack[position]
            guard value.kind == .node else { continue }
            if step.operation == .memberOrThis, isNamed(value, symbol) {
                push(value)
            } else {
                let before = stack.count
                pushMembers(of: value, symbol, isFolded: step.c == 1)
                if step.d > 0, stack.count == before { pushChoices(of: value, program.choices[Int(step.d) - 1]) }
            }
        }
        drop(mark..<end)
    }

    private func pushMembers(of value: Value, _ symbol: UInt32, isFolded: Bool) {
        let tree = trees[Int(value.space)]
        var index = value.nodeIndex + 1
        let end = Int(tree.nodes[value.nodeIndex].end)
        while index < end {
            let node = tree.nodes[index]
            let name = isFolded ? fold(node.name.rawValue, in: Int(value.space)) : node.name.rawValue
            if name == symbol, node.kind != .null, node.kind != .emptyArray, node.kind != .text {
                push(.node(index, tree: value.space))
            }
            index = Int(node.end)
        }
    }

    /// `value` finds `valueQuantity` (FHIR, *Choice of Data Types*).
    private func pushChoices(of value: Value, _ symbols: [UInt32]) {
        let tree = trees[Int(value.space)]
        for child in tree.children(of: value.nodeIndex)
        where symbols.contains(tree.nodes[child].name.rawValue) && tree.nodes[child].kind != .null {
            push(.node(child, tree: value.space))
        }
    }

    private func fold(_ symbol: UInt32, in tree: Int) -> UInt32 {
        let known = program.folds.count
        return Int(symbol) < known ? program.folds[Int(symbol)] : extraFolds[tree][Int(symbol) - known]
    }

    /// Whether a node is what a type-like name says: an XML root of that name, or a resource of that type.
    private func isNamed(_ value: Value, _ symbol: UInt32) -> Bool {
        let tree = trees[Int(value.space)]
        if value.nodeIndex == 0, tree.nodes[0].name.rawValue == symbol { return true }
        return resourceType(of: value) == tree.name(Symbol(rawValue: symbol))
    }

    func resourceType(of value: Value) -> String? {
        guard value.kind == .node else { return nil }
        let tree = trees[Int(value.space)]
        guard let symbol = program.resourceTypeSymbol else { return nil }
        for child in tree.children(of: value.nodeIndex) where tree.nodes[child].name == symbol {
            return tree.string(child)
        }
        return nil
    }

    private func runHost(_ step: Step, at index: Int) {
        let mark = stack.count
        runInput(step.a)
        let input = Array(stack[mark...])
        drop(mark..<stack.count)
        program.hostFunctions[Int(step.d)].body(
            HostCall(
                evaluator: self, input: input, step: index, argumentStart: Int(step.b), argumentCount: Int(step.c)))
    }

    func argument(at position: Int, on focus: Value?) -> [Value] {
        let saved = self.focus
        if let focus { self.focus = focus }
        defer { self.focus = saved }
        let mark = stack.count
        run(program.arguments[position])
        let result = Array(stack[mark...])
        stack.removeSubrange(mark...)
        return result
    }

    private func runItem(_ step: Step) {
        let mark = stack.count
        run(step.a)
        let end = stack.count
        run(step.b)
        let position = takeInteger(from: end)
        let value = position.flatMap { $0 >= 0 && $0 < end - mark ? stack[mark + Int($0)] : nil }
        drop(mark..<stack.count)
        if let value { push(value) }
    }

    // MARK: Taking results off the stack

    /// The one boolean pushed since a mark; any other single value counts as true (*Singleton Evaluation of
    /// Collections*).
    func takeBoolean(from mark: Int) -> Bool? {
        defer { drop(mark..<stack.count) }
        guard stack.count - mark <= 1 else {
            report("multiple-values", at: nil)
            return nil
        }
        guard stack.count > mark else { return nil }
        let value = atomic(stack[mark]) ?? stack[mark]
        return value.kind == .boolean ? value.number != 0 : true
    }

    /// The one value pushed since a mark, read out of its node.
    func takeSingle(from mark: Int) -> Value? {
        defer { drop(mark..<stack.count) }
        guard stack.count - mark <= 1 else {
            report("multiple-values", at: stack[mark])
            return nil
        }
        return stack.count > mark ? atomic(stack[mark]) ?? stack[mark] : nil
    }

    func takeInteger(from mark: Int) -> Int64? {
        guard let value = takeSingle(from: mark) else { return nil }
        guard value.kind == .integer else {
            report("wrong-type", at: value)
            return nil
        }
        return value.number
    }
}
