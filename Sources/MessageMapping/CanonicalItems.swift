import CanonicalModel

/// The fields of the model whose members stand for themselves: a booking, a prescription, an item of a record section.
/// One of them that cannot be read is left out alone, and a mark of confidentiality covers the whole of it.
enum CanonicalItems {
    static let fields: Set<FieldID> = {
        let lists = ["bookings", "slots", "prescriptions"].map { CanonicalShapes.required("message", $0) }
        let sections = CanonicalShapes.required("sections").fields.compactMap { index -> FieldID? in
            guard case .object(let section) = CanonicalShapes.fields[index].type else { return nil }
            return CanonicalShapes.field("items", of: CanonicalShapes.shape(section))?.id
        }
        return Set(lists + sections)
    }()

    /// Required fields that the engine itself fills after the mapping has run.
    static let filledLater: Set<FieldID> = [
        CanonicalShapes.required("source", "time"), CanonicalShapes.required("source", "timeKind"),
        CanonicalShapes.required("source", "digest"),
    ]
}
