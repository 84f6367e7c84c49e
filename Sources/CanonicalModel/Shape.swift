/// One type of the canonical model: its name and its fields in the order in which they are written.
///
/// The model is declared once, in `ShapeDeclarations.swift`, in the notation of the design's `canonical-shapes.yaml`; JSON Schema,
/// the mapping check, the JSON writer and the release policy's classification are made from these values.
package struct Shape: Sendable {
    package let id: ShapeID
    package let name: String
    /// Indices into ``CanonicalShapes/fields``.
    package let fields: Range<Int>
}

/// The index of a ``Shape`` in the model.
package struct ShapeID: Hashable, Sendable, BitwiseCopyable {
    package let rawValue: Int
}

/// The index of a ``ShapeField`` in the model, unique over all shapes: `booking.start` is one number.
package struct FieldID: Hashable, Sendable, BitwiseCopyable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) { self.rawValue = rawValue }

    /// Stands for the message itself, which is no field of anything.
    package static let message = FieldID(rawValue: .max)
}

/// One field of a ``Shape``.
package struct ShapeField: Sendable {
    package let id: FieldID
    package let shape: ShapeID
    package let name: String
    package let type: FieldType
    /// `!`: an object without it is not valid.
    package let isRequired: Bool
    /// `[]`: written as an array even when there is one.
    package let isList: Bool
    /// `~`: free text, absent below record level `full`.
    package let isFreeText: Bool
    /// `@`: identifies a person.
    package let isIdentifying: Bool
}

/// What a field holds.
package enum FieldType: Sendable, Equatable, BitwiseCopyable {
    case string
    case boolean
    case integer
    /// A number that keeps its digits.
    case decimal
    /// FHIR `dateTime` text: its length is its precision.
    case dateTime
    /// A full time with an offset.
    case instant
    case uri
    case digest
    /// A closed list of words, by index into ``CanonicalShapes/closedLists``.
    case oneOf(Int)
    case object(ShapeID)
}
