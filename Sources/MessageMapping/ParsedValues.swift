import Documents
import FHIRPath

/// The trees that were made while a message was read: escaped XML or JSON in a value, rows that were put together.
struct ParsedValues: Sendable {
    /// A run of nodes and what it was made of.
    private struct Origin: Sendable {
        let end: Int
        let values: [Value]
    }

    /// By the number of the tree, in the order of its nodes.
    private var origins: [UInt8: [Origin]] = [:]
    private var roots: [Slice: Value] = [:]

    /// A text is known by its place: a node of a tree, or a slice of what was made.
    private struct Slice: Hashable {
        let space: UInt8
        let offset: UInt32
        let length: UInt32

        init(_ value: Value) {
            space = value.space
            offset = value.offset
            length = value.length
        }
    }

    /// The root of a value that was read before, so that a second path into it costs nothing.
    func root(of value: Value) -> Value? { roots[Slice(value)] }

    /// Remembers the root of a document that was read out of a text, and the node that held it.
    mutating func add(_ root: Value, of text: Value, in holder: Value?) {
        roots[Slice(text)] = root
        add(holder.map { [$0] } ?? [], upTo: .max, of: root.space)
    }

    /// Remembers what the nodes of a tree up to an end were made of, behind those remembered before.
    mutating func add(_ values: [Value], upTo end: Int, of tree: UInt8) {
        origins[tree, default: []].append(Origin(end: end, values: values))
    }

    /// What a node was made of; the first is where it stands.
    func origins(of node: Value) -> [Value] {
        origins[node.space]?.first { node.nodeIndex < $0.end }?.values ?? []
    }

    /// Where an evaluator keeps them: the places of calls are never negative.
    static let place = -1
}

extension Evaluator {
    /// The trees beside the message: the transport context and the header.
    static let besides: ClosedRange<UInt8> = 1...2

    /// What a node was made of, if it is none of the message itself.
    func origins(of node: Value) -> [Value] {
        guard node.space > Self.besides.upperBound else { return [] }
        return (notes[ParsedValues.place] as? ParsedValues)?.origins(of: node) ?? []
    }

    /// Where a node stands, by the names that its mapping knows: in the message, beside it, or in something read out of a value, whose path comes before `//`.
    func path(_ node: Value, naming known: KnownNames) -> String? {
        guard node.kind == .node else { return nil }
        let own = trees[Int(node.space)].path(of: node.nodeIndex, naming: known)
        switch node.space {
        case 0: return own
        case 1: return "%transport/\(own)"
        case 2: return "%header/\(own)"
        default: return (origins(of: node).first.flatMap { path($0, naming: known) } ?? "") + "//" + own
        }
    }
}
