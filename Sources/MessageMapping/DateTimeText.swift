import CanonicalModel

/// Brings a date or time into the form of the canonical model: as precise as the source, seconds whole, and every time
/// with an offset, which is London's where the source gives none (canonical-model, *Dates*).
enum DateTimeText {
    /// What a time without an offset means, and whether one that is there is believed.
    enum Reading {
        /// Offsets are kept; without one it is London wall time.
        case stated
        /// An offset of nothing (`Z`, `+00:00`) is only decoration: London wall time.
        case london
        /// A format whose bare times are UTC.
        case utc
    }

    struct Result {
        /// Empty when the text is no date.
        var bytes: [UInt8] = []
        /// A stable code, when London's clocks show the time twice or never.
        var issue: String?
        /// Whether it is a moment: a time with an offset.
        var isInstant = false
    }

    static func normalised(_ text: UnsafeRawBufferPointer, as reading: Reading = .stated) -> Result {
        guard let date = PartialDate(utf8: Array(text)[...]) else { return Result() }
        guard date.precision >= .minute else { return Result(bytes: Array(text)) }
        let wall = Array(text.prefix(16)) + (date.precision == .minute ? Array(":00".utf8) : Array(text[16..<19]))
        if let offset = date.offsetMinutes, reading != .london || offset != 0 {
            let start = text.lastIndex { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "Z") }
            return Result(bytes: wall + Array(text[(start ?? text.count)...]), isInstant: true)
        }
        if reading == .utc { return Result(bytes: wall + Array("Z".utf8), isInstant: true) }
        let london = LondonTime.offset(
            year: date.year, month: date.month, day: date.day, hour: date.hour, minute: date.minute)
        switch london {
        case .certain(let offset): return Result(bytes: wall + suffix(offset), isInstant: true)
        case .repeated(let offset):
            return Result(bytes: wall + suffix(offset), issue: "time-repeated", isInstant: true)
        case .nonexistent: return Result(bytes: Array(text.prefix(10)), issue: "time-nonexistent")
        }
    }

    private static func suffix(_ offset: Int) -> [UInt8] { Array((offset == 60 ? "+01:00" : "+00:00").utf8) }
}
