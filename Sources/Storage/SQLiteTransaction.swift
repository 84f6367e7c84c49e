import CanonicalModel
import GRDB
import struct Foundation.Data

/// One transaction, or one consistent snapshot, of the SQLite store. Each concern adds its rows in a file of its own.
struct SQLiteTransaction {
    let database: Database
    let key: StoreKey
}

extension SQLiteTransaction: StoreTransaction {}

/// The statements of one concern, each a line that can be listed and explained.
protocol StoreStatement: RawRepresentable<String>, CaseIterable, Sendable {}

extension Database {
    /// Runs a statement that returns nothing.
    func run(_ statement: some StoreStatement, _ arguments: StatementArguments = StatementArguments()) throws {
        try withFault(of: statement) { try cachedStatement(sql: statement.rawValue).execute(arguments: arguments) }
    }

    func row(_ statement: some StoreStatement, _ arguments: StatementArguments = StatementArguments()) throws
        -> Row?
    {
        try withFault(of: statement) {
            try Row.fetchOne(cachedStatement(sql: statement.rawValue), arguments: arguments)
        }
    }

    func rows(_ statement: some StoreStatement, _ arguments: StatementArguments = StatementArguments()) throws
        -> [Row]
    {
        try withFault(of: statement) {
            try Row.fetchAll(cachedStatement(sql: statement.rawValue), arguments: arguments)
        }
    }

    /// Hands each row to `body` until it says no more.
    func eachRow(
        _ statement: some StoreStatement, _ arguments: StatementArguments, _ body: (Row) throws -> Bool
    ) throws {
        try withFault(of: statement) {
            let rows = try Row.fetchCursor(cachedStatement(sql: statement.rawValue), arguments: arguments)
            while let row = try rows.next(), try body(row) {}
        }
    }

    private func withFault<Value>(of statement: some StoreStatement, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch {
            throw StoreFault.stripped(error, operation: "statement", place: "\(statement)")
        }
    }
}

extension Row {
    func bytes(_ column: Int) -> [UInt8] { Array(self[column] as Data) }

    /// A stored name of an enumeration's case.
    func named<Value: RawRepresentable<String>>(_ column: Int, as type: Value.Type) throws -> Value {
        let name: String = self[column]
        guard let value = Value(rawValue: name) else {
            throw StoreFault(
                operation: "read", place: String(describing: type), hint: "unknown name, written by a later version?")
        }
        return value
    }
}
