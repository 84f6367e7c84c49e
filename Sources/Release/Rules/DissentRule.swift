import CanonicalModel

/// Rule 8: a patient's dissent keeps the record, and with it the prescriptions, from organisations. Appointments still go.
struct DissentRule: EvidenceRule {
    var name: ReleaseRule { .dissent }

    func denies(_ question: ReleaseQuestion) -> Bool {
        guard question.audience == .directCareOrganisation, question.isAboutPatient,
            question.subject.kind != .booking
        else { return false }
        return question.evidence.standing?.dissent ?? false
    }
}
