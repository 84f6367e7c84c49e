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

    /// The mark that the engine puts on an item.
    static let confidential: Set<FieldID> = Set(
        CanonicalShapes.fields.filter { $0.name == "confidential" && $0.type == .boolean }.map(\.id))

    static let source = CanonicalShapes.required("source").id

    /// A list of which an item was left out is not complete.
    static func isVoid(_ field: FieldID, _ voided: Set<FieldID>) -> Bool {
        guard !voided.isEmpty, let lists = completed[field] else { return false }
        return !voided.isDisjoint(with: lists)
    }

    /// For each field of `complete`, the lists that it speaks of.
    private static let completed: [FieldID: Set<FieldID>] = {
        var completed: [FieldID: Set<FieldID>] = [:]
        for name in ["bookings", "slots", "prescriptions"] {
            completed[CanonicalShapes.required("completeness", name)] = [CanonicalShapes.required("message", name)]
        }
        let own = ["bookings", "slots", "prescriptions"].map { CanonicalShapes.required("message", $0) }
        completed[CanonicalShapes.required("completeness", "sections")] = fields.subtracting(own)
        return completed
    }()
}
