import CanonicalModel
import Glibc

/// What a run needs to know of a canonical field, as plain memory: a field is written for every item of every message.
struct FieldPlan {
    enum Kind: UInt8 {
        case text, boolean, integer, decimal, dateTime, instant, word, object
    }

    let id: FieldID
    let kind: Kind
    /// Its own bit among the fields of its shape.
    let bit: UInt64
    /// Its members stand for themselves (``CanonicalItems``).
    let isItem: Bool
    /// Holds items, each with a mark of its own, and stands for nothing itself: the record, its sections.
    let isContainer: Bool
    /// The mark that the engine puts on an item.
    let isConfidential: Bool
    /// The shape of an object, or the closed list of a word.
    let type: Int

    /// By ``FieldID``. It lives as long as the process.
    nonisolated(unsafe) static let all: UnsafePointer<FieldPlan> = table(CanonicalShapes.fields.map(FieldPlan.init))

    private init(_ field: ShapeField) {
        let kind: Kind
        var type = 0
        switch field.type {
        case .string, .uri, .digest: kind = .text
        case .boolean: kind = .boolean
        case .integer: kind = .integer
        case .decimal: kind = .decimal
        case .dateTime: kind = .dateTime
        case .instant: kind = .instant
        case .oneOf(let list): (kind, type) = (.word, list)
        case .object(let shape): (kind, type) = (.object, shape.rawValue)
        }
        id = field.id
        self.kind = kind
        bit = ShapePlan.bit(of: field)
        isItem = CanonicalItems.fields.contains(field.id)
        isContainer = !isItem && kind == .object && Self.holdsItems(type)
        isConfidential = CanonicalItems.confidential.contains(field.id)
        self.type = type
    }
}

extension FieldPlan {
    /// Whether there are items in a shape, or in one inside it.
    private static func holdsItems(_ shape: Int) -> Bool {
        CanonicalShapes.shapes[shape].fields.map { CanonicalShapes.fields[$0] }.contains { field in
            if CanonicalItems.fields.contains(field.id) { return true }
            guard case .object(let inner) = field.type, inner.rawValue != shape else { return false }
            return holdsItems(inner.rawValue)
        }
    }
}

/// Memory that is never given back: there is one model.
private func table<Element>(_ elements: [Element]) -> UnsafePointer<Element> {
    let memory = UnsafeMutablePointer<Element>.allocate(capacity: max(elements.count, 1))
    memory.initialize(from: elements, count: elements.count)
    return UnsafePointer(memory)
}

/// What a run needs to know of a shape.
struct ShapePlan {
    /// The bits of the fields without which an object is not valid.
    let required: UInt64
    /// The mark of confidentiality, where the shape has one.
    let confidential: FieldID?
    let isSource: Bool

    /// By ``ShapeID``. It lives as long as the process.
    nonisolated(unsafe) static let all: UnsafePointer<ShapePlan> = table(CanonicalShapes.shapes.map(ShapePlan.init))

    private init(_ shape: Shape) {
        let fields = shape.fields.map { CanonicalShapes.fields[$0] }
        precondition(fields.count <= 64, "the model declares a shape with more fields than there are bits")
        required = fields.filter(\.isRequired).reduce(0) { $0 | Self.bit(of: $1) }
        confidential = CanonicalShapes.field("confidential", of: shape)?.id
        isSource = shape.id == CanonicalItems.source
    }

    static func bit(of field: ShapeField) -> UInt64 {
        1 << UInt64(Int(field.id.rawValue) - CanonicalShapes.shape(field.shape).fields.lowerBound)
    }
}

/// The words of the closed lists, to compare bytes with.
enum WordLists {
    /// It lives as long as the process.
    nonisolated(unsafe) static let all: UnsafePointer<UnsafeBufferPointer<UnsafeRawBufferPointer>> = table(
        CanonicalShapes.closedLists.map { words in
            let bytes = words.map { word in
                UnsafeRawBufferPointer(start: table(Array(word.utf8)), count: word.utf8.count)
            }
            return UnsafeBufferPointer(start: table(bytes), count: bytes.count)
        })

    static func contains(_ word: UnsafeRawBufferPointer, in list: Int) -> Bool {
        guard let start = word.baseAddress else { return false }
        for known in all[list] where known.count == word.count {
            if let other = known.baseAddress, memcmp(start, other, word.count) == 0 { return true }
        }
        return false
    }
}
