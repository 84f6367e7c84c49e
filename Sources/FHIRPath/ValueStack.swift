/// A stack of plain values. Collections are runs of it: whoever asks for one takes it off again.
struct ValueStack {
    private(set) var count = 0
    private var base: UnsafeMutablePointer<Value>
    private var capacity: Int

    /// The owner calls ``deallocate()`` when it is done.
    init(capacity: Int) {
        self.capacity = capacity
        base = .allocate(capacity: capacity)
    }

    func deallocate() { base.deallocate() }

    subscript(position: Int) -> Value {
        get {
            precondition(position >= 0 && position < count, "beyond the stack")
            return base[position]
        }
        set {
            precondition(position >= 0 && position < count, "beyond the stack")
            base[position] = newValue
        }
    }

    subscript(range: Range<Int>) -> [Value] {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "beyond the stack")
        return Array(UnsafeBufferPointer(start: base + range.lowerBound, count: range.count))
    }

    subscript(range: PartialRangeFrom<Int>) -> [Value] { self[range.lowerBound..<max(range.lowerBound, count)] }

    mutating func append(_ value: Value) {
        if count == capacity { grow() }
        (base + count).initialize(to: value)
        count += 1
    }

    /// Takes everything off from a position on.
    mutating func cut(to position: Int) { count = min(count, max(position, 0)) }

    /// Takes a run out from below what lies on it.
    mutating func removeSubrange(_ range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "beyond the stack")
        let rest = count - range.upperBound
        if rest > 0, !range.isEmpty {
            (base + range.lowerBound).update(from: base + range.upperBound, count: rest)
        }
        count -= range.count
    }

    mutating func removeSubrange(_ range: PartialRangeFrom<Int>) { cut(to: range.lowerBound) }

    mutating func replaceSubrange(_ range: PartialRangeFrom<Int>, with values: [Value]) {
        cut(to: range.lowerBound)
        for value in values { append(value) }
    }

    private mutating func grow() {
        let new = UnsafeMutablePointer<Value>.allocate(capacity: capacity * 2)
        new.update(from: base, count: count)
        base.deallocate()
        base = new
        capacity *= 2
    }
}
