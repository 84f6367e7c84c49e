/// What the policy says about one entity and one audience.
package enum ReleaseDecision: Sendable, Equatable {
    case permitted(PermittedView)
    /// Denied as a whole, by the first rule that denies.
    case denied(ReleaseRule)
}

/// What remains of an entity for one audience.
package struct PermittedView: Sendable, Equatable {
    /// Canonical JSON. Whether anything changed for a consumer is told by these bytes alone.
    package let content: [UInt8]
    /// How many items and fields each rule left out, for counting and the audit. It never goes to a consumer, and an
    /// item or field is counted under the first rule that leaves it out.
    package let withheld: [ReleaseRule: Int]
    /// Where each of them stands in the entity, for who asks why (`hatchway map --explain`).
    package let places: [WithheldPlace]

    package init(content: [UInt8], withheld: [ReleaseRule: Int] = [:], places: [WithheldPlace] = []) {
        self.content = content
        self.withheld = withheld
        self.places = places
    }
}

/// An item or a field that was left out.
package struct WithheldPlace: Sendable, Equatable {
    /// In the arena that was asked about.
    package let node: Int
    package let rule: ReleaseRule
}
