import Documents
import CanonicalModel
import Foundation
import MessageMapping
import Release
import Storage

/// What one message does to the store, in one transaction: identity, states, released views, events, audit and the
/// message's own fate together, so that a crash leaves either all of it or nothing.
struct MessageCommit: Sendable {
    let stored: StoredMessage
    let reading: MessageReading
    let settings: InterpretationSettings
    let policy: ReleasePolicy
    let now: Date
    let digest: @Sendable ([UInt8]) -> ContentDigest
    let patientKey: @Sendable (String) -> PatientKey

    /// What became of the message, for the log and the status.
    struct Outcome: Sendable, Equatable {
        var fate: MessageFate
        var patient: PatientKey?
        var release = ReleaseStep.Result()
        /// Messages that waited for the link that this one taught.
        var woken = 0
        var hasLearnedLink = false
        /// What operators should know of the message beside its mapping's issues: counts by stable code.
        var remarks: [String: Int] = [:]
    }

    func run(in store: any StoreTransaction) throws -> Outcome {
        let outcome = try outcome(in: store)
        try store.settle(stored.id, as: outcome.fate)
        if case .quarantined(let code, _) = outcome.fate {
            try store.audit(AuditEntry(action: "quarantined", at: now, message: stored.id, rule: code))
        }
        return outcome
    }

    private func outcome(in store: any StoreTransaction) throws -> Outcome {
        if let fault = stored.fault { return Outcome(fate: .quarantined(code: fault, place: "")) }
        switch reading {
        case .refused(let fault):
            let place = fault.line.map { "line \($0)" } ?? fault.offset.map { "byte \($0)" } ?? ""
            return Outcome(fate: .quarantined(code: fault.code.rawValue, place: place))
        case .unknown:
            return Outcome(fate: .quarantined(code: MessageReading.unknownCode, place: ""))
        case .file(let path):
            return Outcome(fate: .splitting(path: path.text))
        case .read(let mapped):
            return try tell(MessageFacts(stored, mapped, settings: settings), in: store)
        }
    }

    private func tell(_ facts: MessageFacts, in store: any StoreTransaction) throws -> Outcome {
        let fate = MessageFate.read(mapping: facts.mapping.name, issues: facts.issues.count)
        switch try PatientIdentification.identify(
            facts, acceptsTestPatients: settings.acceptsTestPatients, in: store)
        {
        case .nobody: return Outcome(fate: fate)
        case .contradiction(let code): return Outcome(fate: .quarantined(code: code, place: ""))
        case .awaiting(let localID):
            return Outcome(
                fate: .awaitingIdentity(system: facts.system, practice: facts.practice, localID: localID))
        case .patient(let number):
            return try tell(facts, of: number, fate: fate, in: store)
        }
    }

    private func tell(_ facts: MessageFacts, of number: NHSNumber, fate: MessageFate, in store: any StoreTransaction)
        throws -> Outcome
    {
        let patient = patientKey(number.rawValue)
        let known = try store.standing(of: patient)
        guard !PatientIdentification.contradicts(known, facts) else {
            return Outcome(fate: .quarantined(code: "birth-date-contradicted", place: ""), patient: patient)
        }
        var outcome = Outcome(fate: fate, patient: patient)
        if let link = PatientIdentification.link(in: facts),
            try store.link(system: link.system, practice: link.practice, localID: link.localID)?.nhsNumber
                != link.nhsNumber
        {
            try store.learn(link)
            outcome.hasLearnedLink = true
            outcome.woken = try store.wake(awaiting: link)
        }
        let standing = standing(of: number, known: known, facts)
        if standing != known { try store.save(standing) }
        let isEvidenceNew = known.map { !$0.isSameEvidence(as: standing) } ?? true

        let detection = ChangeDetection(facts: facts, patient: patient, digest: digest)
        let (told, older) = try detection.detect(in: store)
        if older > 0 { outcome.remarks["older-than-known"] = older }
        if facts.isAheadOfTime { outcome.remarks["source-time-in-future"] = 1 }
        // What is known of the patient decides about everything told before, not only about this message.
        let entities = isEvidenceNew ? told + (try others(than: told, of: patient, in: store)) : told
        let step = ReleaseStep(
            settings: settings, policy: policy, message: stored.id, source: stored.source, time: facts.time, now: now,
            digest: digest)
        outcome.release = try step.release(entities, of: patient, standing: standing, in: store)
        return outcome
    }

    private func standing(of number: NHSNumber, known: PatientStanding?, _ facts: MessageFacts) -> PatientStanding {
        var standing = known ?? PatientStanding(nhsNumber: number.rawValue)
        standing.birthDate = standing.birthDate ?? facts.birthDates.first
        let isNewer = known?.asOf.map { facts.time >= $0 } ?? true
        if isNewer, facts.restricted != nil || facts.access != nil {
            standing.restricted = facts.restricted ?? standing.restricted
            standing.access = facts.access ?? standing.access
            standing.asOf = facts.time
        }
        return standing
    }

    private func others(
        than entities: [ChangeDetection.Detected], of patient: PatientKey, in store: any StoreTransaction
    ) throws -> [ChangeDetection.Detected] {
        let done = Set(entities.map(\.state.key))
        return try store.entities(of: patient, kinds: EntityKind.allCases).compactMap { state in
            guard !done.contains(state.key), let shape = state.key.shape,
                let message = try? CanonicalReader.read(state.content, as: shape)
            else { return nil }
            return ChangeDetection.Detected(state: state, message: message, node: 0, isChanged: false)
        }
    }
}
