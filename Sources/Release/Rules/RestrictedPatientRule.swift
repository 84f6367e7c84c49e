import CanonicalModel

/// Rule 1: nothing about a restricted patient leaves, whoever asks (PDS *restricted*, sensitive and very restricted
/// records, redacted markers, and their supplier equivalents).
///
/// A patient who is not known may be a restricted one, so nothing leaves either. A patient who is known, and of whom no
/// source ever said so, counts as not restricted: most sources have no word for it, and say it only of those who are.
struct RestrictedPatientRule: EvidenceRule {
    var name: ReleaseRule { .restrictedPatient }

    func denies(_ question: ReleaseQuestion) -> Bool {
        guard question.isAboutPatient else { return false }
        guard let standing = question.evidence.standing else { return true }
        return standing.restricted ?? false
    }
}
