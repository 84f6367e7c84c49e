import Documents
import Foundation
import Storage

/// Parts of a file that are to be kept in one transaction.
struct PartBatch {
    private static let partLimit = 256
    private static let byteLimit = 4 << 20

    /// What a transaction does.
    struct Work: Sendable {
        let file: StoredFile
        let parts: [FilePart]
        let before: Int
        let cursor: FileCursor
        let now: Date

        func run(in transaction: any StoreTransaction) throws -> [MessageID] {
            let ids = try transaction.keep(parts, of: file, after: before, upTo: cursor)
            for (part, id) in zip(parts, ids) where part.refusal != nil {
                try transaction.audit(AuditEntry(action: "quarantined", at: now, message: id, rule: part.refusal))
            }
            return ids
        }
    }

    private let file: StoredFile
    private var parts: [FilePart] = []
    private var size = 0
    private var before: Int
    private var cursor: FileCursor

    init(file: StoredFile, path: String) {
        self.file = file
        before = file.parts
        cursor = FileCursor(path: path, parts: file.parts, bytes: 0)
    }

    var isFull: Bool { parts.count >= Self.partLimit || size >= Self.byteLimit }

    /// `bytes` is how much of the file has been read.
    mutating func add(_ found: [DocumentPart], bytes: Int) {
        cursor.bytes = bytes
        for part in found {
            cursor.parts = part.number
            let header = part.header.map { FilePart.Header(number: $0.number, body: $0.body) }
            switch part.content {
            case .body(let body):
                size += body.count
                parts.append(FilePart(number: part.number, body: body, header: header))
            case .refused(let code):
                parts.append(FilePart(number: part.number, body: [], refusal: code.rawValue, header: header))
            }
        }
    }

    func work(now: Date) -> Work { Work(file: file, parts: parts, before: before, cursor: cursor, now: now) }

    /// Goes on behind what was kept.
    mutating func clear() {
        before = cursor.parts
        parts = []
        size = 0
    }
}
