import CanonicalModel

/// Rule 2: patients and proxies see the services that the practice granted, and a record section from its level on.
///
/// Free text is shown only at record level `full`, in bookings and prescriptions too. What identifies a person
/// (a telephone number given for an appointment, who asked for a prescription) is shown to the patient, not to a proxy:
/// a grant opens a service to the proxy, not the patient's particulars.
struct ServicePermissionRule: EvidenceRule {
    var name: ReleaseRule { .servicePermission }

    func denies(_ question: ReleaseQuestion) -> Bool {
        // Which services somebody has is between them and their practice.
        if question.subject.kind == .onlineAccess, !question.isForPerson { return question.audience != .management }
        guard question.isForPerson else { return false }
        guard let access = question.access, question.subject.shape != nil else { return true }
        return switch question.subject.kind {
        case .booking: !access.appointments
        case .prescription: !access.prescriptions
        case .recordSection(let section): access.record < CanonicalShapes.level(ofSection: section)
        case .onlineAccess: access.isEmpty
        case .slotList: false
        }
    }

    func withheldFields(_ question: ReleaseQuestion) -> Set<FieldID> {
        guard question.isForPerson else { return [] }
        var fields: Set<FieldID> = question.access?.record == .full ? [] : ModelFields.freeText
        if question.audience == .proxy { fields.formUnion(ModelFields.identifying) }
        return fields
    }
}
