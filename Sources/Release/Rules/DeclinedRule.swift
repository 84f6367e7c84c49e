import CanonicalModel

/// Rule 6: who has declined online access to the record (SNOMED CT 1290331000000103) is shown none of it, and neither is
/// a proxy. Appointments and prescriptions are not the record.
struct DeclinedRule: EvidenceRule {
    var name: ReleaseRule { .declined }

    func denies(_ question: ReleaseQuestion) -> Bool {
        question.isForPerson && question.isRecord && Self.hasDeclined(question)
    }

    static func hasDeclined(_ question: ReleaseQuestion) -> Bool { question.evidence.standing?.declined ?? false }
}
