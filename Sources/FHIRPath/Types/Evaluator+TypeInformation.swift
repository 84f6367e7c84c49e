import Documents

extension Evaluator {
    /// Replaces the values pushed since a mark by what says their types: objects with `namespace` and `name` (FHIRPath,
    /// *Reflection*).
    func runType(from mark: Int) {
        let input = Array(stack[mark...])
        drop(mark..<stack.count)
        for value in input {
            let (namespace, name) = typeName(of: value)
            guard let description = description(namespace, name) else { return report("too-many-types", at: value) }
            push(description)
        }
    }

    private func description(_ namespace: String, _ name: String) -> Value? {
        let key = "\(namespace).\(name)"
        if let known = nodeTypes.descriptions[key] { return known }
        let members = [("namespace", namespace), ("name", name)].filter { !$0.1.isEmpty }
        let value = attach(DocumentTree(object: members, vocabulary: program.vocabulary))
        nodeTypes.descriptions[key] = value
        return value
    }

    /// Whether the one value pushed since a mark has the type that a core profile is of (FHIR, *conformsTo*). Any other
    /// profile would have to be known, and is an error.
    func runConformsTo(_ step: Step, from mark: Int) {
        let end = stack.count
        guard end - mark == 1 else {
            if end > mark { report("multiple-values", at: stack[mark]) }
            return drop(mark..<end)
        }
        let value = stack[mark]
        let url = argumentValue(step).flatMap(string)
        drop(mark..<stack.count)
        let prefix = "http://hl7.org/fhir/StructureDefinition/"
        guard let url, url.hasPrefix(prefix),
            let wanted = FHIRTypes.shared.type(String(url.dropFirst(prefix.count)))
        else { return report("unknown-profile", at: value) }
        push(.boolean(fhirType(of: value).map { FHIRTypes.shared.isKind($0, of: wanted) } ?? false))
    }
}
