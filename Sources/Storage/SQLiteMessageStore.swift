import CanonicalModel
import Foundation
import GRDB

/// The store in one SQLite file: write-ahead log, every commit synced to disk before anybody is told (architecture,
/// invariant 1), readers that never wait for the writer.
///
/// Beside `<database>` lie `<database>.key`, the store's secret, and `<database>.lock`.
package final class SQLiteMessageStore: MessageStore {
    private let path: String
    private let pool: DatabasePool
    private let commits: CommitQueue
    private let key: StoreKey
    private let lock: StoreLock?
    private let writing: BlockingQueue

    private init(path: String, limits: CommitLimits, exclusive: Bool, writing: BlockingQueue) throws {
        self.path = path
        self.writing = writing
        let lock = exclusive ? try StoreLock(database: path) : nil
        self.lock = lock
        key = StoreKey(try StoreKeyFile(database: path).obtain())
        try StoreFolder(of: path).makePrivateFile(path)
        do {
            pool = try SQLiteOpening.open(path, key: key)
            if exclusive {
                try SQLiteOpening.endLeases(pool)
                try SQLiteOpening.removeUnfinishedFiles(pool)
            }
        } catch {
            throw StoreFault(error, operation: "open", place: path)
        }
        commits = CommitQueue(pool: pool, queue: writing, limits: limits)
    }

    /// Opens a store, and makes it when there is none.
    /// - Parameters:
    ///   - path: the database file. Its folder must exist.
    ///   - limits: how much may wait to be written.
    ///   - exclusive: a daemon refuses a second one; a command that works beside a running daemon passes `false`.
    /// - Returns: the store, migrated to this version.
    /// - Throws: ``StoreFault``, with a hint, when another daemon has it, when its key is missing or another's, when
    ///   it was made by a later version, or when SQLite does not promise durability.
    package static func open(at path: String, limits: CommitLimits = CommitLimits(), exclusive: Bool = true)
        async throws -> SQLiteMessageStore
    {
        let writing = BlockingQueue(label: "store.write")
        return try await writing.run {
            try SQLiteMessageStore(path: path, limits: limits, exclusive: exclusive, writing: writing)
        }
    }

    // MARK: Writing

    package func accept(_ arrival: Arrival) async throws -> Acceptance {
        let prepared = try PreparedArrival(arrival, key: key)
        let key = key
        let unit: CommitQueue.Unit<Acceptance> = { try SQLiteTransaction(database: $0, key: key).accept(prepared) }
        let results = try await commits.submit([unit], bytes: arrival.body.count, for: .admission)
        guard let result = results.first else { throw StoreFault(operation: "accept", place: path) }
        return try result.get()
    }

    package func acceptFile(_ file: FileArrival, next: () async throws -> [UInt8]?) async throws -> Acceptance {
        let (id, draft) = try await admit { try $0.begin(file) }
        do {
            var writer = FileWriter(digest: key.file())
            while let piece = try await next() {
                var rest = piece[...]
                while let (chunk, index) = writer.take(&rest) { try await append(chunk, at: index, to: draft) }
            }
            if let (chunk, index) = writer.takeLast() { try await append(chunk, at: index, to: draft) }
            let ending = FileEnding(
                draft: draft, deliveryKey: file.deliveryKey.map(key.deliveryKey), bodyDigest: writer.finish(),
                transportDigest: key.transport(file.transport), length: writer.length)
            return try await admit { try $0.finish(id, source: file.source, ending) }
        } catch {
            // What cannot be taken away now goes when the store is opened next.
            _ = try? await commits.submit([discarding(draft)], for: .work)
            throw error
        }
    }

    private func append(_ chunk: [UInt8], at index: Int, to draft: Int64) async throws {
        try await admit(bytes: chunk.count) { try $0.append(chunk, at: index, to: draft) }
    }

    private func discarding(_ draft: Int64) -> CommitQueue.Unit<Void> {
        let key = key
        return { try SQLiteTransaction(database: $0, key: key).discard(draft) }
    }

    /// Commits one step of a file's arrival. While the store has too much to do the sender waits, so that a file that is
    /// half here is not lost to a busy moment.
    private func admit<Value: Sendable>(
        bytes: Int = 0, _ step: @escaping @Sendable (SQLiteTransaction) throws -> Value
    ) async throws -> Value {
        let key = key
        let unit: CommitQueue.Unit<Value> = { try step(SQLiteTransaction(database: $0, key: key)) }
        for _ in 0..<Self.patience {
            do {
                guard let result = try await commits.submit([unit], bytes: bytes, for: .admission).first else { break }
                return try result.get()
            } catch let fault as StoreFault where fault.isBusy {
                try await Task.sleep(for: .milliseconds(50))
            }
        }
        throw StoreFault.busy("accept a file", place: path)
    }

    /// How often a step of a file's arrival is tried while the store is busy.
    private static let patience = 200

    package func commit<Value: Sendable>(_ units: [@Sendable (any StoreTransaction) throws -> Value]) async throws
        -> [Result<Value, any Error>]
    {
        let key = key
        return try await commits.submit(
            units.map { unit in { try unit(SQLiteTransaction(database: $0, key: key)) } }, for: .work)
    }

    // MARK: Reading

    package func messagesToRead(after: Int64, limit: Int, bytes: Int) async throws -> [StoredMessage] {
        try await snapshot { try $0.messagesToRead(after: after, limit: limit, bytes: bytes) }
    }

    package func read<Value: Sendable>(_ body: @escaping @Sendable (any StoreReading) throws -> Value) async throws
        -> Value
    {
        try await snapshot { try body($0) }
    }

    private func snapshot<Value: Sendable>(_ body: @escaping @Sendable (SQLiteTransaction) throws -> Value)
        async throws -> Value
    {
        let key = key
        do {
            return try await pool.read { try body(SQLiteTransaction(database: $0, key: key)) }
        } catch {
            throw StoreFault.stripped(error, operation: "read", place: path)
        }
    }

    // MARK: Hashes

    package func patientKey(nhsNumber: String) -> PatientKey { key.patient(nhsNumber: nhsNumber) }

    package func digest(_ content: [UInt8]) -> ContentDigest { key.content(content) }

    // MARK: Checking

    /// Walks the audit's hash chain from its beginning, a piece at a time so that the log can be checkpointed.
    package func verifyAudit() async throws -> AuditVerification {
        let piece = 5000
        var chain = AuditChain()
        while true {
            let (walked, rows, isIntact) = try await snapshot { [chain] transaction in
                var chain = chain
                let found = try transaction.verifyAudit(&chain, limit: piece)
                return (chain, found.rows, found.isIntact)
            }
            chain = walked
            if !isIntact { return chain.broken }
            if rows < piece { return chain.verification }
        }
    }

    /// What SQLite says of the connection that writes.
    package func settings() async throws -> StoreSettings {
        let (pool, path) = (pool, path)
        return try await writing.run {
            do {
                return try pool.writeWithoutTransaction(SQLiteOpening.settings)
            } catch {
                throw StoreFault(error, operation: "read settings", place: path)
            }
        }
    }

    package func close() async throws {
        let (pool, lock, path) = (pool, lock, path)
        try await commits.close {
            defer { lock?.release() }
            do {
                try pool.close()
            } catch {
                throw StoreFault(error, operation: "close", place: path)
            }
        }
    }
}
