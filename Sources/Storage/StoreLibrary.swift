import GRDB

/// The C library behind the store.
package enum StoreLibrary {
    /// The version that is loaded, for instance `3.46.1`. It asks SQLite itself, so it is for a command, not a request.
    package static var version: String {
        let version = try? DatabaseQueue().read { database in
            try String.fetchOne(database, sql: "SELECT sqlite_version()")
        }
        return version ?? "unknown"
    }
}
