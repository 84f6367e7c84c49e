import CanonicalModel
import GRDB
import struct Foundation.Data
import class Foundation.JSONDecoder
import class Foundation.JSONEncoder

enum MessageStatement: String, StoreStatement {
    case earlierDelivery = """
        SELECT id, bodyDigest, transportDigest FROM message WHERE source = ? AND deliveryKey = ?
        """
    case lastInContext = """
        SELECT id, bodyDigest FROM message WHERE source = ? AND transportDigest = ? ORDER BY sequence DESC LIMIT 1
        """
    case lastID = "SELECT id FROM message WHERE sequence = (SELECT max(sequence) FROM message)"
    case insertMessage = """
        INSERT INTO message (id, source, deliveryKey, bodyDigest, transportDigest, transport, bodyLength, acceptedAt)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """
    case insertChunk = "INSERT INTO bodyChunk (message, part, content) VALUES (?, ?, ?)"
    case waiting = """
        SELECT sequence, id, source, transport, bodyLength, acceptedAt, file, part, header,
            (SELECT id FROM message AS whole WHERE whole.sequence = message.file)
        FROM message WHERE state = 'accepted' AND sequence > ? ORDER BY sequence LIMIT ?
        """
    case chunks = "SELECT keyID, content FROM bodyChunk WHERE message = ? ORDER BY part"
    case settle = """
        UPDATE message SET state = ?, code = ?, place = ?, mapping = ?, issueCount = ?,
            awaitingSystem = ?, awaitingPractice = ?, awaitingLocalID = ?
        WHERE id = ?
        """
    case wake = """
        UPDATE message SET state = 'accepted', awaitingSystem = NULL, awaitingPractice = NULL, awaitingLocalID = NULL
        WHERE state = 'awaiting-identity' AND awaitingSystem = ? AND awaitingPractice = ? AND awaitingLocalID = ?
        """
    case counts = """
        SELECT source, state, count,
            (SELECT min(acceptedAt) FROM message
             WHERE message.source = messageTally.source AND message.state = messageTally.state)
        FROM messageTally WHERE count > 0 AND state <> 'arriving' ORDER BY source, state
        """
}

/// An arrival with everything that can be worked out before its turn to be written.
struct PreparedArrival: Sendable {
    let arrival: Arrival
    let deliveryKey: [UInt8]?
    let bodyDigest: [UInt8]
    let transportDigest: [UInt8]
    let transport: String

    init(_ arrival: Arrival, key: StoreKey) throws {
        self.arrival = arrival
        deliveryKey = arrival.deliveryKey.map(key.deliveryKey)
        bodyDigest = key.body(arrival.body)
        transportDigest = key.transport(arrival.transport)
        transport = String(decoding: try JSONEncoder().encode(arrival.transport.values), as: UTF8.self)
    }
}

extension SQLiteTransaction {
    static let chunkLength = 1 << 20

    /// Writes a message unless it repeats an earlier delivery (events.md, *Accepting*).
    func accept(_ prepared: PreparedArrival) throws -> Acceptance {
        let arrival = prepared.arrival
        if let earlier = try earlierDelivery(
            source: arrival.source, deliveryKey: prepared.deliveryKey, bodyDigest: prepared.bodyDigest,
            transportDigest: prepared.transportDigest)
        {
            return earlier
        }
        let last: String? = try database.row(MessageStatement.lastID)?[0]
        let id = MessageIDSequence.next(after: last, at: arrival.acceptedAt)
        try database.run(
            MessageStatement.insertMessage,
            [
                id.rawValue, arrival.source, prepared.deliveryKey.map { Data($0) }, Data(prepared.bodyDigest),
                Data(prepared.transportDigest), prepared.transport, arrival.body.count,
                StoredTime.encode(arrival.acceptedAt),
            ])
        try insertBody(arrival.body, of: database.lastInsertedRowID)
        return .accepted(id)
    }

    func insertBody(_ body: [UInt8], of sequence: Int64) throws {
        for (part, start) in stride(from: 0, to: body.count, by: Self.chunkLength).enumerated() {
            let end = min(start + Self.chunkLength, body.count)
            try database.run(MessageStatement.insertChunk, [sequence, part, Data(body[start..<end])])
        }
    }

