/// The rows of a collection by the text of a key, so that a join costs the sum of both sides and not their product.
///
/// Keys are not copied: they are slices that stay good as long as the evaluator that the table belongs to.
package final class JoinTable {
    private struct Entry {
        let hash: UInt32
        /// The entry before this one under the same head, or -1.
        let next: Int32
        let row: Int32
        let key: UnsafeRawBufferPointer
    }

    private var heads: [Int32]
    private var entries: [Entry] = []
    private(set) var rows: [Value] = []
    /// Rows whose key is no plain text, so that it must be compared.
    private(set) var others: [(row: Int32, key: Value)] = []

    /// - Parameter count: about how many rows there will be.
    package init(expecting count: Int) {
        var size = 16
        while size < count * 2, size < 1 << 24 { size *= 2 }
        heads = Array(repeating: -1, count: size)
        entries.reserveCapacity(count)
        rows.reserveCapacity(count)
    }

    /// Adds a row; the keys added next are its.
    package func add(_ row: Value) { rows.append(row) }

    /// A key of the row added last.
    package func add(key: UnsafeRawBufferPointer) {
        let hash = Self.hash(key)
        let head = Int(hash) & (heads.count - 1)
        entries.append(Entry(hash: hash, next: heads[head], row: Int32(rows.count - 1), key: key))
        heads[head] = Int32(entries.count - 1)
    }

    /// A key of the row added last that is no plain text.
    func add(otherKey key: Value) { others.append((Int32(rows.count - 1), key)) }

    /// The rows with a key, in their order, each once.
    package func rows(for key: UnsafeRawBufferPointer) -> [Value] { positions(for: key).map { rows[Int($0)] } }

    func positions(for key: UnsafeRawBufferPointer) -> [Int32] {
        var found: [Int32] = []
        let hash = Self.hash(key)
        var index = heads[Int(hash) & (heads.count - 1)]
        while index >= 0 {
            let entry = entries[Int(index)]
            if entry.hash == hash, Evaluator.isEqual(entry.key, key), found.last != entry.row {
                found.append(entry.row)
            }
            index = entry.next
        }
        // The chain runs from the last entry to the first.
        return found.reversed()
    }

    /// FNV-1a with a last stirring, because only the low bits choose a head.
    static func hash(_ key: UnsafeRawBufferPointer) -> UInt32 {
        var hash: UInt32 = 2_166_136_261
        for byte in key { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        return hash ^ (hash >> 15)
    }
}
