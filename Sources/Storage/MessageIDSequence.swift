import struct Foundation.Date

/// UUIDs of version 7 in strictly growing order (RFC 9562, 5.7 and 6.2, method 1): 48 bits of milliseconds and a
/// 12-bit counter that grows within a millisecond and carries into the time when it is full or the clock steps back.
enum MessageIDSequence {
    /// The next id after `previous`, the last one given.
    static func next(after previous: String?, at time: Date) -> MessageID {
        let milliseconds = UInt64(min(max(time.timeIntervalSince1970 * 1000, 0), Double(1 << 47)))
        var ordered = milliseconds << 12
        if let last = previous.flatMap(order) { ordered = max(ordered, last + 1) }
        return MessageID(text(ordered: ordered, random: UInt64.random(in: 0..<(1 << 62))))
    }

    /// The 60 bits of an id that its order depends on.
    private static func order(of id: String) -> UInt64? {
        let digits = id.filter { $0 != "-" }
        guard digits.utf8.count == 32, let high = UInt64(digits.prefix(16), radix: 16) else { return nil }
        return (high >> 16) << 12 | (high & 0xfff)
    }

    private static func text(ordered: UInt64, random: UInt64) -> String {
        let version: UInt64 = 7
        let high = (ordered >> 12) << 16 | version << 12 | (ordered & 0xfff)
        let variant: UInt64 = 0b10
        let digits = padded(high) + padded(variant << 62 | random)
        var groups: [Substring] = []
        var rest = digits[...]
        for length in [8, 4, 4, 4, 12] {
            groups.append(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        return groups.joined(separator: "-")
    }

    private static func padded(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
