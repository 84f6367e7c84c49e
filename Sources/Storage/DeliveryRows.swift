import CanonicalModel
import GRDB
import struct Foundation.Data
import struct Foundation.Date
import class Foundation.JSONDecoder
import class Foundation.JSONEncoder

/// Queueing and choosing: which event of which lane is next.
///
/// Within a lane events leave in the order they were queued, one at a time (architecture, invariant 3). `LaneLease.swift`
/// ends what is begun here.
enum DeliveryStatement: String, StoreStatement {
    case lane = "SELECT id FROM lane WHERE consumer = ? AND patient = ?"
    case insertLane = "INSERT INTO lane (consumer, patient, name) VALUES (?, ?, ?)"
    case insertEvent = """
        INSERT INTO event (lane, consumer, id, type, time, correlationID, source, queuedAt, dueAt, cause)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (consumer, id) DO NOTHING
        """
    case insertContent = "INSERT INTO eventContent (position, entities, content) VALUES (?, ?, ?)"
    case becomeHead = "UPDATE lane SET headPosition = ?, headDueAt = ? WHERE id = ? AND headPosition IS NULL"
    case readyLane = """
        SELECT id, patient, name, fence, headPosition FROM lane
        WHERE consumer = ? AND isHeld = 0 AND headDueAt <= ? AND (leasedUntil IS NULL OR leasedUntil <= ?)
        ORDER BY headDueAt, headPosition LIMIT 1
        """
    case lease = "UPDATE lane SET fence = fence + 1, leasedUntil = ? WHERE id = ?"
    case countAttempt = "UPDATE event SET attempts = attempts + 1 WHERE position = ?"
    case head = """
        SELECT id, type, time, correlationID, source, queuedAt, attempts, laneSequence, entities, content,
            cause
        FROM event JOIN eventContent USING (position) WHERE position = ?
        """
    case nextDue = """
        SELECT headDueAt FROM lane
        WHERE consumer = ? AND isHeld = 0 AND headDueAt IS NOT NULL AND (leasedUntil IS NULL OR leasedUntil <= ?)
        ORDER BY headDueAt, headPosition LIMIT 1
        """
    case waiting = "SELECT count(*), min(queuedAt) FROM event WHERE consumer = ? AND state = 'queued'"
    case dead = "SELECT count(*) FROM event WHERE consumer = ? AND state = 'dead'"
}

extension SQLiteTransaction {
    func queue(_ event: QueuedEvent) throws {
        let lane = try lane(of: event.consumer, event.patient)
        let due = StoredTime.encode(event.queuedAt)
        try database.run(
            DeliveryStatement.insertEvent,
            [
                lane, event.consumer, event.id, event.type, StoredTime.encode(event.time), event.correlationID,
                event.source, due, due, event.cause,
            ])
        // The same news is never two events (architecture, invariant 2).
        if database.changesCount == 0 { return }
        let position = database.lastInsertedRowID
        let entities = try JSONEncoder().encode(event.entities.map(StoredEntityKey.init))
        try database.run(
            DeliveryStatement.insertContent,
            [position, String(decoding: entities, as: UTF8.self), Data(event.content)])
        try database.run(DeliveryStatement.becomeHead, [position, due, lane])
    }

    private func lane(of consumer: String, _ patient: PatientKey) throws -> Int64 {
        if let row = try database.row(DeliveryStatement.lane, [consumer, patient.rawValue]) { return row[0] }
        let name = key.lane(consumer: consumer, patient: patient)
        try database.run(DeliveryStatement.insertLane, [consumer, patient.rawValue, name])
        return database.lastInsertedRowID
    }

    func leaseLane(of consumer: String, now: Date, until: Date) throws -> LeasedEvent? {
        let now = StoredTime.encode(now)
        guard let lane = try database.row(DeliveryStatement.readyLane, [consumer, now, now]) else { return nil }
        let id: Int64 = lane[0]
        let fence: Int64 = lane[3]
        let position: Int64 = lane[4]
        guard let head = try database.row(DeliveryStatement.head, [position]) else {
            throw StoreFault(operation: "lease lane", place: "lane \(lane[2] as String)", hint: "its head is missing")
        }
        let event = try event(head, consumer: consumer, patient: PatientKey(lane[1]))
        try database.run(DeliveryStatement.lease, [StoredTime.encode(until), id])
        // Counted before it is made, so that an attempt that takes the process down with it counts too.
        try database.run(DeliveryStatement.countAttempt, [position])
        return LeasedEvent(event: event, lane: lane[2], fence: fence + 1, attempts: head[6], sequence: head[7])
    }

    private func event(_ row: Row, consumer: String, patient: PatientKey) throws -> QueuedEvent {
        let id: String = row[0]
        let stored: String = row[8]
        guard let keys = try? JSONDecoder().decode([StoredEntityKey].self, from: Data(stored.utf8)) else {
            throw StoreFault(operation: "read event", place: "event \(id)", hint: "the row is damaged")
        }
        return QueuedEvent(
            id: id, consumer: consumer, patient: patient, type: row[1], time: StoredTime.decode(row[2]),
            correlationID: row[3], entities: try keys.map { try $0.key(event: id) }, content: row.bytes(9),
            source: row[4], queuedAt: StoredTime.decode(row[5]), cause: row[10])
    }

    func nextDue(for consumer: String, now: Date) throws -> Date? {
        let row = try database.row(DeliveryStatement.nextDue, [consumer, StoredTime.encode(now)])
        return row.map { StoredTime.decode($0[0]) }
    }

    func backlog(of consumer: String) throws -> DeliveryBacklog {
        let waiting = try database.row(DeliveryStatement.waiting, [consumer])
        let dead = try database.row(DeliveryStatement.dead, [consumer])
        let oldest: Int64? = waiting?[1]
        return DeliveryBacklog(
            waiting: waiting?[0] ?? 0, oldest: oldest.map(StoredTime.decode), deadLetters: dead?[0] ?? 0)
    }
}

/// An entity key as an event's row holds it.
private struct StoredEntityKey: Codable {
    let system: String
    let practice: String
    let patient: String
    let kind: String
    let id: String

    init(_ key: EntityKey) {
        system = key.system
        practice = key.practice
        patient = key.patient.rawValue
        kind = key.kind.rawValue
        id = key.id
    }

    func key(event: String) throws -> EntityKey {
        guard let kind = EntityKind(rawValue: kind) else {
            throw StoreFault(operation: "read event", place: "event \(event)", hint: "written by a later version")
        }
        return EntityKey(system: system, practice: practice, patient: PatientKey(patient), kind: kind, id: id)
    }
}
