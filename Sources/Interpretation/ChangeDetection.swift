import CanonicalModel
import MessageMapping
import Storage

/// What a message says of each thing it speaks of, against what was known of it (events.md, *From messages to changes*).
struct ChangeDetection {
    let facts: MessageFacts
    let patient: PatientKey
    let digest: ([UInt8]) -> ContentDigest

    /// One thing after the message, and where the message says it.
    struct Detected {
        let state: EntityState
        let message: CanonicalMessage
        let node: Int
        /// It is new or says something else than before.
        let isChanged: Bool
    }

    /// Saves the new state of everything that the message speaks of and is not older than what is known.
    func detect(in store: any StoreTransaction) throws -> [Detected] {
        var detected: [Detected] = []
        for (state, node) in lastStates {
            let known = try store.entity(state.key)
            if let known, known.time > state.time { continue }
            if saysNothing(state, node), known != nil { continue }
            let isChanged =
                known.map { $0.digest != state.digest || $0.isConfidential != state.isConfidential } ?? true
            if isChanged || known.map({ $0.time < state.time || $0.mappingDigest != state.mappingDigest }) ?? true {
                try store.save(state)
            }
            detected.append(Detected(state: state, message: facts.message, node: node, isChanged: isChanged))
        }
        return detected
    }

    /// A section that could not be fetched or told is no news about what was known before.
    private func saysNothing(_ state: EntityState, _ node: Int) -> Bool {
        guard state.key.kind == .recordSection,
            let field = CanonicalShapes.section(named: state.key.id).flatMap({ CanonicalShapes.field("state", of: $0) })
        else { return false }
        let word = facts.message.string(field.id, in: node)
        return word == "failed" || word == "undetermined"
    }

    /// A message that names one thing twice means the last; else each would be news again whenever the message is repeated.
    private var lastStates: [(EntityState, node: Int)] {
        let states = states
        let last = Dictionary(states.enumerated().map { ($1.0.key, $0) }, uniquingKeysWith: max)
        return states.enumerated().filter { last[$1.0.key] == $0 }.map(\.element)
    }

    private var states: [(EntityState, node: Int)] {
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
        return states
    }

    private func state(_ kind: EntityKind, _ id: String, _ node: Int) -> EntityState {
        let content = CanonicalJSONWriter.write(facts.message, node: node)
        return EntityState(
            key: EntityKey(system: facts.system, practice: facts.practice, patient: patient, kind: kind, id: id),
            source: facts.source, content: content, digest: digest(content),
            // A section is marked item by item.
            isConfidential: kind != .recordSection && facts.message.nodes[node].isConfidential,
            time: facts.time, timeKind: facts.timeKind, mappingDigest: facts.mapping.digest)
    }
}
