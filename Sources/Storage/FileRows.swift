import CanonicalModel
import GRDB
import struct Foundation.Data
import struct Foundation.Date
import class Foundation.JSONDecoder
import class Foundation.JSONEncoder

enum FileStatement: String, StoreStatement {
    case begin = """
        INSERT INTO message (id, source, bodyDigest, transportDigest, transport, bodyLength, acceptedAt, state)
        VALUES (?, ?, x'', x'', ?, 0, ?, 'arriving')
        """
    case finish = """
        UPDATE message SET deliveryKey = ?, bodyDigest = ?, transportDigest = ?, bodyLength = ?, state = 'splitting'
        WHERE sequence = ? AND state = 'arriving'
        """
    case discard = "DELETE FROM message WHERE sequence = ? AND state = 'arriving'"
    case open = "INSERT INTO messageFile (message, path) VALUES (?, ?) ON CONFLICT (message) DO NOTHING"
    case sequence = "SELECT sequence FROM message WHERE id = ?"
    case next = """
        SELECT message.sequence, message.id, message.source, message.transport, message.acceptedAt, message.bodyLength,
            messageFile.path, messageFile.parts
        FROM message JOIN messageFile ON messageFile.message = message.sequence
        WHERE message.state = 'splitting' ORDER BY message.sequence LIMIT 1
        """
    case chunk = "SELECT keyID, content FROM bodyChunk WHERE message = ? AND part = ?"
    case advance = "UPDATE messageFile SET path = ?, parts = ?, bytesDone = ? WHERE message = ? AND parts = ?"
    case insertHeader = """
        INSERT INTO fileHeader (file, number, content) VALUES (?, ?, ?) ON CONFLICT (file, number) DO NOTHING
        """
    case insertPart = """
        INSERT INTO message (id, source, bodyDigest, transportDigest, transport, bodyLength, acceptedAt, state, code, place,
            file, part, header)
        SELECT ?, source, ?, ?, transport, ?, acceptedAt, ?, ?, ?, sequence, ?, ? FROM message WHERE sequence = ?
        """
    case header = "SELECT content FROM fileHeader WHERE file = ? AND number = ?"
    case progress = """
        SELECT message.id, message.source, message.bodyLength, messageFile.bytesDone, messageFile.isWhole,
            messageFile.parts, messageFile.partsRead, messageFile.partsAwaiting, messageFile.partsQuarantined
        FROM messageFile JOIN message ON message.sequence = messageFile.message
        WHERE messageFile.isOpen = 1 ORDER BY messageFile.message LIMIT ?
        """
}

/// What is known of a file once its last byte is here.
struct FileEnding: Sendable {
    let draft: Int64
    let deliveryKey: [UInt8]?
    let bodyDigest: [UInt8]
    let transportDigest: [UInt8]
    let length: Int
}

/// A file is written chunk by chunk into a message that nobody sees yet (`arriving`); its last transaction makes it a
/// message, or takes it away when it repeats one. What a crash leaves unfinished goes when the store is opened.
extension SQLiteTransaction {
    static let removeUnfinished = "DELETE FROM message WHERE state = 'arriving'"

    func begin(_ file: FileArrival) throws -> (id: MessageID, draft: Int64) {
        let last: String? = try database.row(MessageStatement.lastID)?[0]
        let id = MessageIDSequence.next(after: last, at: file.acceptedAt)
        let transport = String(decoding: try JSONEncoder().encode(file.transport.values), as: UTF8.self)
        try database.run(
            FileStatement.begin, [id.rawValue, file.source, transport, StoredTime.encode(file.acceptedAt)])
        return (id, database.lastInsertedRowID)
    }

    func append(_ chunk: [UInt8], at index: Int, to draft: Int64) throws {
        try database.run(MessageStatement.insertChunk, [draft, index, Data(chunk)])
    }

    func discard(_ draft: Int64) throws { try database.run(FileStatement.discard, [draft]) }

