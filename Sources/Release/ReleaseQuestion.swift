import CanonicalModel

/// One entity, one audience, and the evidence: what every rule is asked.
struct ReleaseQuestion: Sendable {
    let subject: ReleaseSubject
    let audience: Audience
    let evidence: ReleaseEvidence
    let settings: ReleaseSettings
    /// What the audience has been granted, where it is a person.
    let effective: EffectiveAccess
    let prospectiveFrom: ProspectiveStart?

    init(
        subject: ReleaseSubject, audience: Audience, evidence: ReleaseEvidence,
        settings: ReleaseSettings = ReleaseSettings()
    ) {
        self.subject = subject
        self.audience = audience
        self.evidence = evidence
        self.settings = settings
        effective = EffectiveAccess(audience, on: evidence)
        prospectiveFrom = effective.prospectiveFrom(evidence, audience)
    }

    var message: CanonicalMessage { subject.message }

    /// Patients and their proxies, whose access the practice grants. What is about no patient needs no grant.
    var isForPerson: Bool { (audience == .patient || audience == .proxy) && isAboutPatient }

    /// Slots are the practice's and nobody's in particular.
    var isAboutPatient: Bool { subject.kind != .slotList }

    /// The practice's decision about this person; without one, what the source implies about all its patients.
    var access: OnlineAccessGrant? { effective.grant }

    /// Whether the practice decided about this person by name.
    var isIndividualDecision: Bool { effective.isIndividual }

    var isRecord: Bool {
        if case .recordSection = subject.kind { return true }
        return false
    }

    /// The nodes at and inside a node.
    func nodes(in node: Int) -> Range<Int> { node..<Int(message.nodes[node].end) }

    /// The items of a section; nothing else has any.
    var items: [Int] {
        guard isRecord else { return [] }
        return message.children(of: subject.node).filter { ModelFields.items.contains(message.nodes[$0].field) }
    }
}
