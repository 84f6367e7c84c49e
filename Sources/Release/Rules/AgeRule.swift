import CanonicalModel

/// Rule 11: access follows the patient's age. A birthday counts from the start of its day in London; who was born on
/// 29 February has it on 1 March in other years (``CivilDate/adding(years:)``).
///
/// | age | patient | proxy |
/// |---|---|---|
/// | under 11 | none | any grant |
/// | 11 and 12 | none | by individual decision |
/// | 13 to 15 | by individual decision | by individual decision |
/// | from 16 | any grant | by individual decision |
///
/// An individual decision is a grant to this patient, or to a proxy of this patient, by name; what a source implies about
/// all its patients is automatic.
/// A birth date that is missing, not known to the day, or still to come is no age: denied.
struct AgeRule: EvidenceRule {
    var name: ReleaseRule { .age }

    func denies(_ question: ReleaseQuestion) -> Bool {
        guard question.isForPerson else { return false }
        let today = question.evidence.today
        guard let text = question.evidence.standing?.birthDate, let birth = PartialDate(text)?.civilDate,
            birth <= today
        else { return true }
        func hasReached(_ age: Int) -> Bool { birth.adding(years: age) <= today }

        if question.audience == .patient, !hasReached(13) { return true }
        let isAutomaticEnough = question.audience == .patient ? hasReached(16) : !hasReached(11)
        return !isAutomaticEnough && !question.isIndividualDecision
    }
}
