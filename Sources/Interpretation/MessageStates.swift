import CanonicalModel
import MessageMapping
import Storage

import struct Foundation.Date

/// The states of the things that a message speaks of, in its order.
struct MessageStates {
    let facts: MessageFacts
    let patient: PatientKey
    let digest: ([UInt8]) -> ContentDigest

    var all: [(EntityState, node: Int)] {
        let message = facts.message
        var states: [(EntityState, node: Int)] = []
        for node in message.all(CanonicalFields.Message.bookings, in: 0) {
            if let id = message.string(CanonicalFields.Booking.id, in: node) {
                states.append((state(.booking, id, node), node))
            }
        }
        for node in message.all(CanonicalFields.Message.prescriptions, in: 0) {
            if let id = message.string(CanonicalFields.Prescription.id, in: node) {
                states.append((state(.prescription, id, node), node))
            }
        }
        if let record = message.first(CanonicalFields.Message.recordSummary, in: 0),
            let sections = message.first(CanonicalFields.sections, in: record)
        {
            for node in message.children(of: sections) {
                let name = CanonicalShapes.field(message.nodes[node].field).name
                states.append((state(.recordSection, name, node), node))
            }
        }
        if let node = message.first(CanonicalFields.Message.onlineAccess, in: 0) {
            states.append((state(.onlineAccess, "access", node), node))
        }
        return states
    }

    /// The practice's slots, as a message of nothing else; nil where the message lists none. The patient is the key that
    /// stands for the practice.
    var slots: ChangeDetection.Detected? {
        let nodes = facts.message.all(CanonicalFields.Message.slots, in: 0)
        guard !nodes.isEmpty else { return nil }
        var slots = CanonicalMessage()
        let root = slots.begin(.message)
        for node in nodes { slots.append(node, of: facts.message) }
        slots.end(root)
        let content = CanonicalJSONWriter.write(slots)
        return ChangeDetection.Detected(
            state: state(.slotList, "slots", content, isConfidential: false), message: slots, node: 0, isChanged: true)
    }

    private func state(_ kind: EntityKind, _ id: String, _ node: Int) -> EntityState {
        state(
            kind, id, CanonicalJSONWriter.write(facts.message, node: node),
            // A section is marked item by item.
            isConfidential: kind != .recordSection && facts.message.nodes[node].isConfidential,
            startsAt: kind == .booking
                ? facts.message.string(CanonicalFields.Booking.start, in: node).flatMap(InstantText.date) : nil)
    }

    private func state(
        _ kind: EntityKind, _ id: String, _ content: [UInt8], isConfidential: Bool, startsAt: Date? = nil
    ) -> EntityState {
        EntityState(
            key: EntityKey(system: facts.system, practice: facts.practice, patient: patient, kind: kind, id: id),
            source: facts.source, content: content, digest: digest(content), isConfidential: isConfidential,
            time: facts.time, timeKind: facts.timeKind, mappingDigest: facts.mappingStamp.text, startsAt: startsAt)
    }
}

/// The lists of a message that are complete by its own word.
struct CompleteLists {
    let facts: MessageFacts
    let patient: PatientKey

    /// Keeps them, so that what arrives later and is older is held against them too.
    func kept(in store: any StoreTransaction) throws -> [CompleteList] {
        var lists: [CompleteList] = []
        for (kind, window) in windows {
            let before = try store.completeLists(
                system: facts.system, practice: facts.practice, patient: patient, kind: kind)
            let list = CompleteList(
                system: facts.system, practice: facts.practice, patient: patient, kind: kind,
                mapping: facts.mapping.name, mappingDigest: facts.mapping.digest, from: window.lowerBound,
                to: window.upperBound, time: facts.time,
                isBaseline: before.contains {
                    $0.mapping == facts.mapping.name && $0.mappingDigest != facts.mapping.digest
                })
            try store.save(list)
            lists.append(list)
        }
        return lists
    }

    private var windows: [(EntityKind, Range<Date>)] {
        let message = facts.message
        guard let complete = message.first(CanonicalFields.Message.complete, in: 0) else { return [] }
        var windows: [(EntityKind, Range<Date>)] = []
        if let window = message.first(CanonicalFields.Complete.bookings, in: complete),
            let from = message.string(CanonicalFields.Complete.from, in: window).flatMap(InstantText.date),
            let to = message.string(CanonicalFields.Complete.to, in: window).flatMap(InstantText.date), from < to
        {
            windows.append((.booking, from..<to))
        }
        if message.string(CanonicalFields.Complete.prescriptions, in: complete) == "true" {
            windows.append((.prescription, Date.distantPast..<Date.distantFuture))
        }
        return windows
    }
}
