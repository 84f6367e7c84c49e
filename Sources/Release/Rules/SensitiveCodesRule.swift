import CanonicalModel

/// Rule 9: entries whose codes are in the sensitive refsets are withheld from organisations. The members of the refsets
/// come from the operator's file; without one nobody can say that an entry is not sensitive, so no record leaves.
/// Appointments carry no codes and go.
struct SensitiveCodesRule: EvidenceRule {
    var name: ReleaseRule { .sensitiveCodes }

    func denies(_ question: ReleaseQuestion) -> Bool {
        question.audience == .directCareOrganisation && question.subject.kind != .booking
    }
}
