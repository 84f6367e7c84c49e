import Documents

/// Asks of an expression, before it is evaluated, whether FHIR's types have what it names: what HL7's tests call strict
/// mode (FHIRPath, *Type safety and strict evaluation*).
///
/// Mappings are not held to it: they read messages that are not FHIR, and call a choice element by either name.
package struct StaticTypes {
    /// What a part of an expression may yield; nil where anything can be.
    private typealias Known = Set<FHIRType>

    private struct Outcome {
        var types: Known?
        /// False for what has no order that FHIRPath defines, such as `children()`.
        var isOrdered = true

        static let anything = Outcome(types: nil)
    }

    /// The type that the expression is asked of.
    private let root: FHIRType
    private let types = FHIRTypes.shared

    private init(root: FHIRType) { self.root = root }

    /// - Parameters:
    ///   - expression: the expression.
    ///   - resource: the type of resource that it is asked of, such as `Patient`; of an unknown one anything may be asked.
    /// - Throws: ``ExpressionFault`` for a name that the type does not have.
    package static func check(_ expression: Expression, on resource: String) throws(ExpressionFault) {
        guard let root = FHIRTypes.shared.type(resource), FHIRTypes.shared.isComplete(root) else { return }
        _ = try StaticTypes(root: root).outcome(expression, of: Outcome(types: [root]))
    }

    private func outcome(_ expression: Expression, of focus: Outcome) throws(ExpressionFault) -> Outcome {
        switch expression.kind {
        case .this: return focus
        case .member(let base, let name):
            if base == nil, let type = types.type(name), name.first?.isUppercase ?? false {
                return try rootOutcome(type, expression, focus)
            }
            let input = try base.map { (base) throws(ExpressionFault) in try outcome(base, of: focus) } ?? focus
            return try member(name, of: input, at: expression.position)
        case .item(let base, let index):
            _ = try outcome(index, of: focus)
            return try ordered(try outcome(base, of: focus), at: expression.position)
        case .negated(let operand):
            _ = try outcome(operand, of: focus)
            return .anything
        case .binary(let symbol, let left, let right):
            let first = try outcome(left, of: focus)
            let second = try outcome(right, of: focus)
            guard symbol == .union, let one = first.types, let other = second.types else { return .anything }
            return Outcome(types: one.union(other), isOrdered: false)
        case .typed(let operand, let isTest, let type):
            let input = try outcome(operand, of: focus)
            return isTest ? .anything : narrowed(input, to: type)
        case .call(let base, let name, let arguments):
            return try call(base, name, arguments, expression.position, focus)
        default: return .anything
        }
    }

    /// A name with a capital at the start of a path is the type of what is asked.
    private func rootOutcome(_ type: FHIRType, _ expression: Expression, _ focus: Outcome) throws(ExpressionFault)
        -> Outcome
    {
        guard let known = focus.types else { return .anything }
        if known.contains(where: { types.isKind($0, of: type) || types.isKind(type, of: $0) }) {
            return Outcome(types: known.contains(root) && types.isKind(root, of: type) ? [root] : [type])
        }
        throw ExpressionFault(
            "this is never a \(types.name(of: type))", at: expression.position,
            hint: "it is \(known.map(types.name).sorted().joined(separator: " or "))")
    }

    private func member(_ name: String, of input: Outcome, at position: Int) throws(ExpressionFault) -> Outcome {
        guard let known = input.types else { return .anything }
        var found: Known = []
        var isOpen = false
        for type in known {
            // What a resource element holds says its own type.
            if ["Resource", "DomainResource"].contains(types.name(of: type)) || !types.isComplete(type) {
                isOpen = true
            } else if !types.isWrittenChoice(name, of: type), let element = types.element(name, of: type) {
                found.formUnion(element.types)
            }
        }
        if isOpen { return .anything }
        guard found.isEmpty else { return Outcome(types: found, isOrdered: input.isOrdered) }
        let names = known.flatMap(types.elementNames)
        throw ExpressionFault(
            "\(known.map(types.name).sorted().joined(separator: " or ")) has no \(name)", at: position,
            hint: NearestName.suggestion(for: name, among: names).map { "did you mean \($0)?" })
    }

    private func narrowed(_ input: Outcome, to name: String) -> Outcome {
        guard let type = types.type(name.split(separator: ".").last.map(String.init) ?? name) else { return .anything }
        return Outcome(types: [type], isOrdered: input.isOrdered)
    }

    private func ordered(_ outcome: Outcome, at position: Int) throws(ExpressionFault) -> Outcome {
        guard !outcome.isOrdered else { return outcome }
        throw ExpressionFault("what this counts through has no order", at: position)
    }

    private func call(
        _ base: Expression?, _ name: String, _ arguments: [Expression], _ position: Int, _ focus: Outcome
    ) throws(ExpressionFault) -> Outcome {
        let input = try base.map { (base) throws(ExpressionFault) in try outcome(base, of: focus) } ?? focus
        var results: [Outcome] = []
        if !["is", "as", "ofType"].contains(name) {
            // Only functions with a criterion or a projection have their input as `$this`.
            let onItems = ["where", "select", "all", "exists", "repeat", "sort", "iif", "trace", "aggregate"]
            for argument in arguments {
                results.append(try outcome(argument, of: onItems.contains(name) ? input : focus))
            }
        }
        switch name {
        case "where", "trace", "single", "exclude", "distinct", "intersect": return input
        case "first", "last", "tail", "skip", "take": return try ordered(input, at: position)
        case "children", "descendants": return Outcome(types: nil, isOrdered: false)
        case "select": return results.first ?? .anything
        case "as", "ofType": return arguments.first?.typeName.map { narrowed(input, to: $0) } ?? .anything
        case "extension": return types.type("Extension").map { Outcome(types: [$0]) } ?? .anything
        case "iif":
            if let criterion = arguments.first, case .string = criterion.kind {
                throw ExpressionFault("iif() takes a condition, not a text", at: criterion.position)
            }
            return .anything
        default: return .anything
        }
    }
}
