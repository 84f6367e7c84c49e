import CanonicalModel
import Foundation
import GRDB
import Testing

@testable import Storage

@Suite("The audit")
struct AuditTests {
    private static let entry = AuditEntry(
        action: "withheld", at: noon, message: MessageID("m1"), event: nil, consumer: "app", patient: alice,
        kind: .booking, rule: "restricted", count: 3)

    @Test("Every row follows from the one before, also after reopening")
    func intact() async throws {
        try await withAudit(rows: 5) { path in
            let store = try await SQLiteMessageStore.open(at: path)
            let before = try await store.verifyAudit()
            #expect(before.isIntact && before.entries == 5)
            try await store.commit { try $0.audit(Self.entry) }
            let after = try await store.verifyAudit()
            #expect(after.isIntact && after.entries == 6 && after.head != before.head)
            try await store.close()
        }
    }

    @Test("An undone unit leaves no row and no break")
    func undone() async throws {
        try await withAudit(rows: 2) { path in
            let store = try await SQLiteMessageStore.open(at: path)
            _ = try await store.commit(
                [
                    { try $0.audit(Self.entry) },
                    {
                        try $0.audit(Self.entry); throw Refusal()
                    },
                    { try $0.audit(Self.entry) },
                ] as [@Sendable (any StoreTransaction) throws -> Void])
            let found = try await store.verifyAudit()
            #expect(found.isIntact && found.entries == 4)
            try await store.close()
        }
    }

    @Test(
        "A changed, removed or inserted row is found where it is",
        arguments: [
            ("UPDATE audit SET rule = 'other' WHERE sequence = 3", 3),
            ("UPDATE audit SET count = 4 WHERE sequence = 1", 1),
            ("UPDATE audit SET event = '' WHERE sequence = 5", 5),
            ("UPDATE audit SET at = at + 1 WHERE sequence = 4", 4),
            ("UPDATE audit SET consumer = patient, patient = consumer WHERE sequence = 2", 2),
            ("DELETE FROM audit WHERE sequence = 2", 2), ("DELETE FROM audit WHERE sequence = 1", 1),
            ("UPDATE audit SET hash = previous WHERE sequence = 2", 2),
        ] as [(String, Int64)])
    func tampering(_ sql: String, _ broken: Int64) async throws {
        try await withAudit(rows: 5) { path in
            let database = try DatabaseQueue(path: path)
            try await database.write {
                try $0.execute(sql: "DROP TRIGGER auditIsNeverChanged; DROP TRIGGER auditIsNeverShortened; \(sql)")
            }
            try database.close()
            let store = try await SQLiteMessageStore.open(at: path)
            let found = try await store.verifyAudit()
            #expect(found.broken == broken && found.entries == broken - 1)
            try await store.close()
        }
    }

    @Test("The database itself refuses to change the audit")
    func appendOnly() async throws {
        try await withAudit(rows: 1) { path in
            let database = try DatabaseQueue(path: path)
            for sql in ["UPDATE audit SET count = 9", "DELETE FROM audit"] {
                await #expect(throws: DatabaseError.self) { try await database.write { try $0.execute(sql: sql) } }
            }
            try database.close()
        }
    }

    private func withAudit(rows: Int, _ body: (String) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/store.db"
            let store = try await SQLiteMessageStore.open(at: path)
            for _ in 0..<rows { try await store.commit { try $0.audit(Self.entry) } }
            try await store.close()
            try await body(path)
        }
    }
}
