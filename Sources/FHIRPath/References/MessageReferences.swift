import Documents

/// Where the references inside one message lead (FHIR R4, *References*, *Resolving references in Bundles*; HL7 v3, `id`
/// as an instance identifier). It is made once a message, when the first reference is followed.
struct MessageReferences {
    /// By `fullUrl`, by `Type/id`, and by `Type/id/_history/version` where a resource says its version.
    private var resources: [String: Int] = [:]
    /// By the resource that contains them, and their `id`.
    private var contained: [ContainedKey: Int] = [:]
    /// Contained resources by `id` alone, and by `Type/id`, as some write it: nil where several have it.
    private var anywhere: [String: Int?] = [:]
    /// For each contained resource, the one that contains it.
    private var containers: [Int: Int] = [:]
    /// Every resource.
    private var all: Set<Int> = []
    /// Elements that HL7 v3 identifies, by the root and extension of their `id`.
    private var identified: [String: Int] = [:]

    private struct ContainedKey: Hashable {
        let container: Int
        let id: String
    }

    private let names: Names

    init(_ tree: DocumentTree) {
        names = Names(tree)
        var owners: Set<Int> = []
        for node in tree.nodes.indices {
            let parent = Int(tree.nodes[node].parent)
            if tree.nodes[node].name == names.resourceType { addResource(parent, tree) }
            guard tree.nodes[node].name == names.id, tree.nodes[node].kind == .element else { continue }
            if owners.insert(parent).inserted { addIdentified(parent, tree) }
        }
    }

    /// The resource that a reference names, written in the resource or element `origin`.
    func target(of reference: String, from origin: Int?, in tree: DocumentTree) -> Int? {
        if reference.utf8.first == UInt8(ascii: "#") { return containedTarget(reference.dropFirst(), origin, tree) }
        if let known = resources[reference] { return known }
        let parts = reference.split(separator: "/", omittingEmptySubsequences: false)
        // A version that the resource does not say of itself is taken to be the one that is there.
        if parts.count >= 4, parts[parts.count - 2] == "_history" {
            let plain = parts.dropLast(2).joined(separator: "/")
            if let found = resources[plain] ?? relative(parts.dropLast(2)), version(of: found, in: tree) == nil {
                return found
            }
            return resources[parts.suffix(4).joined(separator: "/")]
        }
        return relative(parts[...])
    }

    /// The element that HL7 v3 identifies as a reference does; the reference itself is none.
    func target(ofIdentifier node: Int, in tree: DocumentTree) -> Int? {
        for child in tree.children(of: node) where tree.nodes[child].name == names.id {
            if let key = identifier(child, tree), let found = identified[key] { return found == node ? nil : found }
        }
        return nil
    }

    // MARK: Following

    /// An absolute URL that no `fullUrl` equals leads to the resource that its end names.
    private func relative(_ parts: ArraySlice<Substring>) -> Int? {
        guard parts.count > 1 else { return nil }
        let name = parts.suffix(2).joined(separator: "/")
        return resources[name] ?? anywhere[name] ?? nil
    }

    private func version(of resource: Int, in tree: DocumentTree) -> String? {
        for meta in tree.children(of: resource) where tree.name(of: meta) == "meta" {
            for child in tree.children(of: meta) where tree.name(of: child) == "versionId" { return tree.string(child) }
        }
        return nil
    }

    /// `#id` is what the resource contains that the reference stands in, `#` that resource itself.
    private func containedTarget(_ id: Substring, _ origin: Int?, _ tree: DocumentTree) -> Int? {
        guard let origin else { return anywhere[String(id)] ?? nil }
        var node = origin
        while true {
            let container = containers[node] ?? node
            if id.isEmpty, all.contains(container) { return container }
            if let found = contained[ContainedKey(container: container, id: String(id))] { return found }
            if node == 0 { return nil }
            node = Int(tree.nodes[node].parent)
        }
    }

    // MARK: Gathering

    private mutating func addResource(_ resource: Int, _ tree: DocumentTree) {
        var type = ""
        var id: String?
        for child in tree.children(of: resource) {
            let name = tree.nodes[child].name
            if name == names.resourceType { type = tree.string(child) }
            if name == names.id { id = tree.string(child) }
        }
        all.insert(resource)
        let parent = Int(tree.nodes[resource].parent)
        if tree.nodes[resource].name == names.contained {
            containers[resource] = containers[parent] ?? parent
            guard let id else { return }
            let key = ContainedKey(container: containers[resource] ?? parent, id: id)
            if contained[key] == nil { contained[key] = resource }
            for name in [id, "\(type)/\(id)"] {
                anywhere.updateValue(anywhere[name] == nil ? resource : nil, forKey: name)
            }
            return
        }
        if let id {
            add("\(type)/\(id)", resource)
            if let version = version(of: resource, in: tree) { add("\(type)/\(id)/_history/\(version)", resource) }
        }
        guard tree.nodes[resource].name == names.resource else { return }
        for child in tree.children(of: parent) where tree.nodes[child].name == names.fullUrl {
            add(tree.string(child), resource)
        }
    }

    /// Where several have one name the first keeps it.
    private mutating func add(_ key: String, _ node: Int) {
        if resources[key] == nil { resources[key] = node }
    }

    private mutating func addIdentified(_ owner: Int, _ tree: DocumentTree) {
        // An element that has nothing beside its id is a reference to another.
        let isMore = tree.children(of: owner).contains {
            tree.nodes[$0].kind == .element && tree.nodes[$0].name != names.id
        }
        guard isMore else { return }
        for child in tree.children(of: owner) where tree.nodes[child].name == names.id {
            if let key = identifier(child, tree), identified[key] == nil { identified[key] = owner }
        }
    }

    /// UUIDs are written in either case.
    private func identifier(_ id: Int, _ tree: DocumentTree) -> String? {
        var root: String?
        var part = ""
        for child in tree.children(of: id) where tree.nodes[child].kind == .attribute {
            if tree.nodes[child].name == names.root { root = tree.string(child) }
            if tree.nodes[child].name == names.extension { part = tree.string(child) }
        }
        return root.map { "\($0.lowercased())\u{0}\(part)" }
    }

    /// The names that references are made of, as this tree numbers them.
    private struct Names {
        let resourceType, resource, id, contained, fullUrl, root, `extension`: Symbol?

        init(_ tree: DocumentTree) {
            func symbol(_ name: String) -> Symbol? {
                tree.vocabulary.symbol(name)
                    ?? tree.extraNames.firstIndex(of: name).map {
                        Symbol(rawValue: UInt32(tree.vocabulary.names.count + $0))
                    }
            }
            resourceType = symbol("resourceType")
            resource = symbol("resource")
            id = symbol("id")
            contained = symbol("contained")
            fullUrl = symbol("fullUrl")
            root = symbol("root")
            `extension` = symbol("extension")
        }
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
        if let reference = reference(in: value) {
            target = references.target(of: reference, from: origin, in: trees[0])
        } else if let origin {
            target = references.target(ofIdentifier: origin, in: trees[0])
        }
        guard let target else { return }
        let found = Value.node(target, tree: 0)
        reach(found)
        push(found)
    }

    private func reference(in value: Value) -> String? {
        if value.kind == .node {
            let tree = trees[Int(value.space)]
            for child in tree.children(of: value.nodeIndex) where tree.name(of: child) == "reference" {
                return tree.nodes[child].kind == .element && tree.nodes[child].textLength == 0
                    ? nil : tree.string(child)
            }
        }
        guard let atom = atomic(value), atom.kind == .string else { return nil }
        let text = string(atom) ?? ""
        return text.isEmpty ? nil : text
    }
}
