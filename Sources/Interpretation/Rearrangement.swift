import CanonicalModel
import MessageMapping
import Storage

import struct Foundation.Date

/// A booking that was moved is a cancellation and a new booking that belong together (events.md, *From messages to
/// changes*): because the new one names the one it replaces, or because of one complete list exactly one is gone and exactly
/// one is new, of the same service with the same people. Nothing else is ever taken for a move.
struct Rearrangement {
    let facts: MessageFacts
    let now: Date
    let digest: ([UInt8]) -> ContentDigest

    /// Marks the halves of each pair.
    /// - Returns: what ended, to be told before the rest.
    func link(
        _ gone: [ChangeDetection.Detected], _ stated: inout [ChangeDetection.Detected],
        in store: any StoreTransaction
    ) throws -> [ChangeDetection.Detected] {
        var gone = gone
        var pairs = 0
        for index in stated.indices where stated[index].isChanged && stated[index].state.key.kind == .booking {
            let new = stated[index]
            guard let replaced = new.message.string(CanonicalFields.Booking.replaces, in: new.node),
                replaced != new.state.key.id
            else { continue }
            if let other = gone.firstIndex(where: { $0.state.key.id == replaced && $0.state.key.kind == .booking }) {
                gone[other].pair = pairs
            } else if let other = stated.firstIndex(where: {
                $0.state.key.id == replaced && $0.state.key.kind == .booking && $0.isChanged
            }) {
                stated[other].pair = pairs
            } else if var ended = try ended(replaced, by: new.state, in: store) {
                ended.pair = pairs
                gone.append(ended)
            } else {
                continue
            }
            stated[index].pair = pairs
            pairs += 1
        }
        let missing = gone.indices.filter { gone[$0].pair == nil && gone[$0].state.key.kind == .booking }
        let new = stated.indices.filter {
            stated[$0].isNew && stated[$0].pair == nil && stated[$0].state.key.kind == .booking
        }
        if let old = missing.first, let next = new.first, missing.count == 1, new.count == 1,
            areAlike(gone[old], stated[next])
        {
            (gone[old].pair, stated[next].pair) = (pairs, pairs)
        }
        return gone
    }

    /// The booking that a new one says it replaces, where nothing said yet that it is over.
    private func ended(_ id: String, by new: EntityState, in store: any StoreTransaction) throws
        -> ChangeDetection.Detected?
    {
        let key = EntityKey(
            system: new.key.system, practice: new.key.practice, patient: new.key.patient, kind: .booking, id: id)
        guard let known = try store.entity(key), known.time < new.time, known.absentAt.map({ $0 < new.time }) ?? true,
            let content = InferredState.gone(.booking, known.content, isInferred: false)
        else { return nil }
        var ended = try ChangeDetection.Detected(known.absent(at: new.time).saying(content, digest(content)))
        ended.isChanged = true
        try store.save(ended.state)
        return ended
    }

    private func areAlike(_ old: ChangeDetection.Detected, _ new: ChangeDetection.Detected) -> Bool {
        let (before, after) = (traits(old), traits(new))
        return before == after && !before.isEmpty
    }

    private func traits(_ booking: ChangeDetection.Detected) -> [String] {
        let message = booking.message
        let service = message.string(CanonicalFields.Booking.serviceType, in: booking.node)
        let people = message.all(CanonicalFields.Booking.practitioners, in: booking.node)
            .map { String(decoding: CanonicalJSONWriter.write(message, node: $0), as: UTF8.self) }
        return [service].compactMap { $0.map { "service \($0)" } } + people.sorted()
    }
}
