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
}
