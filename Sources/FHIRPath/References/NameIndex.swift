/// Nodes by names made of bytes. Names are kept here, behind each other, whatever they were put together from.
struct NameIndex {
    private struct Entry {
        let hash: UInt32
        /// The entry before this one under the same head, or -1.
        let next: Int32
        let start: Int32
        let length: Int32
        var node: Int32?
    }

    private var heads: [Int32] = []
    private var entries: [Entry] = []
    private var text: [UInt8] = []

    /// Adds a node under a name, which `write` puts together. Where several have one name the first keeps it, or, when
    /// `isUnique`, it leads nowhere.
    mutating func add(_ node: Int, isUnique: Bool = false, _ write: (inout [UInt8]) -> Void) {
        let start = text.count
        write(&text)
        let (hash, known) = text.withUnsafeBytes { text in
            let name = UnsafeRawBufferPointer(rebasing: text[start...])
            let hash = JoinTable.hash(name)
            return (hash, find(name, hash, in: text))
        }
        if let known {
            text.removeLast(text.count - start)
            if isUnique, entries[known].node != Int32(node) { entries[known].node = nil }
            return
        }
        if entries.count * 2 >= heads.count { spread() }
        let head = Int(hash) & (heads.count - 1)
        entries.append(
            Entry(
                hash: hash, next: heads[head], start: Int32(start), length: Int32(text.count - start),
                node: Int32(node)))
        heads[head] = Int32(entries.count - 1)
    }

    subscript(name: UnsafeRawBufferPointer) -> Int? {
        text.withUnsafeBytes { find(name, JoinTable.hash(name), in: $0) }.flatMap { entries[$0].node }.map(Int.init)
    }

    private func find(_ name: UnsafeRawBufferPointer, _ hash: UInt32, in text: UnsafeRawBufferPointer) -> Int? {
        guard !heads.isEmpty else { return nil }
        var index = heads[Int(hash) & (heads.count - 1)]
        while index >= 0 {
            let entry = entries[Int(index)]
            let start = Int(entry.start)
            if entry.hash == hash,
                Evaluator.isEqual(UnsafeRawBufferPointer(rebasing: text[start..<start + Int(entry.length)]), name)
            {
                return Int(index)
            }
            index = entry.next
        }
        return nil
    }

    /// Doubles the heads and hangs every entry under its own again.
    private mutating func spread() {
        heads = Array(repeating: -1, count: max(64, heads.count * 2))
        for index in entries.indices {
            let head = Int(entries[index].hash) & (heads.count - 1)
            entries[index] = Entry(
                hash: entries[index].hash, next: heads[head], start: entries[index].start,
                length: entries[index].length, node: entries[index].node)
            heads[head] = Int32(index)
        }
    }
}
