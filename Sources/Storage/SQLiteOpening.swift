import GRDB
import struct Foundation.Data

/// What SQLite says of the connection that writes.
package struct StoreSettings: Sendable, Equatable {
    /// `wal`.
    package let journalMode: String
    /// 2 is FULL: a commit returns after the log is synced to disk (https://www.sqlite.org/pragma.html#pragma_synchronous).
    package let synchronous: Int
    package let foreignKeys: Bool

    /// Whether a commit survives a loss of power.
    package var areDurable: Bool { journalMode == "wal" && synchronous == 2 }
}

/// Opening a database so that it keeps what it is told.
enum SQLiteOpening {
    private static let busySeconds = 5.0
    private static let readers = 4

    static func open(_ path: String, key: StoreKey) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.busyMode = .timeout(busySeconds)
        configuration.maximumReaderCount = readers
        configuration.label = "store"
        let pool = try DatabasePool(path: path, configuration: configuration)
        try requireDurability(pool, path: path)
        try migrate(pool, path: path)
        try requireKey(pool, key: key, path: path)
        return pool
    }

    /// Setting up the write-ahead log leaves a connection at `synchronous = NORMAL`, which may lose the last commits.
    /// So FULL is set after opening, and read back.
    private static func requireDurability(_ pool: DatabasePool, path: String) throws {
        let found = try pool.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864")
            return try settings(database)
        }
        guard found.areDurable else {
            throw StoreFault(
                operation: "open", place: path,
                hint: "SQLite does not promise durability (journal \(found.journalMode), "
                    + "synchronous \(found.synchronous)); keep the database on a local disk")
        }
    }

    /// Whoever has the database alone knows that nobody goes on with a file that had not wholly arrived.
    static func removeUnfinishedFiles(_ pool: DatabasePool) throws {
        try pool.write { try $0.execute(sql: SQLiteTransaction.removeUnfinished) }
    }

    /// Whoever has the database alone knows that no lease of an earlier process is held any more.
    static func endLeases(_ pool: DatabasePool) throws {
        try pool.write { try $0.execute(sql: "UPDATE lane SET leasedUntil = NULL WHERE leasedUntil IS NOT NULL") }
    }

    static func settings(_ database: Database) throws -> StoreSettings {
        StoreSettings(
            journalMode: try String.fetchOne(database, sql: "PRAGMA journal_mode") ?? "",
            synchronous: try Int.fetchOne(database, sql: "PRAGMA synchronous") ?? -1,
            foreignKeys: try Bool.fetchOne(database, sql: "PRAGMA foreign_keys") ?? false)
    }

    private static func migrate(_ pool: DatabasePool, path: String) throws {
        let migrator = StoreSchema.migrator
        guard try !pool.read(migrator.hasBeenSuperseded) else {
            throw StoreFault(
                operation: "migrate", place: path, hint: "a later version made this database; run that version")
        }
        try migrator.migrate(pool)
    }

    private static func requireKey(_ pool: DatabasePool, key: StoreKey, path: String) throws {
        let stored = try pool.write { database in
            try database.execute(
                sql: "INSERT INTO store (name, value) VALUES ('keyCheck', ?) ON CONFLICT (name) DO NOTHING",
                arguments: [Data(key.check)])
            return try Data.fetchOne(database, sql: "SELECT value FROM store WHERE name = 'keyCheck'")
        }
        guard let stored, key.matches(check: Array(stored)) else {
            throw StoreFault(
                operation: "open", place: path,
                hint: "its key file belongs to another database; restore the key from the same backup")
        }
    }
}
