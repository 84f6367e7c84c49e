import CanonicalModel
import FHIRPath

/// A compiled template laid out flat: nodes of plain memory that refer to each other by number, so that walking it for
/// every item of a message costs no counting of references.
final class TemplatePlan: @unchecked Sendable {
    struct Node {
        enum Operation: UInt8 {
            /// `a`: offset and `b`: length of the text.
            case constant
            /// `a`: the expression.
            case first, all
            /// `a`: start and `b`: count of the parts in the list.
            case text
            /// `a`: start and `b`: count of the members in the list.
            case object
            /// `a`: start and `b`: count of the templates in the list.
            case list
            /// `a`: the expression; `b`: the item's and `c`: the index's variable, or -1; `d`: the body.
            case each
            /// `a`: start and `b`: count of the branches in the list, each a condition and a body; `c`: the other, or -1.
            case choice
            /// Member: `a`: the field; `b`: the template; `c`: 1 when it takes the place of one before it.
            case field
            /// Member: `a`: start and `b`: count in the list, each a variable and a template.
            case assign
            /// Member: `a`: the template.
            case splice
        }

        let operation: Operation
        var a: Int32 = 0
        var b: Int32 = 0
        var c: Int32 = 0
        var d: Int32 = 0
        /// Which of the mapping's ``Mapping/places`` a value stands at.
        var place: Int32 = 0
    }

    /// Written here and then only read.
    private let nodes: UnsafeMutableBufferPointer<Node>
    private let list: UnsafeMutableBufferPointer<Int32>
    private let text: UnsafeMutableRawBufferPointer
    /// The members of the message itself.
    let root: Int32
    let expressions: [ExpressionRef]
    let slots: [VariableSlot]

    init(_ members: [Template.Member]) {
        var planner = TemplatePlanner()
        root = planner.add(.object(members))
        nodes = .allocate(capacity: planner.nodes.count)
        _ = nodes.initialize(from: planner.nodes)
        list = .allocate(capacity: max(planner.list.count, 1))
        _ = list.initialize(from: planner.list)
        text = .allocate(byteCount: max(planner.text.count, 1), alignment: 1)
        text.copyBytes(from: planner.text)
        expressions = planner.expressions
        slots = planner.slots
    }

    deinit {
        nodes.deallocate()
        list.deallocate()
        text.deallocate()
    }

    subscript(node: Int32) -> Node { nodes[Int(node)] }

    func entry(_ index: Int32) -> Int32 { list[Int(index)] }

    func expression(_ number: Int32) -> ExpressionRef { expressions[Int(number)] }

    func slot(_ number: Int32) -> VariableSlot? { number < 0 ? nil : slots[Int(number)] }

    func constant(_ node: Node) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: text[Int(node.a)..<Int(node.a) + Int(node.b)])
    }
}

/// Lays a template out.
private struct TemplatePlanner {
    var nodes: [TemplatePlan.Node] = []
    var list: [Int32] = []
    var text: [UInt8] = []
    var expressions: [ExpressionRef] = []
    var slots: [VariableSlot] = []

    mutating func add(_ template: Template) -> Int32 {
        switch template {
        case .constant(let bytes, let place): return constant(bytes, place: place)
        case .first(let expression, let place):
            return add(.init(operation: .first, a: add(expression), place: Int32(place)))
        case .all(let expression, let place):
            return add(.init(operation: .all, a: add(expression), place: Int32(place)))
        case .text(let parts, let place):
            let entries = parts.map { part in
                switch part {
                case .constant(let bytes): constant(bytes, place: place)
                case .value(let expression): add(.init(operation: .first, a: add(expression), place: Int32(place)))
                }
            }
            return add(.init(operation: .text, a: add(entries), b: Int32(entries.count), place: Int32(place)))
        case .object(let members):
            let entries = members.map { add($0) }
            return add(.init(operation: .object, a: add(entries), b: Int32(entries.count)))
        case .list(let templates):
            let entries = templates.map { add($0) }
            return add(.init(operation: .list, a: add(entries), b: Int32(entries.count)))
        case .each(let collection, let item, let index, let body):
            return add(
                .init(
                    operation: .each, a: add(collection), b: item.map { add($0) } ?? -1, c: index.map { add($0) } ?? -1,
                    d: add(body)))
        case .choice(let branches, let otherwise):
            let entries = branches.flatMap { [add($0.condition), add($0.body)] }
            return add(
                .init(
                    operation: .choice, a: add(entries), b: Int32(branches.count),
                    c: otherwise.map { add($0) } ?? -1))
        }
    }

    private mutating func add(_ member: Template.Member) -> Int32 {
        switch member {
        case .field(let id, let template, let isOver):
            return add(.init(operation: .field, a: Int32(id.rawValue), b: add(template), c: isOver ? 1 : 0))
        case .assign(let assignments):
            let entries = assignments.flatMap { [add($0.slot), add($0.value)] }
            return add(.init(operation: .assign, a: add(entries), b: Int32(assignments.count)))
        case .splice(let template): return add(.init(operation: .splice, a: add(template)))
        }
    }

    private mutating func constant(_ bytes: [UInt8], place: Int) -> Int32 {
        text += bytes
        return add(
            .init(
                operation: .constant, a: Int32(text.count - bytes.count), b: Int32(bytes.count), place: Int32(place)))
    }

    private mutating func add(_ node: TemplatePlan.Node) -> Int32 {
        nodes.append(node)
        return Int32(nodes.count - 1)
    }

    private mutating func add(_ entries: [Int32]) -> Int32 {
        list += entries
        return Int32(list.count - entries.count)
    }

    private mutating func add(_ expression: ExpressionRef) -> Int32 {
        expressions.append(expression)
        return Int32(expressions.count - 1)
    }

    private mutating func add(_ slot: VariableSlot) -> Int32 {
        slots.append(slot)
        return Int32(slots.count - 1)
    }
}
