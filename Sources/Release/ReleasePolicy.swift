package import CanonicalModel

/// Decides what may be released, to whom (release-policy.md). Deny by default: what is unknown is denied. It is a pure
/// function of the entity, the audience and the evidence; equal questions have equal answers, byte for byte.
///
/// The first rule that denies wins, and so does the first that leaves an item or a field out.
package struct ReleasePolicy: Sendable {
    /// In the order of ``ReleaseRule``. The rules that are not here yet rest on evidence that does not reach the policy:
    /// `prospective`, `declined`, `enhanced-review` and `dissent` on grants that carry it, `practice-section` on
    /// settings. Until then a grant stands for what it says, and the record goes to no organisation (rule 9).
    private static let rules: [any EvidenceRule] = [
        RestrictedPatientRule(),
        ServicePermissionRule(),
        NotReadyRule(),
        NotForPatientRule(),
        SensitiveCodesRule(),
        AgeRule(),
        ManagementRule(),
    ]

    package init() {}

    package func decide(
        _ subject: ReleaseSubject, for audience: Audience, on evidence: ReleaseEvidence
    ) -> ReleaseDecision {
        let question = ReleaseQuestion(subject: subject, audience: audience, evidence: evidence)
        for rule in Self.rules where rule.denies(question) { return .denied(rule.name) }
        return .permitted(PermittedViewWriter.write(question, rules: Self.rules))
    }
}
