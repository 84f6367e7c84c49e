import CanonicalModel
import Dispatch
import Foundation
import GRDB
import Testing

@testable import Storage

@Suite("The SQLite store")
struct SQLiteStoreTests {
    @Test("The connection that writes says that every commit is synced")
    func durability() async throws {
        try await withTemporaryFolder { folder in
            for _ in 0..<2 {
                let store = try await SQLiteMessageStore.open(at: folder + "/store.db")
                let settings = try await store.settings()
                #expect(settings == StoreSettings(journalMode: "wal", synchronous: 2, foreignKeys: true))
                try await store.close()
            }
        }
    }

    @Test("Database and key are readable by their owner alone")
    func modes() async throws {
        try await withTemporaryFolder { folder in
            let store = try await SQLiteMessageStore.open(at: folder + "/store.db")
            _ = try await store.accept(arrival("a"))
            for file in ["store.db", "store.db.key", "store.db-wal", "store.db.lock"] {
                let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(file)")
                #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600, "\(file)")
            }
            #expect(try Data(contentsOf: URL(fileURLWithPath: folder + "/store.db.key")).count == 32)
            try await store.close()
        }
    }

    @Test("A database whose key is missing, foreign, damaged or readable by others is refused with a hint")
    func keyRefusals() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/store.db"
            let keyFile = URL(fileURLWithPath: path + ".key")
            let store = try await SQLiteMessageStore.open(at: path)
            let patient = store.patientKey(nhsNumber: "9990000018")
            try await store.close()
            let key = try Data(contentsOf: keyFile)

