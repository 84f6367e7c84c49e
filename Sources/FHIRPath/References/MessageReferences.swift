import Documents

/// Where the references inside one message lead (FHIR R4, *References*, *Resolving references in Bundles*; HL7 v3, `id`
/// as an instance identifier). It is made once a message, when the first reference is followed.
final class MessageReferences {
    private static let slash = UInt8(ascii: "/")

    private let tree: DocumentTree
    private let names: Names
    /// By `fullUrl`, by `Type/id`, and by `Type/id/_history/version` where a resource says its version.
    private var resources = NameIndex()
    /// By the node of the resource that contains them, and their `id`.
    private var contained = NameIndex()
    /// Contained resources by `id` alone, and by `Type/id`, as some write it: none where several have it.
    private var anywhere = NameIndex()
    /// For each contained resource, the one that contains it.
    private var containers: [Int: Int] = [:]
    /// Elements that HL7 v3 identifies, by the root and extension of their `id`.
    private var identified = NameIndex()
    /// Where a name is put together to be looked up.
    private var query: [UInt8] = []

    init(_ tree: DocumentTree) {
        self.tree = tree
        names = Names(tree)
        let view = TreeView(tree)
        var owners: Set<UInt32> = []
        for index in 0..<view.count {
            let node = view.nodes[index]
            if node.name.rawValue == names.resourceType.rawValue {
                addResource(Int(node.parent))
            } else if node.name.rawValue == names.id.rawValue, node.kind == .element, Int(node.end) > index + 1,
                owners.insert(node.parent).inserted
            {
                addIdentified(Int(node.parent))
            }
        }
    }

    /// The resource that a reference names, written in the resource or element `origin`.
    func target(of reference: UnsafeRawBufferPointer, from origin: Int?) -> Int? {
        if reference.first == UInt8(ascii: "#") {
            return containedTarget(UnsafeRawBufferPointer(rebasing: reference.dropFirst()), origin)
        }
        if let known = resources[reference] { return known }
        // A version that the resource does not say of itself is taken to be the one that is there.
        if let plain = Self.withoutVersion(reference) {
            if let found = resources[plain] ?? relative(plain), version(of: found) == nil { return found }
            return Self.end(of: reference, parts: 4).flatMap { resources[$0] }
        }
        return relative(reference)
    }

    /// The element that HL7 v3 identifies as a reference does; the reference itself is none.
    func target(ofIdentifier node: Int) -> Int? {
        for child in tree.children(of: node) where tree.nodes[child].name == names.id {
            guard let (root, part) = identifier(child),
                let found = self.node(in: identified, { Self.write(identifier: root, part, into: &$0) })
            else { continue }
            return found == node ? nil : found
        }
        return nil
    }

    /// The node that holds the text of a Reference; nil where it is none.
    func reference(in node: Int) -> Int? { child(of: node, names.reference) }

    // MARK: Following

    /// An absolute URL that no `fullUrl` equals leads to the resource that its end names.
    private func relative(_ reference: UnsafeRawBufferPointer) -> Int? {
        guard let name = Self.end(of: reference, parts: 2) else { return nil }
        return resources[name] ?? anywhere[name]
    }

    /// The last parts of a path; nil when it has fewer.
    private static func end(of path: UnsafeRawBufferPointer, parts: Int) -> UnsafeRawBufferPointer? {
        var left = parts
        for index in path.indices.reversed() where path[index] == slash {
            left -= 1
            if left == 0 { return UnsafeRawBufferPointer(rebasing: path[(index + 1)...]) }
        }
        return left == 1 ? path : nil
    }

    /// What is before `/_history/version`; nil when there is no such end.
    private static func withoutVersion(_ path: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        guard let last = path.lastIndex(of: slash), let end = path[..<last].lastIndex(of: slash),
            path[..<end].contains(slash), path[(end + 1)..<last].elementsEqual("_history".utf8)
        else { return nil }
        return UnsafeRawBufferPointer(rebasing: path[..<end])
    }

    private func version(of resource: Int) -> Int? {
        for meta in tree.children(of: resource) where tree.nodes[meta].name == names.meta {
            if let version = child(of: meta, names.versionId) { return version }
        }
        return nil
    }

    /// `#id` is what the resource contains that the reference stands in, `#` that resource itself.
    private func containedTarget(_ id: UnsafeRawBufferPointer, _ origin: Int?) -> Int? {
        guard let origin else { return anywhere[id] }
        var node = origin
        while true {
            let container = containers[node] ?? node
            if id.isEmpty, child(of: container, names.resourceType) != nil { return container }
            if let found = self.node(in: contained, { Self.write(container, id, into: &$0) }) { return found }
            if node == 0 { return nil }
            node = Int(tree.nodes[node].parent)
        }
    }

    private func child(of node: Int, _ name: Symbol) -> Int? {
        let view = TreeView(tree)
        let end = Int(view[node].end)
        var index = node + 1
        while index < end {
            if view.nodes[index].name.rawValue == name.rawValue { return index }
            index = Int(view.nodes[index].end)
        }
        return nil
    }

    private func text(_ node: Int?) -> UnsafeRawBufferPointer {
        node.map { tree.text(of: tree.nodes[$0]) } ?? UnsafeRawBufferPointer(start: nil, count: 0)
    }

    // MARK: Gathering

