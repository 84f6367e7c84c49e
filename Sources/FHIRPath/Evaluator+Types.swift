import Documents

extension Evaluator {
    func runTypeOperator(_ input: Int32, typeName: Value, isTest: Bool) {
        let mark = stack.count
        runInput(input)
        guard stack.count - mark <= 1 else {
            report("multiple-values", at: stack[mark])
            return drop(mark..<stack.count)
        }
        guard stack.count > mark else { return }
        let value = stack[mark]
        let isOfType = has(value, type: string(typeName) ?? "")
        if isTest {
            replace(mark, with: .boolean(isOfType))
        } else if !isOfType {
            drop(mark..<stack.count)
        }
    }

    func runOfType(_ input: Int32, typeName: Value) {
        let mark = stack.count
        runInput(input)
        let name = string(typeName) ?? ""
        let kept = stack[mark...].filter { has($0, type: name) }
        stack.replaceSubrange(mark..., with: kept)
    }

    /// Whether a value is of a type, named with or without its namespace. A resource says its type itself, a primitive
    /// is told by its shape.
    private func has(_ value: Value, type: String) -> Bool {
        let name = type.split(separator: ".").last.map(String.init) ?? type
        if isChoice(value, of: name) { return true }
        if value.kind == .node, atomic(value) == nil { return resourceType(of: value) == name }
        guard let atom = atomic(value) else { return false }
        switch atom.kind {
        case .string: return ["String", "string", "code", "id", "uri", "url", "markdown"].contains(name)
        case .integer: return ["Integer", "integer", "positiveInt", "unsignedInt"].contains(name)
        case .decimal: return ["Decimal", "decimal"].contains(name)
        case .boolean: return ["Boolean", "boolean"].contains(name)
        case .date: return ["Date", "date"].contains(name)
        case .dateTime: return ["DateTime", "dateTime", "instant"].contains(name)
        case .time: return ["Time", "time"].contains(name)
        case .quantity: return name == "Quantity"
        case .node: return false
        }
    }

    /// Whether a node says its type behind its name, as `valueQuantity` does.
    private func isChoice(_ value: Value, of type: String) -> Bool {
        guard value.kind == .node else { return false }
        let element = trees[Int(value.space)].name(of: value.nodeIndex)
        let suffix = type.prefix(1).uppercased() + type.dropFirst()
        return element.hasSuffix(suffix)
            && ChoiceElements.spellings(of: String(element.dropLast(suffix.count))).contains(element)
    }

    /// A value as another type (*Conversion*); nil when it cannot be.
    func convert(_ value: Value, by function: Function) -> Value? {
        switch function {
        case .toString: return string(value).map(makeString)
        case .toInteger:
            switch value.kind {
            case .integer: return value
            case .boolean: return .integer(value.number)
            case .string: return withText(value) { Self.integer($0) }.map { .integer($0) }
            default: return nil
            }
        case .toDecimal:
            switch value.kind {
            case .decimal: return value
            case .integer: return makeText(.decimal, String(value.number).utf8)
            case .boolean: return makeText(.decimal, (value.number == 0 ? "0.0" : "1.0").utf8)
            case .string:
                guard withText(value, { DecimalNumber($0) }) != nil, let digits = string(value) else { return nil }
                return makeText(.decimal, digits.utf8)
            default: return nil
            }
        case .toBoolean:
            switch value.kind {
            case .boolean: return value
            case .integer, .decimal:
                guard let number = decimal(value)?.trimmed, number.places == 0 else { return nil }
                return number.digits == 0 || number.digits == 1 ? .boolean(number.digits == 1) : nil
            case .string:
                switch string(value)?.lowercased() {
                case "true", "t", "yes", "y", "1", "1.0": return .boolean(true)
                case "false", "f", "no", "n", "0", "0.0": return .boolean(false)
                default: return nil
                }
            default: return nil
            }
        case .toDate:
            guard temporal(value) != nil, value.kind != .time else { return nil }
            return string(value).map { makeText(.date, $0.utf8.prefix(10)) }
        case .toDateTime:
            guard temporal(value) != nil, value.kind != .time else { return nil }
            return string(value).map { makeText(.dateTime, $0.utf8) }
        default:
            guard value.kind == .time || value.kind == .string, let text = string(value), Temporal(time: text) != nil
            else { return nil }
            return makeText(.time, text.utf8)
        }
    }
}
