import Documents
import FHIRPath

/// The documents that were read out of values of a message: escaped XML, JSON in a text.
struct ParsedValues: Sendable {
    /// The value that each was read out of, by the number of its tree.
    private(set) var origins: [UInt8: Value] = [:]
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

    mutating func add(_ root: Value, of value: Value, origin: Value?) {
        roots[Slice(value)] = root
        if let origin { origins[root.space] = origin }
    }

    /// Where an evaluator keeps them: the places of calls are never negative.
    static let place = -1
}

extension Evaluator {
    /// The trees beside the message: the transport context and the header.
    static let besides: ClosedRange<UInt8> = 1...2

    /// The value that the tree of a node was read out of; nil for the message itself.
    func origin(of node: Value) -> Value? {
        guard node.space > Self.besides.upperBound else { return nil }
        return (notes[ParsedValues.place] as? ParsedValues)?.origins[node.space]
    }

    /// Where a node stands: in the message, beside it, or in something read out of a value, whose path comes before `//`.
    func path(_ node: Value) -> String? {
        guard node.kind == .node else { return nil }
        let own = trees[Int(node.space)].path(of: node.nodeIndex)
        switch node.space {
        case 0: return own
        case 1: return "%transport/\(own)"
        case 2: return "%header/\(own)"
        default: return (origin(of: node).flatMap(path) ?? "") + "//" + own
        }
    }
}
