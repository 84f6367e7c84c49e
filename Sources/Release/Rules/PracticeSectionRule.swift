import CanonicalModel

/// Rule 10: a section that the practice has switched off is shown to nobody. What the practice decided about one person by
/// name beats that for that person: its level opened the section already (rule 2).
struct PracticeSectionRule: EvidenceRule {
    var name: ReleaseRule { .practiceSection }

    func denies(_ question: ReleaseQuestion) -> Bool {
        guard let off = question.settings.sectionsOff[question.evidence.practice], off.contains(section(question))
        else {
            return false
        }
        return !(question.isForPerson && question.isIndividualDecision)
    }

    private func section(_ question: ReleaseQuestion) -> String {
        switch question.subject.kind {
        case .booking: "appointments"
        case .prescription: "prescriptions"
        case .recordSection(let name): name
        case .slotList: "slots"
        case .onlineAccess: ""
        }
    }
}
