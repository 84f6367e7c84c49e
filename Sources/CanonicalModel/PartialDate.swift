/// A date as precise as its source knew it: FHIR R4 `dateTime` text (*Datatypes*, dateTime), whose length is its
/// precision. Minutes without seconds are also read; a fraction of a second is cut.
package struct PartialDate: Sendable, Hashable {
    package enum Precision: Int, Sendable, Comparable {
        case year, month, day, minute, second

        package static func < (lhs: Precision, rhs: Precision) -> Bool { lhs.rawValue < rhs.rawValue }
    }

    package enum Order: Sendable { case before, same, after }

    package let precision: Precision
    package let year: Int
    /// 1 where the precision is a year.
    package let month: Int
    /// 1 where the precision is a year or month.
    package let day: Int
    package let hour: Int
    package let minute: Int
    package let second: Int
    /// Minutes east of UTC; nil where none is stated, and for a date without a time.
    package let offsetMinutes: Int?

    /// Nil when the text is no such date, or the day or the time does not exist in the calendar.
    package init?(_ text: some StringProtocol) {
        guard let parsed = Array(text.utf8).withUnsafeBytes({ PartialDate(utf8: $0) }) else { return nil }
        self = parsed
    }

    package init?(utf8 bytes: UnsafeRawBufferPointer) {
        guard let parsed = Self.isFull(bytes) ? PartialDate(full: bytes) : PartialDate(scanning: bytes) else {
            return nil
        }
        self = parsed
    }

    private init?(scanning bytes: UnsafeRawBufferPointer) {
        var scanner = DateScanner(bytes)
        var precision = Precision.year
        var fields = (month: 1, day: 1, hour: 0, minute: 0, second: 0)
        var offset: Int?
        guard let year = scanner.number(4) else { return nil }
        if scanner.take("-") {
            guard let month = scanner.number(2) else { return nil }
            (precision, fields.month) = (.month, month)
            if scanner.take("-") {
                guard let day = scanner.number(2) else { return nil }
                (precision, fields.day) = (.day, day)
                if scanner.take("T") {
                    guard let hour = scanner.number(2), scanner.take(":"), let minute = scanner.number(2) else {
                        return nil
                    }
                    (precision, fields.hour, fields.minute) = (.minute, hour, minute)
                    if scanner.take(":") {
                        guard let second = scanner.number(2), scanner.skipFraction() else { return nil }
                        (precision, fields.second) = (.second, second)
                    }
                    guard scanner.offset(&offset) else { return nil }
                }
            }
        }
        // A leap second is sixty (FHIR allows it).
        guard scanner.isAtEnd, CivilDate(year: year, month: fields.month, day: fields.day) != nil, fields.hour < 24,
            fields.minute < 60, fields.second <= 60
        else { return nil }
        self.precision = precision
        self.year = year
        (month, day, hour, minute, second) = fields
        offsetMinutes = offset
    }

    /// Whether the marks of a date with hours, minutes and seconds stand where they do in most dates of most messages.
    private static func isFull(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.count >= 19 && bytes[4] == UInt8(ascii: "-") && bytes[7] == UInt8(ascii: "-")
            && bytes[10] == UInt8(ascii: "T") && bytes[13] == UInt8(ascii: ":") && bytes[16] == UInt8(ascii: ":")
    }

    private init?(full bytes: UnsafeRawBufferPointer) {
        /// Negative when one of two bytes is no digit.
        func two(_ index: Int) -> Int {
            let tens = bytes[index] &- 0x30
            let ones = bytes[index + 1] &- 0x30
            return tens > 9 || ones > 9 ? -10_000 : Int(tens) * 10 + Int(ones)
        }
        precision = .second
        year = two(0) * 100 + two(2)
        (month, day, hour, minute, second) = (two(5), two(8), two(11), two(14), two(17))
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
            day <= CivilDate.days(inMonth: month, of: year),
            (0..<24).contains(hour), (0..<60).contains(minute), (0...60).contains(second)
        else { return nil }
        var scanner = DateScanner(UnsafeRawBufferPointer(rebasing: bytes[19...]))
        var offset: Int?
        guard scanner.skipFraction(), scanner.offset(&offset), scanner.isAtEnd else { return nil }
        offsetMinutes = offset
    }

    package var hasTime: Bool { precision == .minute || precision == .second }
    package var hasSeconds: Bool { precision == .second }

    /// The day as written; nil when only a year or month is known.
    package var civilDate: CivilDate? {
        precision >= .day ? CivilDate(year: year, month: month, day: day) : nil
    }

    /// Whether this lies before another, after it, or is the same; nil when their precision does not tell.
    ///
    /// A date without an offset is a London one (canonical model, *Dates*), so against it a moment counts at the hour
    /// that London's clocks showed.
    package func order(to other: PartialDate) -> Order? {
        let inUTC = offsetMinutes != nil && other.offsetMinutes != nil
        let mine = span(inUTC: inUTC)
        let theirs = other.span(inUTC: inUTC)
        if mine.upperBound <= theirs.lowerBound { return .before }
        if theirs.upperBound <= mine.lowerBound { return .after }
        return mine == theirs ? .same : nil
    }

    package func isBefore(_ other: PartialDate) -> Bool? { order(to: other).map { $0 == .before } }

    /// The seconds that it may stand for, counted from 1970 in UTC or on London's clocks.
    private func span(inUTC: Bool) -> Range<Int> {
        let start = CivilDate.daysFromCivil(year: year, month: month, day: day)
        switch precision {
        case .year: return start * 86_400..<CivilDate.daysFromCivil(year: year + 1, month: 1, day: 1) * 86_400
        case .month: return start * 86_400..<(start + CivilDate.days(inMonth: month, of: year)) * 86_400
        case .day: return start * 86_400..<(start + 1) * 86_400
        case .minute, .second:
            var seconds = start * 86_400 + hour * 3600 + minute * 60 + second
            if let offsetMinutes {
                seconds -= offsetMinutes * 60
                if !inUTC { seconds += LondonTime.offset(atSecondsSince1970: seconds) * 60 }
            }
            return seconds..<seconds + (precision == .minute ? 60 : 1)
        }
    }
}

