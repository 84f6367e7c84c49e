/// What kind of thing an entity is.
package enum EntityKind: String, Sendable, CaseIterable {
    case booking
    case prescription
    /// One section of the record summary; its id is the section's name.
    case recordSection = "record-section"
}
