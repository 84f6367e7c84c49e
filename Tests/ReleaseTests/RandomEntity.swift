import CanonicalModel
import Release

/// An entity made up at random, in which every text and number occurs once: what has a digit in it is a token by which
/// the place that it came from can be told in the output.
struct RandomEntity {
    /// A node before it is in an arena, so that it can still be marked or taken out.
    struct Node {
        let field: ShapeField
        var text = ""
        var children: [Node] = []
        var isMarked = false

        var isObject: Bool {
            if case .object = field.type { return true }
            return false
        }

        func first(_ name: String) -> Node? { children.first { $0.field.name == name } }
    }

    let kind: ReleaseSubject.Kind
    var fields: [Node]
    /// A mark on the entity's own object.
    var isRootMarked: Bool
    var isConfidential: Bool

    var section: String? {
        if case .recordSection(let name) = kind { return name }
        return nil
    }

    /// The items, where the entity is a section.
    var items: [Node] { section == nil ? [] : fields.filter { $0.field.name == "items" } }

    var subject: ReleaseSubject {
        var message = CanonicalMessage()
        let root = message.begin(.message)
        for field in fields { Self.write(field, into: &message) }
        message.end(root)
        if isRootMarked { message.markConfidential(root) }
        return ReleaseSubject(kind: kind, message: message, isConfidential: isConfidential)
    }

    private static func write(_ node: Node, into message: inout CanonicalMessage) {
        guard node.isObject else {
            message.append(node.field.id, node.text)
            return
        }
        let object = message.begin(node.field.id)
        for child in node.children { write(child, into: &message) }
        message.end(object)
        if node.isMarked { message.markConfidential(object) }
    }

    /// The same entity with one more mark somewhere.
    func marked(using generator: inout SeededGenerator) -> RandomEntity {
        var entity = self
        if fields.isEmpty || Int.random(in: 0..<12, using: &generator) == 0 {
            entity.isConfidential = true
        } else {
            let index = Int.random(in: 0..<fields.count, using: &generator)
            Self.mark(&entity.fields[index], using: &generator)
        }
        return entity
    }

    private static func mark(_ node: inout Node, using generator: inout SeededGenerator) {
        let objects = node.children.indices.filter { node.children[$0].isObject }
        if let index = objects.randomElement(using: &generator), Bool.random(using: &generator) {
            mark(&node.children[index], using: &generator)
        } else {
            node.isMarked = true
        }
    }
}

/// Makes entities of every kind, with marks, drafts, links and free text at every depth.
struct EntityMaker {
    private static let sections = CanonicalShapes.required("sections").fields.map { CanonicalShapes.fields[$0].name }
    /// Fields that name items, of this section or another.
    private static let links: Set = ["partOf", "problems", "consultation", "item"]

    var generator: SeededGenerator
    private var tokens = 0
    private var items = 0

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    mutating func entity() -> RandomEntity {
        tokens = 0
        items = 0
        let kind: ReleaseSubject.Kind
        let shape: Shape
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: (kind, shape) = (.booking, CanonicalShapes.required("booking"))
        case 1: (kind, shape) = (.prescription, CanonicalShapes.required("prescription"))
        default:
            let name = Self.sections.randomElement(using: &generator) ?? "allergies"
            (kind, shape) = (.recordSection(name), CanonicalShapes.required(name))
        }
        return RandomEntity(
            kind: kind, fields: members(of: shape, depth: 0), isRootMarked: chance(30), isConfidential: chance(30))
    }

    mutating func chance(_ oneIn: Int) -> Bool { Int.random(in: 0..<oneIn, using: &generator) == 0 }

    private mutating func members(of shape: Shape, depth: Int) -> [RandomEntity.Node] {
        shape.fields.flatMap { index -> [RandomEntity.Node] in
            let field = CanonicalShapes.fields[index]
            guard field.name == "id" || field.name == "state" || !chance(3) else { return [] }
            let count = field.name == "items" ? Int.random(in: 0...4, using: &generator) : field.isList ? 2 : 1
            return (0..<count).compactMap { _ in node(field, depth: depth + 1) }
        }
    }

    private mutating func node(_ field: ShapeField, depth: Int) -> RandomEntity.Node? {
        if case .object(let shape) = field.type {
            guard depth < 6 else { return nil }
            if field.name == "items" { items += 1 }
            let children = members(of: CanonicalShapes.shape(shape), depth: depth)
            return RandomEntity.Node(field: field, children: children, isMarked: chance(40))
        }
        return RandomEntity.Node(field: field, text: text(of: field, depth: depth))
    }

    private mutating func text(of field: ShapeField, depth: Int) -> String {
        switch field.name {
        case "state":
            return ["present", "empty", "withheld", "failed", "undetermined"].randomElement(using: &generator) ?? ""
        case "confidential": return chance(8) ? "true" : "false"
        case "ready": return chance(8) ? "false" : "true"
        case "id" where items > 0 && depth == 2: return "i\(items)"
        case _ where Self.links.contains(field.name) && field.type == .string && !chance(3):
            return "i\(Int.random(in: 1...4, using: &generator))"
        default: break
        }
        tokens += 1
        switch field.type {
        case .boolean: return Bool.random(using: &generator) ? "true" : "false"
        case .integer, .decimal: return String(100_000 + tokens)
        default: return "k\(tokens)"
        }
    }
}
