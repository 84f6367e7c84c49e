package import CanonicalModel

/// What the interpreter needs to know of the configuration.
package struct InterpretationSettings: Sendable {
    /// A consumer as far as it decides what is queued for it.
    package struct Consumer: Sendable {
        package let name: String
        package let audience: Audience
        package let events: [EventPattern]

        package init(name: String, audience: Audience, events: [EventPattern]) {
            self.name = name
            self.audience = audience
            self.events = events
        }
    }

    package let consumers: [Consumer]
    /// What the messages of a source imply, by the source's name (`impliesAccess`).
    package let impliedAccess: [String: OnlineAccessGrant]
    /// ODS code used where a message does not name its practice.
    package let practice: String?
    /// Whether NHS numbers of the 999 range are people here.
    package let acceptsTestPatients: Bool
    /// The organisations that exist; nil when the operator gave no file, and then only the shape of a code is checked.
    package let organisations: OrganisationRegister?

    package init(
        consumers: [Consumer], impliedAccess: [String: OnlineAccessGrant], practice: String?,
        acceptsTestPatients: Bool, organisations: OrganisationRegister? = nil
    ) {
        self.consumers = consumers
        self.impliedAccess = impliedAccess
        self.practice = practice
        self.acceptsTestPatients = acceptsTestPatients
        self.organisations = organisations
    }
}