    func finish(_ id: MessageID, source: String, _ ending: FileEnding) throws -> Acceptance {
        if let earlier = try earlierDelivery(
            source: source, deliveryKey: ending.deliveryKey, bodyDigest: ending.bodyDigest,
            transportDigest: ending.transportDigest)
        {
            try discard(ending.draft)
            return earlier
        }
        try database.run(
            FileStatement.finish,
            [
                ending.deliveryKey.map { Data($0) }, Data(ending.bodyDigest), Data(ending.transportDigest),
                ending.length, ending.draft,
            ])
        guard database.changesCount == 1 else {
            throw StoreFault(operation: "finish a file", place: "message \(id)", hint: "it is not there any more")
        }
        try database.run(FileStatement.open, [ending.draft, nil])
        return .accepted(id)
    }

    /// Turns a message into a file whose parts are to be kept.
    func openFile(_ message: MessageID, path: String) throws {
        guard let row = try database.row(FileStatement.sequence, [message.rawValue]) else { return }
        try database.run(FileStatement.open, [row[0] as Int64, path])
    }

    // MARK: Taking apart

    func nextFileToSplit() throws -> StoredFile? {
        try database.row(FileStatement.next).map { row in
            let values = try? JSONDecoder().decode([String: String].self, from: Data((row[3] as String).utf8))
            return StoredFile(
                id: MessageID(row[1]), sequence: row[0], source: row[2], transport: TransportContext(values ?? [:]),
                acceptedAt: StoredTime.decode(row[4]), length: row[5], path: row[6], parts: row[7],
                fault: values == nil ? StoredMessage.damaged : nil)
        }
    }

    func chunk(_ index: Int, of file: StoredFile) throws -> [UInt8]? {
        guard let row = try database.row(FileStatement.chunk, [file.sequence, index]), row[0] as Int == 0 else {
            return nil
        }
        return row.bytes(1)
    }

    func keep(_ parts: [FilePart], of file: StoredFile, after cursor: Int, upTo: FileCursor) throws -> [MessageID] {
        try database.run(
            FileStatement.advance, [upTo.path, upTo.parts, upTo.bytes, file.sequence, cursor])
        guard database.changesCount == 1 else {
            throw StoreFault(
                operation: "keep parts", place: "message \(file.id)", hint: "the part cursor is not where it was")
        }
        let context = key.part(of: file.id)
        var lastHeader: Int?
        var last: String? = try database.row(MessageStatement.lastID)?[0]
        return try parts.map { part in
            if let header = part.header, header.number != lastHeader {
                try database.run(FileStatement.insertHeader, [file.sequence, header.number, Data(header.body)])
                lastHeader = header.number
            }
            let id = MessageIDSequence.next(after: last, at: file.acceptedAt)
            last = id.rawValue
            let state: MessageCount.State = part.refusal == nil ? .accepted : .quarantined
            try database.run(
                FileStatement.insertPart,
                [
                    id.rawValue, Data(key.body(part.body)), Data(context), part.body.count, state.rawValue,
                    part.refusal, part.refusal.map { _ in "part \(part.number)" }, part.number, part.header?.number,
                    file.sequence,
                ])
            try insertBody(part.body, of: database.lastInsertedRowID)
            return id
        }
    }

    /// The bytes of a part's header; nil when it has none.
    func header(_ number: Int?, of file: Int64) throws -> [UInt8]? {
        guard let number else { return nil }
        return try database.row(FileStatement.header, [file, number])?.bytes(0)
    }

    func filesInProgress(limit: Int) throws -> [FileProgress] {
        try database.rows(FileStatement.progress, [limit]).map { row in
            FileProgress(
                file: MessageID(row[0]), source: row[1], bytes: row[2], bytesDone: row[3], isWhole: row[4],
                parts: row[5], partsRead: row[6], partsAwaiting: row[7], partsQuarantined: row[8])
        }
    }
}
