import CanonicalModel
import Documents
import Foundation
import MessageMapping
import Release
import Storage

/// Decides for each consumer what may be told of some entities, and queues what differs from what it was told last
/// (release-policy.md, *One mechanism for change, hold, grant and withdrawal*).
struct ReleaseStep {
    let settings: InterpretationSettings
    let policy: ReleasePolicy
    let message: MessageID
    let source: String
    let time: Date
    let now: Date
    let digest: ([UInt8]) -> ContentDigest

    /// What was decided, for the log and the status.
    struct Result: Sendable, Equatable {
        /// Events queued by consumer.
        var queued: [String: Int] = [:]
        /// What was withheld by consumer and rule.
        var withheld: [String: [String: Int]] = [:]
    }

    func release(
        _ entities: [ChangeDetection.Detected], of patient: PatientKey, standing: PatientStanding?,
        in store: any StoreTransaction
    ) throws -> Result {
        var result = Result()
        for consumer in settings.consumers {
            // One event for each record: two systems may hold a section of the same name.
            var records: [(keys: [EntityKey], sections: [(ReleaseSubject.Kind, [UInt8])])] = []
            for entity in entities {
                let decision = decide(entity, for: consumer, standing: standing)
                if entity.isChanged { try audit(decision, entity, consumer, &result, in: store) }
                let key = entity.state.key
                let told = try store.released(key, to: consumer.name)
                switch decision {
                case .permitted(let view):
                    let digest = digest(view.content)
                    guard told?.digest != digest else { continue }
                    try store.save(
                        ReleasedView(key: key, consumer: consumer.name, digest: digest, content: view.content))
                    if key.kind == .recordSection {
                        let index = records.firstIndex { isOfOneRecord($0.keys.first, key) }
                        if index == nil { records.append(([], [])) }
                        records[index ?? records.count - 1].keys.append(key)
                        records[index ?? records.count - 1].sections.append((subject(of: key), view.content))
                    } else {
                        let type = type(of: view, key, told: told)
                        try queue(
                            type, [key], EventContent.of([(subject(of: key), view.content)]), consumer, patient,
                            &result, store)
                    }
                case .denied:
                    guard let told, told.digest != nil else { continue }
                    try store.save(ReleasedView(key: key, consumer: consumer.name, digest: nil, content: []))
                    try queue(
                        EventNaming.withdrawal(of: key.kind), [key], EventContent.withdrawal(ofID: key.id), consumer,
                        patient, &result,
                        store)
                }
            }
            for (keys, sections) in records {
                try queue(.recordSummaryUpdated, keys, EventContent.of(sections), consumer, patient, &result, store)
            }
        }
        return result
    }

    private func decide(
        _ entity: ChangeDetection.Detected, for consumer: InterpretationSettings.Consumer, standing: PatientStanding?
    ) -> ReleaseDecision {
        let key = entity.state.key
        let subject = ReleaseSubject(
            kind: subject(of: key), message: entity.message, node: entity.node,
            isConfidential: entity.state.isConfidential)
        let evidence = ReleaseEvidence(
            standing: standing, implied: settings.impliedAccess[entity.state.source],
            today: CivilDate.inLondon(from: Int(now.timeIntervalSince1970)))
        return policy.decide(subject, for: consumer.audience, on: evidence)
    }

    private func isOfOneRecord(_ first: EntityKey?, _ second: EntityKey) -> Bool {
        first?.system == second.system && first?.practice == second.practice
    }

    private func subject(of key: EntityKey) -> ReleaseSubject.Kind { ReleaseSubject.Kind(key.kind, id: key.id) }

    /// The event that the change is, from what the consumer could see before and can see now.
    private func type(of view: PermittedView, _ key: EntityKey, told: ReleasedView?) -> EventType {
        guard let shape = key.shape, let after = try? CanonicalReader.read(view.content, as: shape) else {
            return .bookingChanged
        }
        let before = told.flatMap { told in
            told.digest == nil ? nil : try? CanonicalReader.read(told.content, as: shape)
        }
        return EventNaming.type(key.kind, before: before, after: after)
    }

    private func queue(
        _ type: EventType, _ keys: [EntityKey], _ content: [UInt8], _ consumer: InterpretationSettings.Consumer,
        _ patient: PatientKey, _ result: inout Result, _ store: any StoreTransaction
    ) throws {
        guard consumer.events.contains(where: { $0.matches(type) }) else { return }
        let id = UUID().uuidString.lowercased()
        try store.queue(
            QueuedEvent(
                id: id, consumer: consumer.name, patient: patient, type: type.rawValue, time: time,
                correlationID: message.rawValue, entities: keys, content: content,
                source: source, queuedAt: now))
        try store.audit(
            AuditEntry(
                action: "released", at: now, message: message, event: id, consumer: consumer.name, patient: patient,
                kind: keys.first?.kind, count: keys.count))
        result.queued[consumer.name, default: 0] += 1
    }

    private func audit(
        _ decision: ReleaseDecision, _ entity: ChangeDetection.Detected, _ consumer: InterpretationSettings.Consumer,
        _ result: inout Result, in store: any StoreTransaction
    ) throws {
        let withheld: [ReleaseRule: Int] =
            switch decision {
            case .permitted(let view): view.withheld
            case .denied(let rule): [rule: 1]
            }
        for (rule, count) in withheld.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            try store.audit(
                AuditEntry(
                    action: "withheld", at: now, message: message, consumer: consumer.name,
                    patient: entity.state.key.patient, kind: entity.state.key.kind, rule: rule.rawValue, count: count))
            result.withheld[consumer.name, default: [:]][rule.rawValue, default: 0] += count
        }
    }
}
