package import CanonicalModel

/// Decides what may be released, to whom (release-policy.md). Deny by default: what is unknown is denied. It is a pure
/// function of the entity, the audience, the evidence and the settings; equal questions have equal answers, byte for byte.
///
/// The first rule that denies wins, and so does the first that leaves an item or a field out.
package struct ReleasePolicy: Sendable {
    /// In the order of ``ReleaseRule``.
    static let rules: [any EvidenceRule] = [
        RestrictedPatientRule(),
        ServicePermissionRule(),
        ProspectiveRule(),
        NotReadyRule(),
        NotForPatientRule(),
        DeclinedRule(),
        EnhancedReviewRule(),
        DissentRule(),
        SensitiveCodesRule(),
        PracticeSectionRule(),
        AgeRule(),
        ManagementRule(),
    ]

    package let settings: ReleaseSettings

    package init(settings: ReleaseSettings = ReleaseSettings()) { self.settings = settings }

    package func decide(
        _ subject: ReleaseSubject, for audience: Audience, on evidence: ReleaseEvidence
    ) -> ReleaseDecision {
        let question = ReleaseQuestion(subject: subject, audience: audience, evidence: evidence, settings: settings)
        for rule in Self.rules where rule.denies(question) { return .denied(rule.name) }
        if subject.kind == .onlineAccess { return .permitted(OnlineAccessView.write(question)) }
        return .permitted(PermittedViewWriter.write(question, rules: Self.rules))
    }
}
