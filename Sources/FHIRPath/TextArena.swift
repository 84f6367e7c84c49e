/// The texts that an evaluation makes, behind each other. When it grows, the memory it had is kept until the end, so that
/// a pointer to a text stays good as long as the evaluation.
struct TextArena {
    private(set) var count = 0
    private var base: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private var outgrown: [UnsafeMutablePointer<UInt8>] = []

    /// The owner calls ``deallocate()`` when it is done.
    init(capacity: Int) {
        self.capacity = capacity
        base = .allocate(capacity: capacity)
    }

    func deallocate() {
        base.deallocate()
        for block in outgrown { block.deallocate() }
    }

    func bytes(_ offset: Int, _ length: Int) -> UnsafeRawBufferPointer {
        precondition(offset >= 0 && length >= 0 && offset + length <= count, "beyond the texts")
        return UnsafeRawBufferPointer(start: base + offset, count: length)
    }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress, bytes.count > 0 else { return }
        reserve(bytes.count)
        UnsafeMutableRawPointer(base + count).copyMemory(from: source, byteCount: bytes.count)
        count += bytes.count
    }

    mutating func append(contentsOf bytes: some Sequence<UInt8>) {
        let isDone: Void? = bytes.withContiguousStorageIfAvailable { append(UnsafeRawBufferPointer($0)) }
        if isDone != nil { return }
        for byte in bytes {
            reserve(1)
            base[count] = byte
            count += 1
        }
    }

    mutating func cut(to position: Int) { count = min(count, max(position, 0)) }

    private mutating func reserve(_ more: Int) {
        guard capacity - count < more else { return }
        capacity = max(count + more, capacity * 2)
        let new = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        new.update(from: base, count: count)
        outgrown.append(base)
        base = new
    }
}