    func earlierDelivery(source: String, deliveryKey: [UInt8]?, bodyDigest: [UInt8], transportDigest: [UInt8])
        throws -> Acceptance?
    {
        if let deliveryKey {
            let row = try database.row(MessageStatement.earlierDelivery, [source, Data(deliveryKey)])
            return row.map { row in
                let isSame = row.bytes(1) == bodyDigest && row.bytes(2) == transportDigest
                return isSame ? .repeated(MessageID(row[0])) : .conflict(MessageID(row[0]))
            }
        }
        guard
            let last = try database.row(MessageStatement.lastInContext, [source, Data(transportDigest)]),
            last.bytes(1) == bodyDigest
        else { return nil }
        return .repeated(MessageID(last[0]))
    }

    func messagesToRead(after: Int64, limit: Int, bytes: Int) throws -> [StoredMessage] {
        var chosen: [Row] = []
        var total = 0
        try database.eachRow(MessageStatement.waiting, [after, max(limit, 0)]) { row in
            let length: Int = row[4]
            guard chosen.isEmpty || total + length <= bytes else { return false }
            chosen.append(row.copy())
            total += length
            return true
        }
        return try chosen.map(message)
    }

    private func message(_ row: Row) throws -> StoredMessage {
        let transport: String = row[3]
        let acceptedAt = StoredTime.decode(row[5])
        let part = try partOrigin(row)
        guard let values = try? JSONDecoder().decode([String: String].self, from: Data(transport.utf8)),
            let body = try body(of: row[0], length: row[4])
        else {
            return StoredMessage(
                id: MessageID(row[1]), sequence: row[0], source: row[2], body: [], transport: TransportContext(),
                acceptedAt: acceptedAt, part: part, fault: StoredMessage.damaged)
        }
        return StoredMessage(
            id: MessageID(row[1]), sequence: row[0], source: row[2], body: body, transport: TransportContext(values),
            acceptedAt: acceptedAt, part: part)
    }

    private func partOrigin(_ row: Row) throws -> StoredMessage.PartOrigin? {
        guard let file = row[6] as Int64?, let number = row[7] as Int?, let id = row[9] as String? else { return nil }
        return StoredMessage.PartOrigin(
            file: MessageID(id), number: number, header: try header(row[8], of: file))
    }

    /// - Returns: nil when the chunks are not the body that was accepted.
    private func body(of sequence: Int64, length: Int) throws -> [UInt8]? {
        var body: [UInt8] = []
        var isReadable = true
        try database.eachRow(MessageStatement.chunks, [sequence]) { row in
            isReadable = (row[0] as Int) == 0 && body.count <= length
            if isReadable { try row.withUnsafeData(atIndex: 1) { body.append(contentsOf: $0 ?? Data()) } }
            return isReadable
        }
        return isReadable && body.count == length ? body : nil
    }

    func settle(_ message: MessageID, as fate: MessageFate) throws {
        let columns: StoreArguments
        switch fate {
        case .read(let mapping, let issues):
            columns = [MessageCount.State.read.rawValue, nil, nil, mapping, issues, nil, nil, nil]
        case .awaitingIdentity(let system, let practice, let localID):
            let state = MessageCount.State.awaitingIdentity.rawValue
            columns = [state, nil, nil, nil, nil, system, practice, localID]
        case .quarantined(let code, let place):
            columns = [MessageCount.State.quarantined.rawValue, code, place, nil, nil, nil, nil, nil]
        case .splitting(let path):
            columns = [MessageCount.State.splitting.rawValue, nil, nil, nil, nil, nil, nil, nil]
            try openFile(message, path: path)
        case .split:
            columns = [MessageCount.State.read.rawValue, nil, nil, nil, nil, nil, nil, nil]
        }
        try database.run(MessageStatement.settle, columns + [message.rawValue])
        guard database.changesCount == 1 else {
            throw StoreFault(operation: "settle message", place: "message \(message)", hint: "there is no such message")
        }
    }

    func wake(awaiting link: PatientLink) throws -> Int {
        try database.run(MessageStatement.wake, [link.system, link.practice, link.localID])
        return database.changesCount
    }

    func messageCounts() throws -> [MessageCount] {
        try database.rows(MessageStatement.counts).map { row in
            let oldest: Int64? = row[3]
            return MessageCount(
                source: row[0], state: try row.named(1, as: MessageCount.State.self), count: row[2],
                oldest: oldest.map(StoredTime.decode))
        }
    }
}
