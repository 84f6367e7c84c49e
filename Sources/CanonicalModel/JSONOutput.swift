/// JSON being written: a run of bytes that grows.
struct JSONOutput {
    private(set) var count = 0
    private var base: UnsafeMutablePointer<UInt8>
    private var capacity: Int

    /// The owner calls ``deallocate()`` when it is done.
    init(capacity: Int) {
        self.capacity = max(capacity, 64)
        base = .allocate(capacity: self.capacity)
    }

    func deallocate() { base.deallocate() }

    var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: base, count: count) }

    mutating func append(_ byte: UInt8) {
        reserve(1)
        base[count] = byte
        count += 1
    }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress else { return }
        reserve(bytes.count)
        UnsafeMutableRawPointer(base + count).copyMemory(from: source, byteCount: bytes.count)
        count += bytes.count
    }

    mutating func cut(to position: Int) { count = min(count, max(position, 0)) }

    /// A string with its quotes and escapes (RFC 8259, section 7).
    mutating func appendString(_ bytes: UnsafeRawBufferPointer) {
        // Every byte may need six.
        reserve(bytes.count * 6 + 2)
        base[count] = UInt8(ascii: "\"")
        count += 1
        var index = 0
        while index + 8 <= bytes.count {
            let eight = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            if Self.needsEscape(eight) {
                for position in index..<index + 8 { appendEscaped(bytes[position]) }
            } else {
                UnsafeMutableRawPointer(base + count).storeBytes(of: eight, as: UInt64.self)
                count += 8
            }
            index += 8
        }
        while index < bytes.count {
            appendEscaped(bytes[index])
            index += 1
        }
        base[count] = UInt8(ascii: "\"")
        count += 1
    }

    /// Whether one of eight bytes is a control character, a quotation mark or a backslash. A byte of eight bits is taken
    /// for one too now and then, which costs time and nothing else.
    private static func needsEscape(_ eight: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        let quote = eight ^ (ones &* UInt64(UInt8(ascii: "\"")))
        let backslash = eight ^ (ones &* UInt64(UInt8(ascii: "\\")))
        let control = eight &- ones &* 0x20
        return (control | (quote &- ones) | (backslash &- ones)) & tops != 0
    }

    private mutating func appendEscaped(_ byte: UInt8) {
        guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else {
            base[count] = byte
            count += 1
            return
        }
        escape(byte)
    }

    private mutating func escape(_ byte: UInt8) {
        append(UInt8(ascii: "\\"))
        switch byte {
        case 0x0A: append(UInt8(ascii: "n"))
        case 0x0D: append(UInt8(ascii: "r"))
        case 0x09: append(UInt8(ascii: "t"))
        case 0..<0x20:
            for digit in [UInt8(ascii: "u"), 0x30, 0x30, Self.digit(byte >> 4), Self.digit(byte & 15)] { append(digit) }
        default: append(byte)
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    private mutating func reserve(_ more: Int) {
        guard capacity - count < more else { return }
        capacity = max(count + more, capacity * 2)
        let new = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        new.update(from: base, count: count)
        base.deallocate()
        base = new
    }
}
