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
    /// The message that made it necessary; nil when time or the settings did.
    let message: MessageID?
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

    /// What one consumer is to be told in one event.
    private struct Telling {
        var keys: [EntityKey]
        let type: EventType?
        var content: [UInt8]
        /// The view that each entity has from now on; nil for one that is withdrawn.
        var views: [[UInt8]?]
        var cause: String?
        var pair: Int?
    }

    func release(
        _ entities: [ChangeDetection.Detected], of patient: PatientKey, standing: PatientStanding?,
        in store: any StoreTransaction
    ) throws -> Result {
        var result = Result()
        for consumer in settings.consumers {
            let tellings = try tellings(entities, to: consumer, standing: standing, &result, in: store)
            let pairs = Dictionary(grouping: tellings.filter { isWanted($0, consumer) }.compactMap(\.pair)) { $0 }
            for telling in tellings {
                // Half a pair alone must not tell that there is another half.
                let pair = telling.pair.flatMap { pairs[$0]?.count == 2 ? $0 : nil }
                try tell(telling, pair: pair, consumer, patient, &result, in: store)
            }
        }
        return result
    }

    private func tellings(
        _ entities: [ChangeDetection.Detected], to consumer: InterpretationSettings.Consumer,
        standing: PatientStanding?, _ result: inout Result, in store: any StoreTransaction
    ) throws -> [Telling] {
        var tellings: [Telling] = []
        // One event for each record: two systems may hold a section of the same name.
        var records: [(cause: String?, keys: [EntityKey], sections: [(ReleaseSubject.Kind, [UInt8])])] = []
        for entity in entities {
            let decision = decide(entity, for: consumer, standing: standing)
            if entity.isChanged { try audit(decision, entity, consumer, &result, in: store) }
            let key = entity.state.key
            let told = try store.released(key, to: consumer.name)
            switch decision {
            case .permitted(let view):
                guard told?.digest != digest(view.content) else { continue }
                guard key.kind == .recordSection else {
                    tellings.append(
                        Telling(
                            keys: [key], type: try type(of: view, entity, told: told),
                            content: EventContent.of([(subject(of: key), view.content)]), views: [view.content],
                            cause: entity.cause, pair: entity.pair))
                    continue
                }
                let index = records.firstIndex { isOfOneRecord($0.keys.first, key) } ?? records.count
                if index == records.count { records.append((entity.cause, [], [])) }
                records[index].keys.append(key)
                records[index].sections.append((subject(of: key), view.content))
                if records[index].cause != entity.cause { records[index].cause = nil }
            case .denied:
                guard let told, told.digest != nil else { continue }
                tellings.append(
                    Telling(
                        keys: [key], type: EventNaming.withdrawal(of: key.kind),
                        content: EventContent.withdrawal(ofID: key.id), views: [nil]))
            }
        }
        return tellings
            + records.map { record in
                Telling(
                    keys: record.keys, type: .recordSummaryUpdated, content: EventContent.of(record.sections),
                    views: record.sections.map(\.1), cause: record.cause)
            }
    }

    private func decide(
        _ entity: ChangeDetection.Detected, for consumer: InterpretationSettings.Consumer, standing: PatientStanding?
    ) -> ReleaseDecision {
        let key = entity.state.key
        let subject = ReleaseSubject(
            kind: subject(of: key), message: entity.message, node: entity.node,
            isConfidential: entity.state.isConfidential)
        let evidence = ReleaseEvidence(
            standing: standing, implied: settings.impliedAccess[entity.state.source], practice: key.practice,
            today: CivilDate.inLondon(from: Int(now.timeIntervalSince1970)))
        return policy.decide(subject, for: consumer.audience, on: evidence)
    }

    private func isOfOneRecord(_ first: EntityKey?, _ second: EntityKey) -> Bool {
        first?.system == second.system && first?.practice == second.practice
    }

    private func subject(of key: EntityKey) -> ReleaseSubject.Kind { ReleaseSubject.Kind(key.kind, id: key.id) }

    /// The event that the change is, from what the consumer could see before and can see now.
    private func type(
        of view: PermittedView, _ entity: ChangeDetection.Detected, told: ReleasedView?
    ) throws -> EventType {
        // Only a section can be one that the model does not have.
        guard let shape = entity.state.key.shape else { return .recordSummaryUpdated }
        let after = try CanonicalReader.read(view.content, as: shape)
        let isKnown = told?.digest != nil
        let before = isKnown ? try told.map { try CanonicalReader.read($0.content, as: shape) } : nil
        return EventNaming.type(entity.state.key.kind, before: before, after: after, cause: entity.cause)
    }

    // MARK: Telling

    private func isWanted(_ telling: Telling, _ consumer: InterpretationSettings.Consumer) -> Bool {
        telling.type.map { type in consumer.events.contains { $0.matches(type) } } ?? false
    }

    private func tell(
        _ telling: Telling, pair: Int?, _ consumer: InterpretationSettings.Consumer, _ patient: PatientKey,
        _ result: inout Result, in store: any StoreTransaction
    ) throws {
        let event = isWanted(telling, consumer) ? UUID().uuidString.lowercased() : nil
        for (key, view) in zip(telling.keys, telling.views) {
            try store.save(
                ReleasedView(
                    key: key, consumer: consumer.name, digest: view.map(digest), content: view ?? [], event: event))
        }
        guard let event, let type = telling.type else { return }
        let correlation = message.map { message in
            pair.map { "\(message.rawValue)-\($0 + 1)" } ?? message.rawValue
        }
        try store.queue(
            QueuedEvent(
                id: event, consumer: consumer.name, patient: patient, type: type.rawValue, time: time,
                correlationID: correlation, entities: telling.keys, content: telling.content, source: source,
                queuedAt: now, cause: telling.cause))
        try store.audit(
            AuditEntry(
                action: "released", at: now, message: message, event: event, consumer: consumer.name, patient: patient,
                kind: telling.keys.first?.kind, count: telling.keys.count))
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
