import CanonicalModel

/// Brings a date or time into the form of the canonical model: as precise as the source, seconds whole, and every time
/// with an offset, which is London's where the source gives none (canonical-model, *Dates*).
struct DateTimeText {
    /// What a time without an offset means, and whether one that is there is believed.
    enum Reading {
        /// Offsets are kept; without one it is London wall time.
        case stated
        /// An offset of nothing (`Z`, `+00:00`) is only decoration: London wall time.
        case london
        /// A format whose bare times are UTC.
        case utc
    }

    /// `2026-10-25T01:30:00+01:00` and shorter. Nothing is allocated: dates are what messages are full of.
    private var storage = InlineArray<32, UInt8>(repeating: 0)
    /// Zero when the text is no date.
    private(set) var count = 0
    /// A stable code, when London's clocks show the time twice or never.
    private(set) var issue: String?
    /// Whether it is a moment: a time with an offset.
    private(set) var isInstant = false

    var isDate: Bool { count > 0 }

    /// Marks of texts that are already what ``DateTimeText`` makes of them (``Value/mark``).
    static let dateMark: Int64 = 1
    static let momentMark: Int64 = 2

    var mark: Int64 { isInstant ? Self.momentMark : Self.dateMark }

    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        withUnsafeBytes(of: storage) { body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }

    init(_ text: UnsafeRawBufferPointer, as reading: Reading = .stated) { read(text, as: reading) }

    private mutating func read(_ text: UnsafeRawBufferPointer, as reading: Reading) {
        guard let date = PartialDate(utf8: text) else { return }
        guard date.hasTime else { return append(text) }
        append(UnsafeRawBufferPointer(rebasing: text[..<16]))
        if !date.hasSeconds {
            append(":00")
        } else {
            append(UnsafeRawBufferPointer(rebasing: text[16..<19]))
        }
        isInstant = true
        if let offset = date.offsetMinutes, reading != .london || offset != 0 {
            let length = text[text.count - 1] == UInt8(ascii: "Z") ? 1 : 6
            return append(UnsafeRawBufferPointer(rebasing: text[(text.count - length)...]))
        }
        if reading == .utc { return append("Z") }
        let london = LondonTime.offset(
            year: date.year, month: date.month, day: date.day, hour: date.hour, minute: date.minute)
        switch london {
        case .certain(let offset): append(offset == 60 ? "+01:00" : "+00:00")
        case .repeated(let offset):
            append(offset == 60 ? "+01:00" : "+00:00")
            issue = "time-repeated"
        case .nonexistent:
            count = 10
            isInstant = false
            issue = "time-nonexistent"
        }
    }

    private mutating func append(_ bytes: UnsafeRawBufferPointer) {
        for byte in bytes {
            storage[count] = byte
            count += 1
        }
    }

    private mutating func append(_ text: StaticString) {
        for index in 0..<text.utf8CodeUnitCount {
            storage[count] = text.utf8Start[index]
            count += 1
        }
    }
}
