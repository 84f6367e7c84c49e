import Documents

extension Evaluator {
    /// `is` and `as` of one value (*Types*). When `isTest`, whether it is of the type, else the value if it is.
    func runTypeOperator(_ input: Int32, typeName: Value, isTest: Bool) {
        let mark = stack.count
        runInput(input)
        guard stack.count - mark <= 1 else {
            report("multiple-values", at: stack[mark])
            return drop(mark..<stack.count)
        }
        guard stack.count > mark else { return }
        let type = TypeSpecifier(typeName)
        if isTest {
            replace(mark, with: .boolean(has(stack[mark], type, orKind: true)))
        } else if !has(stack[mark], type, orKind: false) {
            drop(mark..<stack.count)
        }
    }

    func runOfType(_ input: Int32, typeName: Value) {
        let mark = stack.count
        runInput(input)
        let type = TypeSpecifier(typeName)
        let kept = stack[mark...].filter { has($0, type, orKind: false) }
        stack.replaceSubrange(mark..., with: kept)
    }

    /// Whether a value is of a type. A `code` is a kind of `string` when `orKind`: HL7's tests want `is` to say so, but
    /// `as` and `ofType` to take a primitive by its own type alone. A complex type always includes its kinds.
    ///
    /// What stands in no resource, and what FHIR does not know there, goes by its shape.
    private func has(_ value: Value, _ type: TypeSpecifier, orKind: Bool) -> Bool {
        if type.system == .any { return true }
        guard value.kind == .node else { return TypeSpecifier.System(value.kind) == type.system }
        guard let found = fhirType(of: value), found != .unknown else { return hasShape(value, of: type) }
        guard let wanted = type.fhir else { return false }
        if !orKind, FHIRTypes.shared.isPrimitive(found) { return found == wanted }
        return FHIRTypes.shared.isKind(found, of: wanted)
    }

    private func hasShape(_ value: Value, of type: TypeSpecifier) -> Bool {
        if let wanted = type.fhir, isChoice(value, of: FHIRTypes.shared.name(of: wanted)) { return true }
        guard let atom = atomic(value), let shape = TypeSpecifier.System(atom.kind) else { return false }
        if let wanted = type.system, wanted == shape { return true }
        guard let wanted = type.fhir, FHIRTypes.shared.isPrimitive(wanted) else { return false }
        switch FHIRTypes.shared.jsonKind(of: wanted) {
        case .boolean: return shape == .boolean
        case .number: return shape == (FHIRTypes.shared.name(of: wanted) == "decimal" ? .decimal : .integer)
        case .string: return shape == .string
        }
    }

    /// Whether a node says its type behind its name, as `valueQuantity` does.
    private func isChoice(_ value: Value, of type: String) -> Bool {
        let element = trees[Int(value.space)].name(of: value.nodeIndex)
        let suffix = type.prefix(1).uppercased() + type.dropFirst()
        return element.hasSuffix(suffix)
            && ChoiceElements.spellings(of: String(element.dropLast(suffix.count))).contains(element)
    }
}
