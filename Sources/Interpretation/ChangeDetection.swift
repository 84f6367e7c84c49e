import CanonicalModel
import MessageMapping
import Storage

import struct Foundation.Date

/// What a message says of each thing it speaks of, against what was known of it (events.md, *From messages to changes*).
///
/// A state is what was said last about a thing, by source time, and, where a later complete list no longer names it, what
/// follows from that. Both are the greatest of what was ever said, so the order of arrival does not matter.
struct ChangeDetection {
    let facts: MessageFacts
    let patient: PatientKey
    let now: Date
    let digest: ([UInt8]) -> ContentDigest

    /// One thing after the message, and where the message says it.
    struct Detected {
        var state: EntityState
        var message: CanonicalMessage
        var node: Int
        /// It is new or says something else than before.
        var isChanged: Bool
        /// It was not known before.
        var isNew = false
        /// Why it is told where nothing happened to it (``QueuedEvent/cause``).
        var cause: String?
        /// What it shares with the other half of a pair that belongs together.
        var pair: Int?
    }

    struct Result {
        var entities: [Detected] = []
        /// States that were older than what is known.
        var older = 0
        /// Things that are missing from a list that a corrected mapping read for the first time.
        var rebaselined = 0
    }

    /// Saves the new state of everything that the message speaks of and is not older than what is known.
    func detect(in store: any StoreTransaction) throws -> Result {
        var result = Result()
        for (state, node) in lastStates {
            let known = try store.entity(state.key)
            if let known, !mayReplace(known, state) {
                result.older += 1
                continue
            }
            if saysNothing(state, node), known != nil { continue }
            result.entities.append(try stated(state, node, known, in: store))
        }
        let listed = Set(result.entities.map(\.state.key))
        let gone = try missing(from: listed, &result, in: store)
        let moved = try Rearrangement(facts: facts, now: now, digest: digest).link(gone, &result.entities, in: store)
        // Of a pair the end is told before the beginning.
        result.entities = moved + result.entities
        return result
    }

    // MARK: What is said

    private func mayReplace(_ known: EntityState, _ state: EntityState) -> Bool {
        known.time == state.time ? known.timeKind.rank <= state.timeKind.rank : known.time < state.time
    }

    private func stated(
        _ state: EntityState, _ node: Int, _ known: EntityState?, in store: any StoreTransaction
    ) throws -> Detected {
        let absentAt = try absence(of: state, known, in: store)
        var detected = Detected(
            state: state.absent(at: absentAt), message: facts.message, node: node, isChanged: true,
            isNew: known == nil)
        if let absentAt, absentAt > state.time,
            let content = InferredState.gone(state.key.kind, state.content, isInferred: true)
        {
            detected = try overlaid(detected, content)
        }
        if let known {
            let state = detected.state
            detected.isChanged = known.digest != state.digest || known.isConfidential != state.isConfidential
            if facts.mappingStamp.isCorrected(since: known.mappingDigest) { detected.cause = "remapped" }
            guard
                detected.isChanged || known.time < state.time || known.timeKind != state.timeKind
                    || known.mappingDigest != state.mappingDigest || known.absentAt != state.absentAt
            else { return detected }
        }
        try store.save(detected.state)
        return detected
    }

    /// The latest complete list that does not name a thing, although it should have.
    private func absence(of state: EntityState, _ known: EntityState?, in store: any StoreTransaction) throws -> Date? {
        guard state.key.kind == .booking || state.key.kind == .prescription else { return nil }
        let lists = try store.completeLists(
            system: facts.system, practice: facts.practice, patient: patient, kind: state.key.kind)
        let absences = lists.filter { list in
            !list.isBaseline && list.time > state.time
                && InferredState.isCovered(state.key.kind, state.content, by: list, now: now)
        }
        var latest = absences.map(\.time).max()
        if known == nil, state.key.kind == .booking {
            latest = try max(latest, replacement(of: state, in: store))
        }
        return max(latest, known?.absentAt)
    }

    private func max(_ first: Date?, _ second: Date?) -> Date? {
        [first, second].compactMap(\.self).max()
    }

    /// When something that is known already said that it replaces this booking.
    private func replacement(of state: EntityState, in store: any StoreTransaction) throws -> Date? {
        try store.entities(of: patient, kinds: [.booking]).filter { other in
            guard other.key.system == facts.system, other.key.practice == facts.practice, other.time > state.time,
                let message = try? CanonicalReader.read(other.content, as: CanonicalShapes.required("booking"))
            else { return false }
            return message.string(CanonicalFields.Booking.replaces) == state.key.id
        }.map(\.time).max()
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
        let states = MessageStates(facts: facts, patient: patient, digest: digest).all
        let last = Dictionary(states.enumerated().map { ($1.0.key, $0) }, uniquingKeysWith: Swift.max)
        return states.enumerated().filter { last[$1.0.key] == $0 }.map(\.element)
    }

    // MARK: What is missing

    /// What the message should name, did it still exist, and does not.
    private func missing(from listed: Set<EntityKey>, _ result: inout Result, in store: any StoreTransaction) throws
        -> [Detected]
    {
        var gone: [Detected] = []
        for list in try CompleteLists(facts: facts, patient: patient).kept(in: store) {
            let candidates = try store.entities(
                of: patient, kind: list.kind, system: list.system, practice: list.practice,
                startingAfter: Swift.max(list.time, now))
            for known in candidates {
                guard !listed.contains(known.key), known.time < list.time,
                    known.absentAt.map({ $0 <= known.time }) ?? true,
                    InferredState.isCovered(list.kind, known.content, by: list, now: now)
                else { continue }
                if list.isBaseline || facts.mappingStamp.isCorrected(since: known.mappingDigest) {
                    result.rebaselined += 1
                    if facts.mappingStamp.isCorrected(since: known.mappingDigest) {
                        try store.save(known.stamped(facts.mappingStamp.text))
                    }
                    continue
                }
                guard let content = InferredState.gone(list.kind, known.content, isInferred: true) else {
                    try store.save(known.absent(at: list.time))
                    continue
                }
                var detected = try Detected(known.absent(at: list.time))
                detected = try overlaid(detected, content)
                detected.cause = "inferred"
                try store.save(detected.state)
                gone.append(detected)
            }
        }
        return gone
    }

    private func overlaid(_ detected: Detected, _ content: [UInt8]) throws -> Detected {
        var overlaid = try Detected(detected.state.saying(content, digest(content)))
        overlaid.isNew = detected.isNew
        overlaid.isChanged = true
        return overlaid
    }
}

extension ChangeDetection.Detected {
    /// A thing as the store knows it.
    init(_ state: EntityState) throws {
        let shape = state.key.shape ?? CanonicalShapes.message
        self.init(
            state: state, message: try CanonicalReader.read(state.content, as: shape), node: 0, isChanged: false)
    }
}

extension EntityState {
    func absent(at time: Date?) -> EntityState { with(content, digest, mappingDigest, absentAt: time) }

    func saying(_ content: [UInt8], _ digest: ContentDigest) -> EntityState {
        with(content, digest, mappingDigest, absentAt: absentAt)
    }

    func stamped(_ mapping: String) -> EntityState { with(content, digest, mapping, absentAt: absentAt) }

    private func with(
        _ content: [UInt8], _ digest: ContentDigest, _ mapping: String, absentAt: Date?
    ) -> EntityState {
        EntityState(
            key: key, source: source, content: content, digest: digest, isConfidential: isConfidential, time: time,
            timeKind: timeKind, mappingDigest: mapping, absentAt: absentAt, startsAt: startsAt)
    }
}
