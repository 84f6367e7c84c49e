/// What kind of thing an entity is.
package enum EntityKind: String, Sendable, CaseIterable {
    case booking
    case prescription
    /// One section of the record summary; its id is the section's name.
    case recordSection = "record-section"
    /// Which online services the patient has.
    case onlineAccess = "online-access"
    /// The slots that a practice offers. It is about no patient.
    case slotList = "slot-list"
}