            func refusal(_ hint: String) async {
                let fault = await #expect(throws: StoreFault.self) { try await SQLiteMessageStore.open(at: path) }
                #expect(fault?.hint.contains(hint) == true, "\(String(describing: fault))")
            }
            func replace(_ bytes: Data, mode: Int = 0o600) throws {
                try bytes.write(to: keyFile)
                try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: keyFile.path)
            }
            try FileManager.default.removeItem(at: keyFile)
            await refusal("its key does not")
            #expect(!FileManager.default.fileExists(atPath: keyFile.path))
            try replace(Data(repeating: 7, count: 32))
            await refusal("belongs to another database")
            try replace(key.prefix(31))
            await refusal("damaged")
            try replace(key + [0])
            await refusal("damaged")
            try replace(key, mode: 0o640)
            await refusal("0600")

            try replace(key)
            let reopened = try await SQLiteMessageStore.open(at: path)
            #expect(reopened.patientKey(nhsNumber: "9990000018") == patient)
            try await reopened.close()
        }
    }

    @Test("A second daemon is refused until the first is gone; a command beside it is not")
    func secondOpener() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/store.db"
            let first = try await SQLiteMessageStore.open(at: path)
            let fault = await #expect(throws: StoreFault.self) { try await SQLiteMessageStore.open(at: path) }
            #expect(fault?.hint.contains("another gateway") == true)
            let command = try await SQLiteMessageStore.open(at: path, exclusive: false)
            _ = try await first.accept(arrival("a"))
            #expect(try await command.everyMessage().count == 1)
            try await command.close()
            try await first.close()
            try await SQLiteMessageStore.open(at: path).close()
        }
    }

    @Test("A file that is no database, and a database of a later version, are refused with a hint")
    func foreignFiles() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/store.db"
            try await SQLiteMessageStore.open(at: path).close()
            let database = try DatabaseQueue(path: path)
            try await database.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('999')") }
            try database.close()
            var fault = await #expect(throws: StoreFault.self) { try await SQLiteMessageStore.open(at: path) }
            #expect(fault?.hint.contains("later version") == true)

            try Data(repeating: 65, count: 8192).write(to: URL(fileURLWithPath: path))
            fault = await #expect(throws: StoreFault.self) { try await SQLiteMessageStore.open(at: path) }
            #expect(fault?.hint.contains("not a SQLite database") == true, "\(String(describing: fault))")
            fault = await #expect(throws: StoreFault.self) {
                try await SQLiteMessageStore.open(at: folder + "/missing/store.db")
            }
            #expect(fault?.place.hasPrefix(folder + "/missing") == true)
        }
    }

    @Test("No chunk of a body is larger than 1 MiB, and none is encrypted yet")
    func chunks() async throws {
        try await withTemporaryFolder { folder in
            let store = try await SQLiteMessageStore.open(at: folder + "/store.db")
            let body = [UInt8](repeating: 7, count: 3_670_016)
            _ = try await store.accept(
                Arrival(source: "practice", body: body, transport: TransportContext(), acceptedAt: noon))
            try await store.close()
            let database = try DatabaseQueue(path: folder + "/store.db")
            let lengths = try await database.read {
                try Int.fetchAll($0, sql: "SELECT length(content) FROM bodyChunk WHERE keyID = 0 ORDER BY part")
            }
            #expect(lengths == [1 << 20, 1 << 20, 1 << 20, 1 << 19])
        }
    }

    @Test("A damaged row is told as such and does not stop the messages behind it")
    func damagedRows() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/store.db"
            let store = try await SQLiteMessageStore.open(at: path)
            for number in 1...5 { _ = try await store.accept(arrival("body \(number)")) }
            let other = try DatabaseQueue(path: path)
            try await other.write { database in
                try database.execute(sql: "UPDATE message SET transport = '{' WHERE sequence = 1")
                try database.execute(sql: "DELETE FROM bodyChunk WHERE message = 2")
                try database.execute(sql: "UPDATE bodyChunk SET content = x'0102' WHERE message = 3")
                try database.execute(sql: "UPDATE bodyChunk SET keyID = 9 WHERE message = 4")
            }
            let messages = try await store.everyMessage()
            #expect(messages.map(\.fault) == Array(repeating: "store-row-damaged", count: 4) + [nil])
            #expect(messages.map(\.body) == Array(repeating: [], count: 4) + [Array("body 5".utf8)])
            try other.close()
            try await store.close()
        }
    }

    @Test("A text with U+0000 is refused, and never cut to another one")
    func embeddedNull() async throws {
        try await withTemporaryFolder { folder in
            let store = try await SQLiteMessageStore.open(at: folder + "/store.db")
            @Sendable func link(_ localID: String) -> PatientLink {
                PatientLink(
                    system: "alpha", practice: "A12345", localID: localID, nhsNumber: "9990000018", birthDate: nil,
                    learnedAt: noon)
            }
            try await store.commit { try $0.learn(link("7")) }
            await #expect(throws: UnstorableText.self) { try await store.commit { try $0.learn(link("7\u{0}8")) } }
            await #expect(throws: UnstorableText.self) {
                try await store.read { try $0.link(system: "alpha", practice: "A12345", localID: "7\u{0}8") }
            }
            #expect(try await store.read { try $0.link(system: "alpha", practice: "A12345", localID: "7") } != nil)
            try await store.close()
        }
    }

    @Test("Sources are refused when too much waits, and afterwards all is well", .timeLimit(.minutes(1)))
    func bounds() async throws {
        try await withTemporaryFolder { folder in
            let limits = CommitLimits(units: 3, bytes: 100, reservedUnits: 2)
            let store = try await SQLiteMessageStore.open(at: folder + "/store.db", limits: limits)
            let gate = DispatchSemaphore(value: 0)
            let (started, start) = AsyncStream<Void>.makeStream()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await store.commit { _ in
                        start.yield()
                        gate.wait()
                    }
                }
                for await _ in started { break }
                let tooLarge = Arrival(
                    source: "practice", body: [UInt8](repeating: 0, count: 101), transport: TransportContext(),
                    acceptedAt: noon)
                let large = await #expect(throws: StoreFault.self) { try await store.accept(tooLarge) }
                #expect(large?.isBusy == true)
                let tooMany = await #expect(throws: StoreFault.self) {
                    try await withThrowingTaskGroup(of: Void.self) { arrivals in
                        for number in 0..<3 {
                            arrivals.addTask { _ = try await store.accept(arrival("\(number)", key: "\(number)")) }
                        }
                        defer { gate.signal() }
                        try await arrivals.next()
                    }
                }
                #expect(tooMany?.isBusy == true)
                try await group.waitForAll()
            }
            #expect(try await store.everyMessage().count == 2)
            _ = try await store.accept(
                Arrival(
                    source: "practice", body: [UInt8](repeating: 0, count: 101), transport: TransportContext(),
                    acceptedAt: noon))
            try await store.close()
        }
    }

    @Test("An error of SQLite is told without any value that was being written")
    func strippedErrors() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/store.db"
            let store = try await SQLiteMessageStore.open(at: path)
            let other = try DatabaseQueue(path: path)
            try await other.write { try $0.execute(sql: "ALTER TABLE patientLink RENAME COLUMN birthDate TO born") }
            let link = PatientLink(
                system: "alpha", practice: "A12345", localID: "secret-7", nhsNumber: "9990000018", birthDate: nil,
                learnedAt: noon)
            let fault = await #expect(throws: StoreFault.self) { try await store.commit { try $0.learn(link) } }
            let text = String(describing: fault)
            #expect(text.contains("learn") && text.contains("SQLite result"))
            #expect(!text.contains("secret-7") && !text.contains("9990000018"))
            try other.close()
            try await store.close()
        }
    }

    @Test("No statement that runs per message or delivery reads a whole table or sorts")
    func queryPlans() async throws {
        try await withTemporaryFolder { folder in
            try await SQLiteMessageStore.open(at: folder + "/store.db").close()
            let database = try DatabaseQueue(path: folder + "/store.db")
            let statements: [any StoreStatement] =
                MessageStatement.allCases.filter { $0 != .counts } + EntityStatement.allCases
                + DeliveryStatement.allCases + LeaseStatement.allCases + AuditStatement.allCases
                + FileStatement.allCases
            for statement in statements {
                let plan = try await database.read { [sql = statement.rawValue] database in
                    let query = try database.makeStatement(sql: "EXPLAIN QUERY PLAN \(sql)")
                    query.setUncheckedArguments(StatementArguments(Array(repeating: 1, count: sql.count { $0 == "?" })))
                    return try Row.fetchAll(query).map { $0["detail"] as String }
                }
                // This index holds only files that are still being taken apart.
                let long = plan.filter { !$0.contains("messageSplitting") }
                #expect(!long.contains { $0.hasPrefix("SCAN") || $0.contains("TEMP B-TREE") }, "\(statement): \(plan)")
            }
            try database.close()
        }
    }
}
