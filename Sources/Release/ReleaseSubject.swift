package import CanonicalModel

/// What is asked about: one entity as it is now.
package struct ReleaseSubject: Sendable {
    package enum Kind: Sendable, Equatable {
        case booking
        case prescription
        /// A section of the record summary, by its name in the model.
        case recordSection(String)
        /// Which online services the patient has.
        case onlineAccess
        /// The slots of a practice, as a message that holds nothing else. They are about no patient.
        case slotList
    }

    package let kind: Kind
    /// The arena that holds the entity.
    package let message: CanonicalMessage
    /// The entity's object in the arena, of the shape that ``kind`` names.
    package let node: Int
    /// The mark on the entity as a whole (rule 5). One confidential item does not make its section confidential; it
    /// carries its own mark.
    package let isConfidential: Bool

    package init(kind: Kind, message: CanonicalMessage, node: Int = 0, isConfidential: Bool = false) {
        self.kind = kind
        self.message = message
        self.node = node
        self.isConfidential = isConfidential
    }

    /// The shape of the entity's object; nil for a section that the model does not have.
    var shape: ShapeID? {
        switch kind {
        case .booking: ModelFields.booking
        case .prescription: ModelFields.prescription
        case .recordSection(let name): ModelFields.sections[name]
        case .onlineAccess: ModelFields.onlineAccess
        case .slotList: CanonicalShapes.message.id
        }
    }
}
