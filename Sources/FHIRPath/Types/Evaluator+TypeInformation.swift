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
        let value = attach(Self.tree(namespace, name, program.vocabulary))
        nodeTypes.descriptions[key] = value
        return value
    }

    private static func tree(_ namespace: String, _ name: String, _ vocabulary: Vocabulary) -> DocumentTree {
        var extraNames: [String] = []
        func symbol(_ name: String) -> Symbol {
            if let known = vocabulary.symbol(name) { return known }
            extraNames.append(name)
            return Symbol(rawValue: UInt32(vocabulary.names.count + extraNames.count - 1))
        }
        var text: [UInt8] = []
        var nodes = [DocumentNode(kind: .element, name: .none, parent: 0, end: 1)]
        for (member, value) in [("namespace", namespace), ("name", name)] where !value.isEmpty {
            nodes.append(
                DocumentNode(
                    kind: .string, name: symbol(member), parent: 0, end: UInt32(nodes.count + 1),
                    textOffset: UInt32(text.count), textLength: UInt32(value.utf8.count)))
            text += Array(value.utf8)
        }
        nodes[0].end = UInt32(nodes.count)
        return DocumentTree(
            format: .json, nodes: nodes, text: text, vocabulary: vocabulary, extraNames: extraNames, namespaces: [""])
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
