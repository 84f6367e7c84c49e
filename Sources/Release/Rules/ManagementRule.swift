import CanonicalModel

/// Rule 12: management gets counts, which are made elsewhere: no patient and no content.
struct ManagementRule: EvidenceRule {
    var name: ReleaseRule { .management }

    func denies(_ question: ReleaseQuestion) -> Bool { question.audience == .management }
}