    private func addResource(_ resource: Int) {
        let type = text(child(of: resource, names.resourceType))
        let id = child(of: resource, names.id).map(text)
        let node = tree.nodes[resource]
        let parent = Int(node.parent)
        if node.name == names.contained {
            let container = containers[parent] ?? parent
            containers[resource] = container
            if let id { addContained(resource, in: container, type, id) }
            return
        }
        if let id {
            resources.add(resource) { Self.write(type, id, into: &$0) }
            if let version = version(of: resource).map(text) {
                resources.add(resource) {
                    Self.write(type, id, into: &$0)
                    $0.append(contentsOf: "/_history/".utf8)
                    $0.append(contentsOf: version)
                }
            }
        }
        guard node.name == names.resource else { return }
        for child in tree.children(of: parent) where tree.nodes[child].name == names.fullUrl {
            let url = text(child)
            resources.add(resource) { $0.append(contentsOf: url) }
        }
    }

    private func addContained(
        _ resource: Int, in container: Int, _ type: UnsafeRawBufferPointer, _ id: UnsafeRawBufferPointer
    ) {
        contained.add(resource) { Self.write(container, id, into: &$0) }
        anywhere.add(resource, isUnique: true) { $0.append(contentsOf: id) }
        anywhere.add(resource, isUnique: true) { Self.write(type, id, into: &$0) }
    }

    private func addIdentified(_ owner: Int) {
        // An element that has nothing beside its id is a reference to another.
        let isMore = tree.children(of: owner).contains {
            tree.nodes[$0].kind == .element && tree.nodes[$0].name != names.id
        }
        guard isMore else { return }
        for child in tree.children(of: owner) where tree.nodes[child].name == names.id {
            guard let (root, part) = identifier(child) else { continue }
            identified.add(owner) { Self.write(identifier: root, part, into: &$0) }
        }
    }

    /// Root and extension of an HL7 v3 `id`; nil where it has no root.
    private func identifier(_ id: Int) -> (root: UnsafeRawBufferPointer, extension: UnsafeRawBufferPointer)? {
        var root: Int?
        var part: Int?
        for child in tree.children(of: id) where tree.nodes[child].kind == .attribute {
            if tree.nodes[child].name == names.root { root = child }
            if tree.nodes[child].name == names.extension { part = child }
        }
        return root.map { (text($0), text(part)) }
    }

    // MARK: Names

    private static func write(
        _ type: UnsafeRawBufferPointer, _ id: UnsafeRawBufferPointer, into name: inout [UInt8]
    ) {
        name.append(contentsOf: type)
        name.append(slash)
        name.append(contentsOf: id)
    }

    private static func write(_ container: Int, _ id: UnsafeRawBufferPointer, into name: inout [UInt8]) {
        Swift.withUnsafeBytes(of: container) { name.append(contentsOf: $0) }
        name.append(contentsOf: id)
    }

    /// UUIDs are written in either case.
    private static func write(
        identifier root: UnsafeRawBufferPointer, _ part: UnsafeRawBufferPointer, into name: inout [UInt8]
    ) {
        for byte in root { name.append(byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte) }
        name.append(0)
        name.append(contentsOf: part)
    }

    private func node(in index: NameIndex, _ write: (inout [UInt8]) -> Void) -> Int? {
        query.removeAll(keepingCapacity: true)
        write(&query)
        return query.withUnsafeBytes { index[$0] }
    }

    /// The names that references are made of, as this tree numbers them.
    private struct Names {
        let resourceType, resource, id, contained, fullUrl, meta, versionId, reference, root, `extension`: Symbol

        init(_ tree: DocumentTree) {
            resourceType = tree.symbol("resourceType")
            resource = tree.symbol("resource")
            id = tree.symbol("id")
            contained = tree.symbol("contained")
            fullUrl = tree.symbol("fullUrl")
            meta = tree.symbol("meta")
            versionId = tree.symbol("versionId")
            reference = tree.symbol("reference")
            root = tree.symbol("root")
            `extension` = tree.symbol("extension")
        }
    }
}

extension DocumentTree {
    /// One that no node has, where the tree does not know the name.
    fileprivate func symbol(_ name: String) -> Symbol {
        vocabulary.symbol(name)
            ?? extraNames.firstIndex(of: name).map { Symbol(rawValue: UInt32(vocabulary.names.count + $0)) }
            ?? Symbol(rawValue: .max)
    }
}

extension Evaluator {
    /// Follows a Reference, a canonical or the text of one, or an HL7 v3 element that has another's `id`, to what it
    /// names inside this message.
    func resolve(_ value: Value) {
        let references = messageReferences ?? MessageReferences(trees[0])
        messageReferences = references
        let origin = value.kind == .node && value.space == 0 ? value.nodeIndex : nil
        var target: Int?
        if let reference = reference(in: value, references) {
            target = references.target(of: reference, from: origin)
        } else if let origin {
            target = references.target(ofIdentifier: origin)
        }
        guard let target else { return }
        let found = Value.node(target, tree: 0)
        reach(found)
        push(found)
    }

    private func reference(in value: Value, _ references: MessageReferences) -> UnsafeRawBufferPointer? {
        if value.kind == .node, let child = referenceNode(of: value, references) {
            let found = Value.node(child, tree: value.space)
            let node = views[Int(value.space)][child]
            return node.kind == .element && node.textLength == 0 ? nil : bytes(found)
        }
        guard let atom = atomic(value), atom.kind == .string else { return nil }
        let text = bytes(atom)
        return text.isEmpty ? nil : text
    }

    private func referenceNode(of value: Value, _ references: MessageReferences) -> Int? {
        guard value.space != 0 else { return references.reference(in: value.nodeIndex) }
        let tree = trees[Int(value.space)]
        return tree.children(of: value.nodeIndex).first { tree.name(of: $0) == "reference" }
    }
}
