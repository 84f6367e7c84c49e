import GRDB

extension StoreFault {
    private static let busyHint = "busy: too much waits to be written; try again shortly"

    /// Refuses work because the bounded commit queue is full. Nothing was written; the caller may try again.
    static func busy(_ operation: String, place: String) -> StoreFault {
        StoreFault(operation: operation, place: place, hint: busyHint)
    }

    static func closed(_ operation: String, place: String) -> StoreFault {
        StoreFault(operation: operation, place: place, hint: "the store is closed")
    }

    /// Whether the store only has too much to do now, so that a source is told to come again (RFC 6585, 429).
    package var isBusy: Bool { hint == Self.busyHint }

    /// What may be told of an error: of SQLite's own, the result code and a hint, because its text can quote values.
    /// Errors of the caller's work pass unchanged.
    static func stripped(_ error: any Error, operation: String, place: String) -> any Error {
        guard let error = error as? DatabaseError else { return error }
        return StoreFault(error, operation: operation, place: place)
    }

    init(_ error: any Error, operation: String, place: String) {
        switch error {
        case let fault as StoreFault:
            self = fault
        case let error as DatabaseError:
            let code = error.extendedResultCode.rawValue
            self.init(operation: operation, place: place, hint: "SQLite result \(code)\(Self.advice(on: error))")
        default:
            self.init(operation: operation, place: place, hint: "unexpected \(type(of: error))")
        }
    }

    private static func advice(on error: DatabaseError) -> String {
        switch error.resultCode {
        case .SQLITE_FULL: "; the disk is full"
        case .SQLITE_IOERR: "; the disk reports an error, see the kernel's log"
        case .SQLITE_BUSY, .SQLITE_LOCKED: "; another process holds the database"
        case .SQLITE_CORRUPT: "; the database is damaged, restore it from a backup"
        case .SQLITE_NOTADB: "; the file is not a SQLite database"
        case .SQLITE_CANTOPEN, .SQLITE_PERM: "; check that the folder exists and may be written by this user"
        case .SQLITE_READONLY: "; the database may not be written by this user"
        case .SQLITE_MISUSE: "; the store is closed"
        case .SQLITE_TOOBIG: "; a value is larger than SQLite allows"
        default: ""
        }
    }
}
