package import CanonicalModel
package import struct Foundation.Date

/// The only place where workers meet: everything the gateway knows, durably. Every write is part of a group commit, and
/// returns only after it is on disk (architecture, invariant 1).
///
/// Two implementations are planned, SQLite and PostgreSQL; one conformance suite runs over each.
package protocol MessageStore: Sendable {
    /// Makes a message durable.
    ///
    /// It repeats an earlier delivery when the same `deliveryKey` came from the same source before with the same bytes
    /// and transport context, and conflicts with it when either differs; without a key, it repeats when both equal the
    /// last message accepted for that source and context (events.md, *Accepting*).
    /// - Throws: ``StoreFault`` when the store cannot be written; nothing is acknowledged then.
    func accept(_ arrival: Arrival) async throws -> Acceptance

    /// Makes a file of many messages durable that may be larger than memory, piece by piece. It repeats or conflicts as a
    /// message does. A file that breaks off leaves nothing behind.
    /// - Parameters:
    ///   - file: what came with it.
    ///   - next: its pieces in order, of any size; nil at the end.
    /// - Returns: what accepting it came to, after the last byte is on disk.
    /// - Throws: ``StoreFault`` as `accept` does, or what `next` throws.
    func acceptFile(_ file: FileArrival, next: () async throws -> [UInt8]?) async throws -> Acceptance

    /// Messages that wait to be read, in the order of acceptance, with their bodies.
    /// - Parameters:
    ///   - after: only messages accepted after this sequence number. A message woken by a link keeps its old number.
    ///   - limit: how many at most.
    ///   - bytes: how many bytes of bodies at most; the first message comes whatever its size.
    /// - Returns: the messages; none when nothing waits. One whose row is damaged comes with a `fault`.
    /// - Throws: ``StoreFault`` when the store cannot be read.
    func messagesToRead(after: Int64, limit: Int, bytes: Int) async throws -> [StoredMessage]

    /// Runs each unit of work in a savepoint of one transaction, in the order given, and returns when that transaction
    /// is on disk. A unit that throws is undone alone and is reported as a failure; the others stand.
    func commit<Value: Sendable>(_ units: [@Sendable (any StoreTransaction) throws -> Value]) async throws
        -> [Result<Value, any Error>]

    /// Reads a consistent state without writing.
    func read<Value: Sendable>(_ body: @escaping @Sendable (any StoreReading) throws -> Value) async throws -> Value

    /// The keyed hash that stands for a patient wherever a number must not.
    func patientKey(nhsNumber: String) -> PatientKey

    /// A digest of content under the store's key (HMAC-SHA-256).
    func digest(_ content: [UInt8]) -> ContentDigest

    /// Closes the store after finishing what was begun.
    func close() async throws
}

extension MessageStore {
    package func commit<Value: Sendable>(_ unit: @escaping @Sendable (any StoreTransaction) throws -> Value)
        async throws -> Value
    {
        guard let result = try await commit([unit]).first else { throw StoreFault(operation: "commit", place: "") }
        return try result.get()
    }
}

/// What can be asked of the store inside a transaction or a snapshot.
package protocol StoreReading: EvidenceReading {
    func link(system: String, practice: String, localID: String) throws -> PatientLink?
    func standing(of patient: PatientKey) throws -> PatientStanding?
    func entity(_ key: EntityKey) throws -> EntityState?
    /// Every entity of a patient, of the kinds given or of all.
    func entities(of patient: PatientKey, kinds: [EntityKind]) throws -> [EntityState]
    /// What was last released of an entity to a consumer.
    func released(_ key: EntityKey, to consumer: String) throws -> ReleasedView?
    /// Messages by state, for status and tests.
    func messageCounts() throws -> [MessageCount]
    /// The file accepted first of those whose parts are not all kept yet.
    func nextFileToSplit() throws -> StoredFile?
    /// A piece of a file's bytes, of at most 1 MiB, counted from 0; nil behind the last, or when it is damaged.
    func chunk(_ index: Int, of file: StoredFile) throws -> [UInt8]?
    /// Files of which some part is not kept or not read yet.
    func filesInProgress(limit: Int) throws -> [FileProgress]
    /// What waits for a consumer.
    func backlog(of consumer: String) throws -> DeliveryBacklog
    /// When the earliest waiting event of a consumer becomes due, in any lane that is not leased now.
    func nextDue(for consumer: String, now: Date) throws -> Date?
}

/// What can be changed in a transaction.
package protocol StoreTransaction: StoreReading, EvidenceWriting {
    /// Records what became of a message. Before it is left awaiting a link, the link is looked for in the same
    /// transaction: it may have been learned since the message was read.
    func settle(_ message: MessageID, as fate: MessageFate) throws
    /// Makes parts of a file messages of their own, in the order given, and moves the part cursor: both or neither.
    /// - Parameters:
    ///   - parts: the parts after the cursor. One that is refused is quarantined at once.
    ///   - file: where they come from.
    ///   - cursor: the number of the last part kept before.
    ///   - upTo: the cursor from now on.
    /// - Returns: the names of the messages.
    /// - Throws: ``StoreFault`` when the cursor is not at `cursor`: somebody else has moved it.
    func keep(_ parts: [FilePart], of file: StoredFile, after cursor: Int, upTo: FileCursor) throws -> [MessageID]
    func learn(_ link: PatientLink) throws
    /// Puts messages that awaited this link back among those to be read, in their old place.
    /// - Returns: how many.
    func wake(awaiting link: PatientLink) throws -> Int
    func save(_ standing: PatientStanding) throws
    func save(_ state: EntityState) throws
    /// Keeps the view's `isSent` as it is stored; a new view was not sent.
    func save(_ view: ReleasedView) throws
    /// Records that the consumer may know these entities from now on. It may be repeated; what has no released view
    /// stays without one.
    func markSent(_ keys: [EntityKey], to consumer: String) throws
    /// Records that the consumer was told to forget these entities.
    func markWithdrawn(_ keys: [EntityKey], from consumer: String) throws
    /// Queues an event at the end of its lane. An id that was queued to this consumer before is not queued again.
    func queue(_ event: QueuedEvent) throws
    func audit(_ entry: AuditEntry) throws

    /// Leases the lane of a consumer whose head is due and has waited longest, and returns that head. While the lease
    /// lasts nobody else gets an event of that lane. It counts as an attempt unless it is settled as `returned`.
    func leaseLane(of consumer: String, now: Date, until: Date) throws -> LeasedEvent?
    /// Assigns the next number of the lane to the event at its head, unless it has one, and returns it with the numbers
    /// lost to dead letters since the last event that was accepted.
    /// - Throws: ``StoreFault`` when the lease is no longer held.
    func assignSequence(to lease: LeasedEvent) throws -> LaneSequence
    /// Ends a lease with what became of the event.
    /// - Returns: false, and nothing is changed, when the lease is no longer held (its fencing token is out of date).
    func settle(_ lease: LeasedEvent, as outcome: DeliverySettlement) throws -> Bool
}

/// An error of the store: what was done, where, and what the operator can do. It carries no patient data.
package struct StoreFault: Error, Sendable, CustomStringConvertible {
    package let operation: String
    package let place: String
    package let hint: String

    package init(operation: String, place: String, hint: String = "") {
        self.operation = operation
        self.place = place
        self.hint = hint
    }

    package var description: String {
        let what = place.isEmpty ? "store: \(operation) failed" : "store: \(operation) failed at \(place)"
        return hint.isEmpty ? what : "\(what): \(hint)"
    }
}
