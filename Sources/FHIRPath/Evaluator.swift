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
    private let steps: UnsafePointer<Step>
    /// The message, the transport context, the header, and what was parsed out of values.
    package private(set) var trees: [DocumentTree]
    private(set) var views: [TreeView]
    private var extraFolds: [[UInt32]] = []
    private let limits: Limits
    private var stepsLeft: Int

    var stack = ValueStack(capacity: 256)
    var scratch = TextArena(capacity: 1024)
    private var bound = ValueStack(capacity: 64)
    private var slots: [Range<Int>]

    var focus: Value?
    var index = 0
    var total: [Value] = []
    /// FHIR dateTime text of `now()`.
    package let now: String
    package private(set) var problems: [EvaluationProblem] = []
    package private(set) var isExhausted = false
    package var hasProblems: Bool { !problems.isEmpty }
    /// What the mapping room keeps for this message (join indexes and the like), by the call's place.
    package var notes: [Int: any Sendable] = [:]
    /// Is told of every node that a complete expression yields, a `lookup` reaches or a reference resolves to.
    package var onReach: ((Value) -> Void)?
    /// By the step that joins.
    var joins: [Int32: JoinState] = [:]
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
        self.steps = program.steps
        self.limits = limits
        self.stepsLeft = limits.steps
        self.now = now
        self.slots = Array(repeating: 0..<0, count: program.slotCount)
        self.defined = Array(repeating: [], count: program.slotCount)
        let nothing = TreeArena(nodeCapacity: 0, textCapacity: 0)
        func orNothing(_ tree: DocumentTree?) -> DocumentTree {
            tree ?? DocumentTree(format: .json, arena: nothing, vocabulary: program.vocabulary)
        }
        self.trees = [tree, orNothing(transport), orNothing(header)]
        self.views = trees.map(TreeView.init)
        if program.hasFoldedNames { self.extraFolds = trees.map(folds) }
    }

    deinit {
        stack.deallocate()
        bound.deallocate()
        scratch.deallocate()
    }

    private func folds(of tree: DocumentTree) -> [UInt32] {
        tree.extraNames.map { program.vocabulary.foldedSymbol($0)?.rawValue ?? .max }
    }

    // MARK: Asking

    /// Sets what `$this` is where an expression is evaluated without a focus of its own.
    package func focus(on value: Value) { focus = value }

    /// Evaluates an expression with `$this` set to a focus.
    package func evaluate(_ expression: ExpressionRef, on focus: Value? = nil) -> [Value] {
        let result = push(expression, on: focus)
        defer { pop(result) }
        return stack[result]
    }

    /// Evaluates an expression and leaves its values on the stack, where a subscript of this evaluator reads them.
    /// - Returns: where they are, for ``pop(_:)``.
    package func push(_ expression: ExpressionRef, on focus: Value? = nil) -> Range<Int> {
        let mark = stack.count
        if let focus {
            let saved = self.focus
            self.focus = focus
            run(expression.step)
            self.focus = saved
        } else {
            run(expression.step)
        }
        if onReach != nil { for position in mark..<stack.count { reach(stack[position]) } }
        return mark..<stack.count
    }

    /// The first value of an expression and how many there are, as a template needs them.
    package struct First {
        package let value: Value?
        /// The value as text; nil where it has none.
        package let text: UnsafeRawBufferPointer?
        package let count: Int
        /// Whether there are problems that nobody took yet.
        package let hasProblems: Bool
    }

    /// Evaluates an expression for its first value. The text stays good as long as the evaluator.
    package func first(_ expression: ExpressionRef) -> First {
        let values = push(expression)
        guard !values.isEmpty else { return First(value: nil, text: nil, count: 0, hasProblems: hasProblems) }
        let value = stack[values.lowerBound]
        stack.cut(to: values.lowerBound)
        let text = text(of: value)
        return First(value: value, text: text, count: values.count, hasProblems: hasProblems)
    }

    /// Takes values off the stack again, and whatever lies above them.
    package func pop(_ values: Range<Int>) { stack.cut(to: values.lowerBound) }

    /// A value that ``push(_:on:)`` left.
    package subscript(position: Int) -> Value { stack[position] }

    /// Whether an expression is true; empty is not.
    package func holds(_ expression: ExpressionRef, on focus: Value?) -> Bool {
        let saved = self.focus
        if let focus { self.focus = focus }
        defer { self.focus = saved }
        let mark = stack.count
        run(expression.step)
        return takeBoolean(from: mark) ?? false
    }

    package func reach(_ value: Value) {
        if value.kind == .node { onReach?(value) }
    }

    /// Binds a variable until the matching ``unbind(_:_:)``; bindings nest.
    package func bind(_ slot: VariableSlot, _ values: [Value]) -> Range<Int> {
        let before = slots[Int(slot.rawValue)]
        slots[Int(slot.rawValue)] = bound.count..<bound.count + values.count
        for value in values { bound.append(value) }
        return before
    }

    /// Binds a variable to one value, like ``bind(_:_:)-([Value])``.
    package func bind(_ slot: VariableSlot, to value: Value) -> Range<Int> {
        let before = slots[Int(slot.rawValue)]
        slots[Int(slot.rawValue)] = bound.count..<bound.count + 1
        bound.append(value)
        return before
    }

    package func unbind(_ slot: VariableSlot, _ before: Range<Int>) {
        bound.cut(to: slots[Int(slot.rawValue)].lowerBound)
        slots[Int(slot.rawValue)] = before
    }

    /// Reads another document into the evaluation.
    /// - Returns: its root; nil when there are too many already.
    package func attach(_ tree: DocumentTree) -> Value? {
        guard trees.count < 200 else { return nil }
        trees.append(tree)
        views.append(TreeView(tree))
        if program.hasFoldedNames { extraFolds.append(folds(of: tree)) }
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
        scratch.cut(to: start)
        exhaust()
        return false
    }

    func exhaust() {
        if !isExhausted { problems.append(EvaluationProblem(code: "evaluation-limit", node: nil, isDeliberate: false)) }
        isExhausted = true
    }

    package func report(_ code: String, at value: Value?, isDeliberate: Bool = false) {
        if isDeliberate, let last = problems.last, last.isDeliberate, last.code == code {
            return problems[problems.count - 1].count += 1
        }
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
        let step = steps[Int(index)]
        switch step.operation {
        case .empty: return
        case .constant: push(program.constants[Int(step.a)])
        case .this: if let focus { push(focus) }
        case .index: push(.integer(Int64(self.index)))
        case .total: for value in total { push(value) }
        case .root: if views[0].count > 0 { push(.node(0, tree: 0)) }
        case .transport: if views[1].count > 0 { push(.node(0, tree: 1)) }
        case .header: if views[2].count > 0 { push(.node(0, tree: 2)) }
        case .variable: for position in slots[Int(step.a)] { push(bound[position]) }
        case .memberOfThis: if let focus { pushMembers(of: focus, UInt32(step.b)) }
        case .memberOfVariable:
            for position in slots[Int(step.a)] { pushMembers(of: bound[position], UInt32(step.b)) }
        case .defined: for value in defined[Int(step.a)] { push(value) }
        case .member, .memberOrThis: runMember(step)
        case .join: runJoin(step, at: index)
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
            } else if step.c == 1 {
                pushFoldedMembers(of: value, symbol)
            } else {
                let before = stack.count
                pushMembers(of: value, symbol)
                if step.d > 0, stack.count == before { pushChoices(of: value, program.choices[Int(step.d) - 1]) }
            }
        }
        drop(mark..<end)
    }

    /// Pushes the children of a name.
    private func pushMembers(of value: Value, _ symbol: UInt32) {
        guard value.kind == .node else { return }
        let view = views[Int(value.space)]
        var index = value.nodeIndex + 1
        let end = Int(view[value.nodeIndex].end)
        while index < end {
            let node = view.nodes[index]
            if node.name.rawValue == symbol, node.isVisible { push(.node(index, tree: value.space)) }
            index = Int(node.end)
        }
    }

    private func pushFoldedMembers(of value: Value, _ symbol: UInt32) {
        let view = views[Int(value.space)]
        var index = value.nodeIndex + 1
        let end = Int(view[value.nodeIndex].end)
        while index < end {
            let node = view.nodes[index]
            if node.isVisible, fold(node.name.rawValue, in: Int(value.space)) == symbol {
                push(.node(index, tree: value.space))
            }
            index = Int(node.end)
        }
    }

    /// `value` finds `valueQuantity` (FHIR, *Choice of Data Types*).
    private func pushChoices(of value: Value, _ symbols: [UInt32]) {
        let view = views[Int(value.space)]
        var index = value.nodeIndex + 1
        let end = Int(view[value.nodeIndex].end)
        while index < end {
            let node = view.nodes[index]
            if node.isVisible, symbols.contains(node.name.rawValue) { push(.node(index, tree: value.space)) }
            index = Int(node.end)
        }
    }

    private func fold(_ symbol: UInt32, in tree: Int) -> UInt32 {
        let known = program.folds.count
        return Int(symbol) < known ? program.folds[Int(symbol)] : extraFolds[tree][Int(symbol) - known]
    }

    /// Whether a node is what a type-like name says: an XML root of that name, or a resource of that type.
    private func isNamed(_ value: Value, _ symbol: UInt32) -> Bool {
        let view = views[Int(value.space)]
        if value.nodeIndex == 0, view.count > 0, view.nodes[0].name.rawValue == symbol { return true }
        guard let type = resourceTypeNode(of: value) else { return false }
        let name = program.vocabulary.names[Int(symbol)]
        return withText(.node(type, tree: value.space)) { $0.elementsEqual(name.utf8) }
    }

    func resourceType(of value: Value) -> String? {
        resourceTypeNode(of: value).map { trees[Int(value.space)].string($0) }
    }

    private func resourceTypeNode(of value: Value) -> Int? {
        guard value.kind == .node, let symbol = program.resourceTypeSymbol else { return nil }
        let view = views[Int(value.space)]
        var index = value.nodeIndex + 1
        let end = Int(view[value.nodeIndex].end)
        while index < end {
            let node = view.nodes[index]
            if node.name == symbol { return index }
            index = Int(node.end)
        }
        return nil
    }

    private func runHost(_ step: Step, at index: Int) {
        let mark = stack.count
        runInput(step.a)
        let end = stack.count
        program.hostFunctions[Int(step.d)].body(
            HostCall(
                evaluator: self, inputRange: mark..<end, step: index, argumentStart: Int(step.b),
                argumentCount: Int(step.c)))
        drop(mark..<end)
    }

    func argument(at position: Int, on focus: Value?) -> [Value] {
        let values = pushArgument(at: position, on: focus)
        defer { pop(values) }
        return stack[values]
    }

    func pushArgument(at position: Int, on focus: Value?) -> Range<Int> {
        let saved = self.focus
        if let focus { self.focus = focus }
        defer { self.focus = saved }
        let mark = stack.count
        run(program.arguments[position])
        return mark..<stack.count
    }

    private func runItem(_ step: Step) {
        let mark = stack.count
        let base = steps[Int(step.a)]
        if case .variable = base.operation {
            // Nothing but the one value is moved: a list is often gone through by its positions.
            run(step.b)
            guard let position = takeInteger(from: mark), position >= 0 else { return }
            let values = slots[Int(base.a)]
            if position < values.count { push(bound[values.lowerBound + Int(position)]) }
            return
        }
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
