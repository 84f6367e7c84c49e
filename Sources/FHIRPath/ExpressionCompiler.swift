package import Documents

/// Turns parsed expressions into the steps of one ``Program``. Names become symbols of the vocabulary, variables become
/// slots, functions become numbers; what does not exist is refused here, not when a message arrives.
package struct ExpressionCompiler {
    private let vocabulary: Vocabulary
    private let isCaseInsensitive: Bool
    private let hostFunctions: [HostFunction]
    private let hostIndex: [String: Int]
    private var steps: [Step] = []
    private var arguments: [Int32] = []
    private var constants: [Value] = []
    private var text: [UInt8] = []
    private var quantities: [Quantity] = []
    private var patterns: [Pattern] = []
    /// What stands for the input of an expression that looks at a whole collection: that of `defineVariable()`.
    private var wholeInput: VariableSlot?
    /// Slots of variables that `defineVariable()` sets.
    private var definedSlots: Set<Int32> = []
    private var choices: [[UInt32]] = []
    private var slotCount: Int32 = 0
    /// Variables whose value stays the same for the whole message.
    private var wideSlots: Set<Int32> = []

    /// - Parameters:
    ///   - vocabulary: holds every name that the expressions use (``Expression/names``).
    ///   - isCaseInsensitive: compare names without regard to the case of ASCII letters.
    ///   - hostFunctions: functions beside FHIRPath's own.
    package init(vocabulary: Vocabulary, isCaseInsensitive: Bool = false, hostFunctions: [HostFunction] = []) {
        self.vocabulary = vocabulary
        self.isCaseInsensitive = isCaseInsensitive
        self.hostFunctions = hostFunctions
        self.hostIndex = Dictionary(
            hostFunctions.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// A place for a variable. When `isMessageWide`, it is bound once a message, so what is computed from such variables
    /// alone can be kept.
    package mutating func declareVariable(isMessageWide: Bool) -> VariableSlot {
        defer { slotCount += 1 }
        if isMessageWide { wideSlots.insert(slotCount) }
        return VariableSlot(rawValue: slotCount)
    }

    /// An expression that yields nothing.
    package mutating func nothing() -> ExpressionRef {
        ExpressionRef(step: add(Step(operation: .empty, position: 0)))
    }

    package func finish() -> Program {
        Program(
            steps: steps, arguments: arguments, constants: constants, text: text, quantities: quantities,
            patterns: patterns, hostFunctions: hostFunctions, choices: choices, vocabulary: vocabulary,
            slotCount: Int(slotCount))
    }

    /// Compiles an expression; `variables` has the variables in scope by name, without `%`.
    /// - Throws: ``ExpressionFault`` for an unknown function or variable, or a wrong count of arguments.
    package mutating func compile(_ expression: Expression, variables: [String: VariableSlot])
        throws(ExpressionFault) -> ExpressionRef
    {
        var scope = variables
        return ExpressionRef(step: try step(expression, &scope))
    }

    private mutating func add(_ step: Step) -> Int32 {
        steps.append(step)
        return Int32(steps.count - 1)
    }

    /// Compiles an operand: what it defines is known in it alone.
    private mutating func step(_ expression: Expression, _ variables: [String: VariableSlot])
        throws(ExpressionFault) -> Int32
    {
        var scope = variables
        return try step(expression, &scope)
    }

    /// Compiles a chain of calls: what one of them defines is known to those after it.
    private mutating func step(_ expression: Expression, _ variables: inout [String: VariableSlot])
        throws(ExpressionFault) -> Int32
    {
        var step = Step(operation: .empty, position: Int32(expression.position))
        switch expression.kind {
        case .empty: break
        case .boolean(let value): constant(.boolean(value), &step)
        case .string(let value): constant(textConstant(.string, value), &step)
        case .number(let digits):
            if digits.utf8.contains(UInt8(ascii: ".")) {
                constant(textConstant(.decimal, digits), &step)
            } else if let value = Int64(digits) {
                constant(.integer(value), &step)
            } else {
                throw ExpressionFault("an integer out of range", at: expression.position)
            }
        case .date(let value): constant(textConstant(.date, value), &step)
        case .dateTime(let value): constant(textConstant(.dateTime, value), &step)
        case .time(let value): constant(textConstant(.time, value), &step)
        case .quantity(let digits, let unit):
            guard let value = DecimalNumber(digits) else {
                throw ExpressionFault("a number out of range", at: expression.position)
            }
            quantities.append(Quantity(value: value, unit: .init(unit)))
            constant(
                Value(
                    kind: .quantity, space: Value.constants, offset: 0, length: 0,
                    number: Int64(quantities.count - 1)), &step)
        case .this:
            step.operation = wholeInput == nil ? .this : .defined
            step.a = wholeInput?.rawValue ?? -1
        case .index: step.operation = .index
        case .total: step.operation = .total
        case .variable(let name): try variable(name, expression.position, variables, &step)
        case .member(let base, let name): try member(base, name, &variables, &step)
        case .call(let base, let name, let callArguments):
            try call(base, name, callArguments, expression.position, &variables, &step)
        case .item(let base, let index):
            step.operation = .item
            step.a = try self.step(base, &variables)
            step.b = try self.step(index, variables)
        case .negated(let operand):
            step.operation = .negated
            step.a = try self.step(operand, variables)
        case .binary(let symbol, let left, let right):
            step.operation = .binary
            step.binary = symbol
            step.a = try self.step(left, variables)
            step.b = try self.step(right, variables)
        case .typed(let operand, let isTest, let type):
            step.operation = isTest ? .isType : .asType
            step.a = try self.step(operand, variables)
            step.b = addConstant(try TypeSpecifier(type, at: expression.position).constant)
        }
        return add(step)
    }

    private mutating func constant(_ value: Value, _ step: inout Step) {
        step.operation = .constant
        step.a = addConstant(value)
    }

    private mutating func addConstant(_ value: Value) -> Int32 {
        constants.append(value)
        return Int32(constants.count - 1)
    }

    private mutating func textConstant(_ kind: Value.Kind, _ value: String) -> Value {
        let start = text.count
        text.append(contentsOf: value.utf8)
        return .text(kind, space: Value.constants, offset: start, length: text.count - start)
    }

    private mutating func variable(
        _ name: String, _ position: Int, _ variables: [String: VariableSlot], _ step: inout Step
    ) throws(ExpressionFault) {
        if let slot = variables[name] {
            step.operation = definedSlots.contains(slot.rawValue) ? .defined : .variable
            step.a = slot.rawValue
            return
        }
        switch name {
        case "resource", "context", "rootResource": step.operation = .root
        case "transport": step.operation = .transport
        case "header": step.operation = .header
        case "ucum": constant(textConstant(.string, "http://unitsofmeasure.org"), &step)
        case "sct": constant(textConstant(.string, "http://snomed.info/sct"), &step)
        case _ where name.hasPrefix("vs-"):
            constant(textConstant(.string, "http://hl7.org/fhir/ValueSet/\(name.dropFirst(3))"), &step)
        case _ where name.hasPrefix("ext-"):
            constant(textConstant(.string, "http://hl7.org/fhir/StructureDefinition/\(name.dropFirst(4))"), &step)
        case "loinc": constant(textConstant(.string, "http://loinc.org"), &step)
        default:
            let known = Array(variables.keys) + ["resource", "context", "transport", "header"]
            throw ExpressionFault(
                "unknown variable %\(name)", at: position,
                hint: NearestName.suggestion(for: name, among: known).map { "did you mean %\($0)?" })
        }
    }

    private mutating func member(
        _ base: Expression?, _ name: String, _ variables: inout [String: VariableSlot], _ step: inout Step
    ) throws(ExpressionFault) {
        let symbol = isCaseInsensitive ? vocabulary.foldedSymbol(name) : vocabulary.symbol(name)
        guard let symbol else {
            throw ExpressionFault("the name \(name) is not in the vocabulary", at: Int(step.position))
        }
        let canNameThis = base == nil && name.utf8.first.map { (0x41...0x5A).contains($0) } ?? false
        step.operation = canNameThis ? .memberOrThis : .member
        step.a = try input(base, &variables)
        step.b = Int32(symbol.rawValue)
        step.c = isCaseInsensitive ? 1 : 0
        if !ChoiceElements.spellings(of: name).isEmpty, !isCaseInsensitive {
            choices.append(ChoiceElements.spellings(of: name).compactMap { vocabulary.symbol($0)?.rawValue })
            step.d = Int32(choices.count)
        }
    }

    private mutating func call(
        _ base: Expression?, _ name: String, _ callArguments: [Expression], _ position: Int,
        _ variables: inout [String: VariableSlot], _ step: inout Step
    ) throws(ExpressionFault) {
        let arity: ClosedRange<Int>
        if let function = Function(rawValue: name) {
            step.operation = .function
            step.function = function
            arity = function.arity
        } else if let index = hostIndex[name] {
            step.operation = .host
            step.d = Int32(index)
            arity = hostFunctions[index].arity
        } else if Function.unavailable.contains(name) {
            throw ExpressionFault(
                "\(name)() needs a terminology server, and there is none", at: position,
                hint: "compare codes, or write them into a code table")
        } else {
            let known = Function.allCases.map(\.rawValue) + hostFunctions.map(\.name)
            throw ExpressionFault(
                "unknown function \(name)()", at: position,
                hint: NearestName.suggestion(for: name, among: known).map { "did you mean \($0)()?" })
        }
        guard arity.contains(callArguments.count) else {
            let wanted = arity.count == 1 ? "\(arity.lowerBound)" : "\(arity.lowerBound) to \(arity.upperBound)"
            throw ExpressionFault(
                "\(name)() takes \(wanted) arguments, not \(callArguments.count)", at: position)
        }
        step.a = try input(base, &variables)
        if step.function == .defineVariable, step.operation == .function {
            return try definition(callArguments, position, &variables, &step)
        }
        var list: [Int32] = []
        for (index, argument) in callArguments.enumerated() {
            list.append(try self.argument(argument, index, of: &step, variables))
        }
        step.b = Int32(arguments.count)
        step.c = Int32(list.count)
        let onItems = step.operation == .host ? hostFunctions[Int(step.d)].itemArguments : []
        for (index, argument) in callArguments.enumerated()
        where index < 32 && isMessageWide(argument, inside: onItems.contains(index), variables) {
            step.wideArguments |= 1 << UInt32(index)
        }
        arguments.append(contentsOf: list)
    }

    /// The input of a member or a call; -1 for `$this`.
    private mutating func input(_ base: Expression?, _ variables: inout [String: VariableSlot])
        throws(ExpressionFault) -> Int32
    {
        if let base { return try step(base, &variables) }
        guard let wholeInput else { return -1 }
        return add(Step(operation: .defined, position: 0, a: wholeInput.rawValue))
    }

    private mutating func argument(
        _ argument: Expression, _ index: Int, of call: inout Step, _ variables: [String: VariableSlot]
    ) throws(ExpressionFault) -> Int32 {
        let savedInput = wholeInput
        defer { wholeInput = savedInput }
        guard call.operation == .function else {
            if hostFunctions[Int(call.d)].itemArguments.contains(index) { wholeInput = nil }
            return try step(argument, variables)
        }
        if call.function.isOnItems(argument: index) { wholeInput = nil }
        switch call.function {
        case .is, .as, .ofType: return try typeName(argument)
        case .sort:
            guard case .negated(let key) = argument.kind else { break }
            call.d |= 1 << Int32(index)
            return try step(key, variables)
        case .matches, .matchesFull, .replaceMatches:
            guard index == 0, case .string(let text) = argument.kind else { break }
            guard let pattern = Pattern(text) else {
                throw ExpressionFault("not a regular expression", at: argument.position)
            }
            patterns.append(pattern)
            call.d = Int32(patterns.count)
        default: break
        }
        return try step(argument, variables)
    }

    /// `defineVariable(name, expression)`: the name must be written out.
    private mutating func definition(
        _ callArguments: [Expression], _ position: Int, _ variables: inout [String: VariableSlot], _ step: inout Step
    ) throws(ExpressionFault) {
        guard case .string(let name) = callArguments[0].kind else {
            throw ExpressionFault("the name of a variable must be a text", at: callArguments[0].position)
        }
        var taken = Step(operation: .empty, position: 0)
        let isKnown = (try? variable(name, position, variables, &taken)) != nil
        guard !isKnown else { throw ExpressionFault("the variable %\(name) is there already", at: position) }
        let slot = declareVariable(isMessageWide: false)
        definedSlots.insert(slot.rawValue)
        var list = [try self.step(callArguments[0], variables)]
        if callArguments.count > 1 {
            let savedInput = wholeInput
            wholeInput = slot
            defer { wholeInput = savedInput }
            list.append(try self.step(callArguments[1], variables))
        }
        variables[name] = slot
        step.d = slot.rawValue
        step.b = Int32(arguments.count)
        step.c = Int32(list.count)
        arguments.append(contentsOf: list)
    }

    /// Whether an expression has the same value wherever it stands in the mapping. When `isInside`, it is an argument
    /// that is evaluated on the items of a collection that is message-wide.
    private func isMessageWide(_ expression: Expression, inside isInside: Bool, _ variables: [String: VariableSlot])
        -> Bool
    {
        switch expression.kind {
        case .empty, .boolean, .string, .number, .date, .dateTime, .time, .quantity: true
        case .this, .index, .total, .member(nil, _): isInside
        case .variable(let name): variables[name].map { wideSlots.contains($0.rawValue) } ?? true
        case .member(let base?, _), .negated(let base), .typed(let base, _, _):
            isMessageWide(base, inside: isInside, variables)
        case .item(let base, let index):
            isMessageWide(base, inside: isInside, variables) && isMessageWide(index, inside: isInside, variables)
        case .binary(_, let left, let right):
            isMessageWide(left, inside: isInside, variables) && isMessageWide(right, inside: isInside, variables)
        case .call(let base, _, let arguments):
            (base.map { isMessageWide($0, inside: isInside, variables) } ?? isInside)
                && arguments.allSatisfy { isMessageWide($0, inside: true, variables) }
        }
    }

    /// A type's name, given as an identifier (`Quantity`, `FHIR.Patient`), becomes a constant.
    private mutating func typeName(_ argument: Expression) throws(ExpressionFault) -> Int32 {
        guard let name = argument.typeName else { throw ExpressionFault("expected a type", at: argument.position) }
        var step = Step(operation: .constant, position: Int32(argument.position))
        constant(try TypeSpecifier(name, at: argument.position).constant, &step)
        return add(step)
    }
}

extension Expression {
    /// Every member name in the expression, for the vocabulary.
    package var names: [String] {
        switch kind {
        case .member(let base, let name): (base?.names ?? []) + [name] + ChoiceElements.spellings(of: name)
        case .call(let base, _, let arguments): (base?.names ?? []) + arguments.flatMap(\.names)
        case .item(let base, let index): base.names + index.names
        case .negated(let operand), .typed(let operand, _, _): operand.names
        case .binary(_, let left, let right): left.names + right.names
        default: []
        }
    }
}
