/// One item of a collection: a node of a tree, or a value of FHIRPath's own types. It is plain memory, so that
/// collections are moved and copied without reference counting; texts are slices that an ``Evaluator`` resolves.
package struct Value: Sendable, BitwiseCopyable {
    package enum Kind: UInt8, Sendable, BitwiseCopyable {
        case node
        case string
        case integer
        /// A slice that keeps its digits.
        case decimal
        case boolean
        case date
        case dateTime
        case time
        /// `number` is an index into the evaluator's quantities.
        case quantity
    }

    package let kind: Kind
    /// Which arena the slice or node is in: a tree's number, or one of the two below.
    package let space: UInt8
    /// The node, or the start of the slice.
    package let offset: UInt32
    package let length: UInt32
    /// The value of an integer, or 0 and 1 for a boolean.
    package let number: Int64

    /// The arena of texts made while evaluating.
    static let scratch: UInt8 = 255
    /// The arena of the compiled program's constants.
    static let constants: UInt8 = 254

    package static func node(_ node: Int, tree: UInt8) -> Value {
        Value(kind: .node, space: tree, offset: UInt32(node), length: 0, number: 0)
    }

    package static func integer(_ value: Int64) -> Value {
        Value(kind: .integer, space: 0, offset: 0, length: 0, number: value)
    }

    package static func boolean(_ value: Bool) -> Value {
        Value(kind: .boolean, space: 0, offset: 0, length: 0, number: value ? 1 : 0)
    }

    package static func text(_ kind: Kind, space: UInt8, offset: Int, length: Int, mark: Int64 = 0) -> Value {
        Value(kind: kind, space: space, offset: UInt32(offset), length: UInt32(length), number: mark)
    }

    /// What a host function noted about a text that it made; 0 of any other text.
    package var mark: Int64 { number }

    package var nodeIndex: Int { Int(offset) }

    var slice: Range<Int> { Int(offset)..<Int(offset) + Int(length) }
}
