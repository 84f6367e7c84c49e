import GRDB
import struct Foundation.Date

enum LeaseStatement: String, StoreStatement {
    case held = """
        SELECT lane.id, headPosition, nextSequence, acceptedSequence, laneSequence
        FROM lane JOIN event ON event.position = lane.headPosition
        WHERE name = ? AND fence = ? AND leasedUntil IS NOT NULL
        """
    case takeNumber = "UPDATE lane SET nextSequence = nextSequence + 1 WHERE id = ?"
    case number = "UPDATE event SET laneSequence = ? WHERE position = ?"
    case accepted = "UPDATE lane SET acceptedSequence = ? WHERE id = ?"
    case hold = "UPDATE lane SET isHeld = 1 WHERE id = ?"
    case leave = "UPDATE event SET state = ?, lastCode = ?, lastStatus = ? WHERE position = ?"
    case postpone = "UPDATE event SET dueAt = ?, lastCode = ? WHERE position = ?"
    case uncountAttempt = "UPDATE event SET attempts = attempts - 1 WHERE position = ?"
    case release = """
        UPDATE lane SET leasedUntil = NULL, (headPosition, headDueAt) = (
            SELECT position, dueAt FROM event WHERE event.lane = lane.id AND event.state = 'queued'
            ORDER BY position LIMIT 1)
        WHERE id = ?
        """
}

/// Numbering and settling what a lease holds.
///
/// A number is taken only by the head, and the head leaves either accepted or lost. So everything between the last
/// accepted number and the head's own was lost, and no list of lost numbers has to be kept.
extension SQLiteTransaction {
    private struct HeldLane {
        let id: Int64
        let position: Int64
        let nextSequence: Int64
        let acceptedSequence: Int64
        let headSequence: Int64?
    }

    /// The lane of a lease that nobody has settled, and nobody taken over, since.
    private func held(_ lease: LeasedEvent) throws -> HeldLane? {
        guard let row = try database.row(LeaseStatement.held, [lease.lane, lease.fence]) else { return nil }
        return HeldLane(
            id: row[0], position: row[1], nextSequence: row[2], acceptedSequence: row[3], headSequence: row[4])
    }

    func assignSequence(to lease: LeasedEvent) throws -> LaneSequence {
        guard let lane = try held(lease) else {
            throw StoreFault(
                operation: "assign sequence", place: "lane \(lease.lane)", hint: "the lease is no longer held")
        }
        let number = lane.headSequence ?? lane.nextSequence
        if lane.headSequence == nil {
            try database.run(LeaseStatement.takeNumber, [lane.id])
            try database.run(LeaseStatement.number, [number, lane.position])
        }
        let firstLost = max(lane.acceptedSequence + 1, number - Int64(LaneSequence.gapLimit))
        return LaneSequence(number: number, gap: Array(firstLost..<number))
    }

    func settle(_ lease: LeasedEvent, as outcome: DeliverySettlement) throws -> Bool {
        guard let lane = try held(lease) else { return false }
        switch outcome {
        case .delivered:
            try database.run(LeaseStatement.leave, ["delivered", nil, nil, lane.position])
            if let number = lane.headSequence { try database.run(LeaseStatement.accepted, [number, lane.id]) }
        case .retry(let at, let code):
            try database.run(LeaseStatement.postpone, [StoredTime.encode(at), code, lane.position])
        case .deadLetter(let code, let status, let hold):
            try database.run(LeaseStatement.leave, ["dead", code, status, lane.position])
            if hold { try database.run(LeaseStatement.hold, [lane.id]) }
        case .suppressed(let rule):
            try database.run(LeaseStatement.leave, ["suppressed", rule, nil, lane.position])
        case .returned:
            try database.run(LeaseStatement.uncountAttempt, [lane.position])
        }
        try database.run(LeaseStatement.release, [lane.id])
        return true
    }
}
