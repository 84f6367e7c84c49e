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

/// What a statement is given, in the order of its question marks.
typealias StoreArguments = [(any DatabaseValueConvertible)?]

/// A text that SQLite would cut at U+0000, so that two of them could be one. It is not ``StoreFault``: the store works,
/// and only the unit of work that brought the text fails.
struct UnstorableText: Error, CustomStringConvertible {
    let description = "a text holds U+0000 and is not stored"
}

extension Database {
    /// Runs a statement that returns nothing.
    func run(_ statement: some StoreStatement, _ arguments: StoreArguments = []) throws {
        try withFault(of: statement) { try cachedStatement(sql: statement.rawValue).execute(arguments: Self.checked(arguments)) }
    }

    func row(_ statement: some StoreStatement, _ arguments: StoreArguments = []) throws
        -> Row?
    {
        try withFault(of: statement) {
            try Row.fetchOne(cachedStatement(sql: statement.rawValue), arguments: Self.checked(arguments))
        }
    }

    func rows(_ statement: some StoreStatement, _ arguments: StoreArguments = []) throws
        -> [Row]
    {
        try withFault(of: statement) {
            try Row.fetchAll(cachedStatement(sql: statement.rawValue), arguments: Self.checked(arguments))
        }
    }

    /// Hands each row to `body` until it says no more.
    func eachRow(
        _ statement: some StoreStatement, _ arguments: StoreArguments, _ body: (Row) throws -> Bool
    ) throws {
        try withFault(of: statement) {
            let rows = try Row.fetchCursor(cachedStatement(sql: statement.rawValue), arguments: Self.checked(arguments))
            while let row = try rows.next(), try body(row) {}
        }
    }

    private static func checked(_ arguments: StoreArguments) throws -> StatementArguments {
        for case let text as String in arguments where text.utf8.contains(0) { throw UnstorableText() }
        return StatementArguments(arguments)
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
