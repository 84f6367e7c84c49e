import CanonicalModel
import Storage

import struct Foundation.Date

/// Whose message it is: the body says, else the transport, else a link learned from a demographics message (events.md,
/// *Identity*). Whatever contradicts stops the message: a wrong patient is worse than none.
enum PatientIdentification {
    enum Outcome: Equatable {
        /// `isByLink`: by nothing but a link of its local number.
        case patient(NHSNumber, isByLink: Bool)
        /// Only a local number, and no link for it yet.
        case awaiting(localID: String)
        /// Nothing that the message says is about a patient.
        case nobody
        /// A stable code.
        case contradiction(String)
    }

    static func identify(
        _ facts: MessageFacts, acceptsTestPatients: Bool, register: OrganisationRegister? = nil,
        in store: any StoreReading
    ) throws -> Outcome {
        if facts.hasInvalidNumber { return .contradiction("nhs-number-invalid") }
        if let register, !facts.practice.isEmpty,
            !register.hasOrganisation(facts.practice, on: .inLondon(from: Int(facts.time.timeIntervalSince1970)))
        {
            return .contradiction("practice-not-registered")
        }
        if let stated = facts.statedNumber, let carried = facts.transportNumber, stated != carried {
            return .contradiction("identity-contradicted")
        }
        if Set(facts.birthDates).count > 1 { return .contradiction("birth-date-contradicted") }
        // A local number names nobody without its practice: two practices may have given it to two patients.
        let localID = facts.practice.isEmpty ? nil : facts.localID
        let link = try localID.flatMap {
            try store.link(system: facts.system, practice: facts.practice, localID: $0)
        }
        let linked = link.flatMap { NHSNumber($0.nhsNumber) }
        guard let number = facts.statedNumber ?? facts.transportNumber ?? linked else {
            guard facts.concernsAPatient else { return .nobody }
            if let localID { return .awaiting(localID: localID) }
            return .contradiction(facts.localID == nil ? "patient-unknown" : "practice-unknown")
        }
        if let linked, linked != number { return .contradiction("identity-contradicted") }
        if number.isTestNumber, !acceptsTestPatients { return .contradiction("test-patient") }
        return .patient(number, isByLink: facts.statedNumber == nil && facts.transportNumber == nil)
    }

    /// Whether the family name is another than the one known. People change their names, so this alone stops nothing but
    /// a message that only a link says whose it is, and that gives no birth date to hold the link against.
    static func namesDiffer(_ known: PatientStanding?, _ nameDigest: [UInt8]?) -> Bool {
        guard let before = known?.nameDigest, let now = nameDigest else { return false }
        return before != now
    }

    /// Whether the birth date that a message gives is another than the one known.
    static func contradicts(_ standing: PatientStanding?, _ facts: MessageFacts) -> Bool {
        guard let known = standing?.birthDate, let given = facts.birthDates.first else { return false }
        return known != given
    }

    /// The link that a message teaches: only one that says both numbers, the NHS number in its own body, and whose
    /// practice is known.
    static func link(in facts: MessageFacts) -> PatientLink? {
        guard let number = facts.statedNumber, let localID = facts.localID, !facts.practice.isEmpty else { return nil }
        return PatientLink(
            system: facts.system, practice: facts.practice, localID: localID, nhsNumber: number.rawValue,
            birthDate: facts.birthDates.first, learnedAt: facts.time)
    }
}
