import CanonicalModel
import Foundation
import Storage

/// What a message says of a patient's standing, laid over what is known: each fact by its own source time, and all of it
/// kept as history.
struct StandingStep {
    let facts: MessageFacts
    let now: Date
    let nameDigest: [UInt8]?

    func standing(
        of number: NHSNumber, _ patient: PatientKey, known: PatientStanding?, in store: any StoreTransaction
    ) throws -> PatientStanding {
        var standing = known ?? PatientStanding(nhsNumber: number.rawValue)
        standing.birthDate = standing.birthDate ?? facts.birthDates.first
        if let nameDigest { standing.learn(.name, at: facts.moment) { $0.nameDigest = nameDigest } }
        if facts.implied != nil { standing.automaticSince = min(standing.automaticSince ?? facts.time, facts.time) }
        func learn<Value: Encodable>(
            _ fact: PatientStanding.Fact, _ value: Value?, _ change: (inout PatientStanding, Value) -> Void
        ) throws {
            guard let value else { return }
            standing.learn(fact, at: facts.moment) { change(&$0, value) }
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            let content = String(decoding: try encoder.encode(value), as: UTF8.self)
            try store.record(
                AccessChange(
                    patient: patient, fact: fact, content: content, time: facts.time, recordedAt: now,
                    message: facts.id))
        }
        let message = facts.message
        try learn(.restricted, facts.restricted) { $0.restricted = $1 }
        try learn(.access, message.grantedAccess) { standing, grant in
            standing.access = grant
            standing.accessPractice = facts.practice
        }
        try learn(.proxies, message.proxies) { $0.proxies = $1 }
        try learn(.declined, message.accessFlag(CanonicalFields.OnlineAccess.declined)) { $0.declined = $1 }
        try learn(.dissent, message.accessFlag(CanonicalFields.OnlineAccess.dissent)) { $0.dissent = $1 }
        let review = message.accessFlag(CanonicalFields.OnlineAccess.enhancedReview)
        try learn(.enhancedReview, review) { $0.enhancedReview = $1 }
        if review != nil, standing.enhancedReview ?? false { try noteBeginning(of: &standing, patient, in: store) }
        return standing
    }

    /// A review began with the first message that told of it since the last that told of its end, in whatever order they
    /// came.
    private func noteBeginning(
        of standing: inout PatientStanding, _ patient: PatientKey, in store: any StoreTransaction
    ) throws {
        let told = try store.accessHistory(of: patient).filter { $0.fact == .enhancedReview }
        let ended = told.last { $0.content == "false" }?.time ?? .distantPast
        guard let start = told.first(where: { $0.content == "true" && $0.time > ended })?.time else { return }
        standing.learned = (standing.learned ?? [:]).merging([.review: .init(start, rank: 2)]) { $1 }
    }
}
