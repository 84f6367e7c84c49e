import Dispatch
import Foundation
import GRDB
import Testing

@testable import Storage

@Suite("The commit queue")
struct CommitQueueTests {
    @Test("What arrives during one transaction is the next one", .timeLimit(.minutes(1)))
    func groups() async throws {
        try await withQueue { queue, _ in
            let gate = DispatchSemaphore(value: 0)
            let (started, start) = AsyncStream<Void>.makeStream()
            // GRDB gives every statement of one transaction the same date.
            let dates = try await withThrowingTaskGroup(of: [Date].self) { group in
                group.addTask {
                    try await queue.run { database in
                        start.yield()
                        gate.wait()
                        return [try database.transactionDate]
                    }
                }
                for await _ in started { break }
                for number in 0..<40 {
                    group.addTask {
                        try await queue.run { database in
                            try database.execute(sql: "INSERT INTO thing (number) VALUES (?)", arguments: [number])
                            return [try database.transactionDate]
                        }
                    }
                }
                while queue.outstanding < 41 { await Task.yield() }
                gate.signal()
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(dates.count == 41)
            #expect(Set(dates).count == 2)
        }
    }

    @Test("Workers may still write when sources are refused, up to a bound of their own", .timeLimit(.minutes(1)))
    func reserve() async throws {
        try await withQueue(CommitLimits(units: 1, bytes: 10, reservedUnits: 1)) { queue, _ in
            let gate = DispatchSemaphore(value: 0)
            let (started, start) = AsyncStream<Void>.makeStream()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await queue.run { _ in
                        start.yield()
                        gate.wait()
                    }
                }
                for await _ in started { break }
                let nothing: CommitQueue.Unit<Void> = { _ in }
                let refused = await #expect(throws: StoreFault.self) {
                    _ = try await queue.submit([nothing], for: .admission)
                }
                #expect(refused?.isBusy == true)
                let tooMuch = await #expect(throws: StoreFault.self) {
                    _ = try await queue.submit([nothing, nothing], for: .work)
                }
                #expect(tooMuch?.isBusy == true)
                group.addTask { _ = try await queue.submit([nothing], for: .work) }
                while queue.outstanding < 2 { await Task.yield() }
                gate.signal()
                try await group.waitForAll()
            }
        }
    }

    @Test("When the commit fails nobody is told that it stands", .timeLimit(.minutes(1)))
    func failedCommit() async throws {
        try await withQueue { queue, pool in
            let good: CommitQueue.Unit<Void> = { try $0.execute(sql: "INSERT INTO thing (number) VALUES (1)") }
            // A deferred foreign key is looked at only by COMMIT.
            let broken: CommitQueue.Unit<Void> = { try $0.execute(sql: "INSERT INTO part (thing) VALUES (99)") }
            let fault = await #expect(throws: StoreFault.self) {
                _ = try await queue.submit([good, broken, good], for: .work)
            }
            #expect(fault?.operation == "commit")
            #expect(try await count(pool) == 0)
            try await queue.run { try $0.execute(sql: "INSERT INTO thing (number) VALUES (2)") }
            #expect(try await count(pool) == 1)
        }
    }

    @Test("When the disk is full, what is reported as written is exactly what is there", .timeLimit(.minutes(1)))
    func fullDisk() async throws {
        try await withQueue { queue, pool in
            try await pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA max_page_count = 40") }
            let units: [CommitQueue.Unit<Void>] = [10, 1_000_000, 10].map { (length: Int) in
                { try $0.execute(sql: "INSERT INTO thing (content) VALUES (zeroblob(?))", arguments: [length]) }
            }
            var reported = 0
            do {
                let results = try await queue.submit(units, for: .work)
                for result in results where (try? result.get()) != nil { reported += 1 }
                let fault = #expect(throws: StoreFault.self) { try results[1].get() }
                #expect(fault?.hint.contains("disk is full") == true)
            } catch let fault as StoreFault {
                #expect(fault.hint.contains("disk is full"))
            }
            #expect(try await count(pool) == reported)
            try await queue.run { try $0.execute(sql: "INSERT INTO thing (number) VALUES (2)") }
            #expect(try await count(pool) == reported + 1)
        }
    }

    private func count(_ pool: DatabasePool) async throws -> Int? {
        try await pool.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM thing") }
    }

    private func withQueue(
        _ limits: CommitLimits = CommitLimits(), _ body: (CommitQueue, DatabasePool) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let pool = try DatabasePool(path: folder + "/queue.db")
            try await pool.write {
                try $0.execute(
                    sql: """
                        CREATE TABLE thing (id INTEGER PRIMARY KEY, number INTEGER, content BLOB);
                        CREATE TABLE part (thing INTEGER REFERENCES thing (id) DEFERRABLE INITIALLY DEFERRED);
                        """)
            }
            let queue = CommitQueue(pool: pool, queue: BlockingQueue(label: "test"), limits: limits)
            try await body(queue, pool)
            try await queue.close { try pool.close() }
        }
    }
}

extension CommitQueue {
    fileprivate func run<Value: Sendable>(_ unit: @escaping Unit<Value>) async throws -> Value {
        try #require(try await submit([unit], for: .work).first).get()
    }
}
