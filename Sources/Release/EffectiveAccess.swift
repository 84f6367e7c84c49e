import CanonicalModel

/// Which services a person has on a day, and by whose decision.
struct EffectiveAccess: Sendable {
    /// Nil when nobody granted anything.
    let grant: OnlineAccessGrant?
    /// Whether the practice decided about this person by name; else it follows from what the source implies about all its
    /// patients.
    let isIndividual: Bool

    init(_ audience: Audience, on evidence: ReleaseEvidence) {
        let standing = evidence.standing
        // One practice's decision opens nothing of another's.
        let isOfPractice =
            standing?.accessPractice.map { $0.isEmpty || evidence.practice.isEmpty || $0 == evidence.practice } ?? true
        switch audience {
        case .patient where standing?.access != nil:
            grant = isOfPractice ? standing?.access : nil
            isIndividual = true
        case .proxy where standing?.proxies != nil:
            // A consumer of this audience cannot tell one proxy from another: it gets what every one of them may see.
            let inForce = (standing?.proxies ?? []).filter { $0.isInForce(on: evidence.today) }.map(\.services)
            grant = isOfPractice ? inForce.dropFirst().reduce(inForce.first) { $0?.intersection($1) } : nil
            isIndividual = true
        case .proxy:
            // What the practice keeps from the patient is not open to who acts for the patient.
            let own = standing?.access
            grant = evidence.implied.map { implied in own.map(implied.intersection) ?? implied }
            isIndividual = false
        default:
            grant = evidence.implied
            isIndividual = false
        }
    }

    /// The day from which on the record is open (rule 3), as the grant says it. What is automatic opens nothing from
    /// before the sixteenth birthday, where it is prospective at all (rule 11).
    func prospectiveFrom(_ evidence: ReleaseEvidence, _ audience: Audience) -> ProspectiveStart? {
        guard let text = grant?.recordProspectiveFrom else { return nil }
        guard let day = PartialDate(text)?.lastDay else { return .unknown }
        guard !isIndividual, audience == .patient,
            let birth = evidence.standing?.birthDate.flatMap({ PartialDate($0)?.civilDate })
        else { return .day(day) }
        return .day(max(day, birth.adding(years: 16)))
    }
}

/// From when on a record is open.
enum ProspectiveStart: Sendable, Equatable {
    case day(CivilDate)
    /// It is said, but not which day.
    case unknown
}
