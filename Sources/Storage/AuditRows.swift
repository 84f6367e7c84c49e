import CanonicalModel
import GRDB
import struct Foundation.Data

enum AuditStatement: String, StoreStatement {
    case last = "SELECT sequence, hash FROM audit WHERE sequence = (SELECT max(sequence) FROM audit)"
    case append = """
        INSERT INTO audit (sequence, at, action, message, event, consumer, patient, kind, rule, count, previous, hash)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    case walk = """
        SELECT sequence, at, action, message, event, consumer, patient, kind, rule, count, previous, hash FROM audit
        WHERE sequence > ? ORDER BY sequence LIMIT ?
        """
}

extension SQLiteTransaction {
    func audit(_ entry: AuditEntry) throws {
        var chain = AuditChain()
        if let last = try database.row(AuditStatement.last) {
            chain = AuditChain(entries: last[0], head: last.bytes(1))
        }
        let previous = chain.head
        let at = StoredTime.encode(entry.at)
        let texts = [
            entry.action, entry.message?.rawValue, entry.event, entry.consumer, entry.patient?.rawValue,
            entry.kind?.rawValue, entry.rule,
        ]
        let hash = chain.append(at: at, texts: texts, count: Int64(entry.count))
        try database.run(
            AuditStatement.append,
            [chain.entries, at] + texts + [entry.count, Data(previous), Data(hash)])
    }

    /// Follows the chain for at most `limit` rows.
    /// - Returns: how many rows there were, and whether all of them followed.
    func verifyAudit(_ chain: inout AuditChain, limit: Int) throws -> (rows: Int, isIntact: Bool) {
        var rows = 0
        var isIntact = true
        try database.eachRow(AuditStatement.walk, [chain.entries, limit]) { row in
            rows += 1
            isIntact = chain.follow(row)
            return isIntact
        }
        return (rows, isIntact)
    }
}
