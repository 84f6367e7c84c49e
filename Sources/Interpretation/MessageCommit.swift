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
        var outcome = Outcome(fate: .read(mapping: facts.mapping.name, issues: facts.issues.count))
        switch try PatientIdentification.identify(
            facts, acceptsTestPatients: settings.acceptsTestPatients, register: settings.organisations, in: store)
        {
        case .nobody: break
        case .contradiction(let code): return Outcome(fate: .quarantined(code: code, place: ""))
        case .awaiting(let localID):
            return Outcome(
                fate: .awaitingIdentity(system: facts.system, practice: facts.practice, localID: localID))
        case .patient(let number, let isByLink):
            try tell(facts, of: number, isByLink: isByLink, &outcome, in: store)
        }
        if case .read = outcome.fate { try tellSlots(facts, &outcome, in: store) }
        if facts.hasInvalidPractice { outcome.remarks["ods-code-invalid"] = 1 }
        return outcome
    }

    private func tell(
        _ facts: MessageFacts, of number: NHSNumber, isByLink: Bool, _ outcome: inout Outcome,
        in store: any StoreTransaction
    ) throws {
        let patient = patientKey(number.rawValue)
        let known = try store.standing(of: patient)
        outcome.patient = patient
        guard !PatientIdentification.contradicts(known, facts) else {
            outcome.fate = .quarantined(code: "birth-date-contradicted", place: "")
            return
        }
        let nameDigest = facts.familyName.map { digest(Array("family name \($0)".utf8)).bytes }
        if PatientIdentification.namesDiffer(known, nameDigest) {
            guard !isByLink || !facts.birthDates.isEmpty else {
                outcome.fate = .quarantined(code: "name-contradicted", place: "")
                return
            }
            outcome.remarks["name-differs"] = 1
        }
        if let link = PatientIdentification.link(in: facts),
            try store.link(system: link.system, practice: link.practice, localID: link.localID)?.nhsNumber
                != link.nhsNumber
        {
            try store.learn(link)
            outcome.hasLearnedLink = true
            outcome.woken = try store.wake(awaiting: link)
        }
        let standing = try StandingStep(facts: facts, now: now, nameDigest: nameDigest)
            .standing(of: number, patient, known: known, in: store)
        if standing != known { try store.save(standing) }
        let isEvidenceNew = known.map { !$0.isSameEvidence(as: standing) } ?? true

        let detection = ChangeDetection(facts: facts, patient: patient, now: now, digest: digest)
        let detected = try detection.detect(in: store)
        if detected.older > 0 { outcome.remarks["older-than-known"] = detected.older }
        if detected.rebaselined > 0 { outcome.remarks["rebaselined"] = detected.rebaselined }
        if facts.isAheadOfTime { outcome.remarks["source-time-in-future"] = 1 }
        // What is known of the patient decides about everything told before, not only about this message.
        var entities = detected.entities
        if isEvidenceNew {
            entities += try PatientReview.entities(of: patient, except: entities, in: store)
            let today = CivilDate.inLondon(from: Int(now.timeIntervalSince1970))
            try store.review(patient, on: ReviewCalendar.next(standing, after: today))
        }
        outcome.release = try step(facts).release(entities, of: patient, standing: standing, in: store)
    }

    /// Slots are about no patient: their lane is the practice's.
    private func tellSlots(_ facts: MessageFacts, _ outcome: inout Outcome, in store: any StoreTransaction) throws {
        let practice = patientKey("practice \(facts.practice)")
        guard !facts.practice.isEmpty,
            let slots = MessageStates(facts: facts, patient: practice, digest: digest).slots
        else { return }
        let known = try store.entity(slots.state.key)
        guard known.map({ $0.time <= slots.state.time }) ?? true else {
            outcome.remarks["older-than-known", default: 0] += 1
            return
        }
        if known?.digest != slots.state.digest || known?.time != slots.state.time { try store.save(slots.state) }
        let release = try step(facts).release([slots], of: practice, standing: nil, in: store)
        outcome.release.queued.merge(release.queued, uniquingKeysWith: +)
    }

    private func step(_ facts: MessageFacts) -> ReleaseStep {
        ReleaseStep(
            settings: settings, policy: policy, message: stored.id, source: stored.source, time: facts.time, now: now,
            digest: digest)
    }
}