extension PartialDate: CustomStringConvertible {
    /// The text of the canonical model: as precise as the value, minutes with `:00` seconds.
    package var description: String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
        var text = String(repeating: "0", count: 4 - String(year).count) + String(year)
        if precision >= .month { text += "-" + two(month) }
        if precision >= .day { text += "-" + two(day) }
        if precision >= .minute { text += "T\(two(hour)):\(two(minute)):\(two(second))" }
        if let offsetMinutes {
            let minutes = abs(offsetMinutes)
            text +=
                offsetMinutes == 0 ? "Z" : "\(offsetMinutes < 0 ? "-" : "+")\(two(minutes / 60)):\(two(minutes % 60))"
        }
        return text
    }
}

private struct DateScanner {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var isAtEnd: Bool { position >= bytes.count }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    mutating func number(_ count: Int) -> Int? {
        var value = 0
        for _ in 0..<count {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    mutating func skipFraction() -> Bool {
        guard take(".") else { return true }
        guard digit() != nil else { return false }
        while digit() != nil {}
        return true
    }

    /// `Z`, `+01:00` or nothing.
    mutating func offset(_ minutes: inout Int?) -> Bool {
        if isAtEnd { return true }
        if take("Z") {
            minutes = 0
            return true
        }
        let isWest = next == UInt8(ascii: "-")
        guard take("+") || take("-"), let hour = number(2), take(":"), let minute = number(2), minute < 60,
            hour * 60 + minute <= 14 * 60
        else { return false }
        minutes = (hour * 60 + minute) * (isWest ? -1 : 1)
        return true
    }

    private mutating func digit() -> Int? {
        guard let byte = next, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
        position += 1
        return Int(byte - UInt8(ascii: "0"))
    }
}
