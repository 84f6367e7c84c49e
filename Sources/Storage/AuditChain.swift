import Crypto
import GRDB

/// What walking the audit's hash chain found.
package struct AuditVerification: Sendable, Equatable {
    /// Rows that follow from each other, counted from the first.
    package let entries: Int64
    /// Hash of the last of them, hexadecimal. Noted somewhere else, it proves later that no row at the end was taken
    /// away.
    package let head: String
    /// The first row that is missing, was changed or does not follow from the one before.
    package let broken: Int64?

    package var isIntact: Bool { broken == nil }
}

/// The audit is a chain: each row holds the SHA-256 of its own fields and of the row before, so a row cannot be changed
/// or taken out without changing every later one.
struct AuditChain {
    private static let domain = Array("hatchway-audit-1".utf8)
    private static let beginning = [UInt8](repeating: 0, count: SHA256.byteCount)

    private(set) var entries: Int64 = 0
    private(set) var head = AuditChain.beginning

    init() {}

    init(entries: Int64, head: [UInt8]) {
        self.entries = entries
        self.head = head
    }

    var verification: AuditVerification { AuditVerification(entries: entries, head: hexadecimal, broken: nil) }
    var broken: AuditVerification { AuditVerification(entries: entries, head: hexadecimal, broken: entries + 1) }

    /// Adds a row's columns from `at` to `count` and returns the row's hash.
    mutating func append(at: Int64, texts: [String?], count: Int64) -> [UInt8] {
        entries += 1
        var hash = SHA256()
        hash.update(data: Self.domain)
        hash.update(data: head)
        for value in [entries, at, count] { hash.update(data: Framing.integer(value)) }
        for text in texts {
            guard let text else {
                hash.update(data: Framing.integer(-1))
                continue
            }
            hash.update(data: Framing.length(text.utf8.count))
            hash.update(data: Array(text.utf8))
        }
        head = Array(hash.finalize())
        return head
    }

    /// Adds a stored row.
    /// - Returns: whether it follows from what was there.
    mutating func follow(_ row: Row) -> Bool {
        let before = self
        guard row[0] == before.entries + 1, row.bytes(10) == before.head else { return false }
        let hash = append(at: row[1], texts: (2...8).map { row[$0] }, count: row[9])
        if hash == row.bytes(11) { return true }
        self = before
        return false
    }

    private var hexadecimal: String {
        head.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }
}
