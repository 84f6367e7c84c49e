import Documents

/// What was found out about the types of one message's nodes.
struct NodeTypes {
    /// By tree and node: the types of elements that were asked about; `none` outside FHIR.
    fileprivate var elements: [UInt64: FHIRType?] = [:]
    /// By parent's type, name and shape.
    fileprivate var members: [MemberKey: FHIRType] = [:]
    /// The objects that `type()` yields, by namespace and name.
    var descriptions: [String: Value] = [:]

    fileprivate struct MemberKey: Hashable {
        let parent: FHIRType
        let name: UInt32
        let tree: UInt8
        let isScalar: Bool
    }
}

extension Evaluator {
    /// The FHIR type of a node: a resource says it itself, anything inside one has it by its place. Nil outside FHIR.
    func fhirType(of value: Value) -> FHIRType? {
        guard value.kind == .node else { return nil }
        let tree = trees[Int(value.space)]
        // The nodes up to one whose type is known; one that stands in a known element is the usual case.
        var path: [Int] = []
        var type: FHIRType?
        var index = value.nodeIndex
        while true {
            if let known = ownType(of: index, in: tree, value.space) {
                type = known
                break
            }
            path.append(index)
            if index == 0 { break }
            index = Int(tree.nodes[index].parent)
        }
        for index in path.reversed() {
            let node = tree.nodes[index]
            type = type.flatMap { memberType(of: node, in: tree, value.space, parent: $0) }
            if node.kind == .element { nodeTypes.elements[Self.key(index, value.space)] = .some(type) }
        }
        return type
    }

    /// The type that an element is known to have without looking at what it stands in; nil where that has to be done.
    private func ownType(of index: Int, in tree: DocumentTree, _ space: UInt8) -> FHIRType?? {
        guard tree.nodes[index].kind == .element else { return nil }
        let key = Self.key(index, space)
        if let known = nodeTypes.elements[key] { return known }
        guard let name = resourceType(of: .node(index, tree: space)) else { return nil }
        let type = FHIRTypes.shared.type(name) ?? .unknown
        nodeTypes.elements[key] = .some(type)
        return .some(type)
    }

    private static func key(_ index: Int, _ space: UInt8) -> UInt64 { UInt64(space) << 32 | UInt64(index) }

    private func memberType(of node: DocumentNode, in tree: DocumentTree, _ space: UInt8, parent: FHIRType)
        -> FHIRType?
    {
        guard node.kind != .attribute, node.kind != .text else { return nil }
        // The vocabulary's symbols mean the same in every tree, a tree's own do not.
        let isKnown = Int(node.name.rawValue) < program.vocabulary.names.count
        let key = NodeTypes.MemberKey(
            parent: parent, name: node.name.rawValue, tree: isKnown ? 0 : space,
            isScalar: node.kind != .element)
        if let known = nodeTypes.members[key] { return known }
        let type = FHIRTypes.shared.type(of: tree.name(node.name), in: parent, isScalar: key.isScalar)
        nodeTypes.members[key] = type
        return type
    }

    /// Whether FHIR has a primitive type in a node's place.
    func isPrimitive(_ value: Value) -> Bool { fhirType(of: value).map(FHIRTypes.shared.isPrimitive) ?? false }

    /// Namespace and name of a value's type. What FHIR does not know goes by its shape; XML may say it (`xsi:type`).
    func typeName(of value: Value) -> (namespace: String, name: String) {
        if let own = TypeSpecifier.System(value.kind) { return ("System", own.name) }
        let shape = atomic(value).flatMap { TypeSpecifier.System($0.kind) }
        guard let type = fhirType(of: value) else {
            if let said = schemaType(of: value) { return ("", said) }
            return ("System", (shape ?? .any).name)
        }
        let types = FHIRTypes.shared
        if type == .unknown {
            let name = shape?.name ?? "Element"
            return ("FHIR", shape == nil ? name : name.prefix(1).lowercased() + name.dropFirst())
        }
        return (
            "FHIR",
            types.type(types.name(of: type)) == nil ? types.name(of: types.base(of: type)) : types.name(of: type)
        )
    }

    /// `xsi:type` without its prefix (XML Schema Part 1, section 2.6.1).
    private func schemaType(of value: Value) -> String? {
        let tree = trees[Int(value.space)]
        for child in tree.children(of: value.nodeIndex) where tree.nodes[child].kind == .attribute {
            guard tree.name(of: child) == "type",
                tree.namespaces[Int(tree.nodes[child].namespace)] == "http://www.w3.org/2001/XMLSchema-instance"
            else { continue }
            return tree.string(child).split(separator: ":").last.map(String.init)
        }
        return nil
    }
}
