/// A date, a dateTime or a time with its precision (FHIRPath 2.0, *Date*, *DateTime*, *Time*).
package struct Temporal: Sendable, Equatable {
    package enum Precision: Int, Sendable, Comparable {
        case year, month, day, hour, minute, second

        package static func < (lhs: Precision, rhs: Precision) -> Bool { lhs.rawValue < rhs.rawValue }
    }

    package internal(set) var year = 1
    package internal(set) var month = 1
    package internal(set) var day = 1
    package internal(set) var hour = 0
    package internal(set) var minute = 0
    package internal(set) var second = 0
    package internal(set) var nanosecond = 0
    /// Digits written after the second's point, up to nine.
    package internal(set) var fractionDigits = 0
    /// Minutes east of UTC.
    package internal(set) var offset: Int?
    /// Whether the offset is written `Z`.
    var isZulu = false
    package internal(set) var precision = Precision.year
    var isTime = false

    /// A date or dateTime, as in `2026`, `2026-10`, `2026-10-25`, `2026-10-25T09:30:00.000+01:00`.
    package init?(dateTime text: String) {
        var text = text
        guard let parsed = text.withUTF8({ Temporal(dateTime: UnsafeRawBufferPointer($0)) }) else { return nil }
        self = parsed
    }

    /// A time, as in `09:30`.
    package init?(time text: String) {
        var text = text
        guard let parsed = text.withUTF8({ Temporal(time: UnsafeRawBufferPointer($0)) }) else { return nil }
        self = parsed
    }

    package init?(dateTime text: UnsafeRawBufferPointer) {
        var cursor = Cursor(text: text)
        guard let year = cursor.digits(4) else { return nil }
        self.year = year
        if cursor.isAtEnd { return }
        guard cursor.take("-"), let month = cursor.digits(2), (1...12).contains(month) else { return nil }
        self.month = month
        precision = .month
        if cursor.isAtEnd { return }
        guard cursor.take("-"), let day = cursor.digits(2), day >= 1, day <= Self.days(in: month, of: year) else {
            return nil
        }
        self.day = day
        precision = .day
        if cursor.isAtEnd { return }
        guard cursor.take("T") else { return nil }
        if cursor.isAtEnd { return }
        guard readTime(&cursor), readOffset(&cursor), cursor.isAtEnd else { return nil }
    }

    package init?(time text: UnsafeRawBufferPointer) {
        var cursor = Cursor(text: text)
        isTime = true
        guard readTime(&cursor), cursor.isAtEnd else { return nil }
    }

    private mutating func readTime(_ cursor: inout Cursor) -> Bool {
        guard let hour = cursor.digits(2), hour < 24 else { return false }
        self.hour = hour
        precision = .hour
        guard cursor.take(":") else { return true }
        guard let minute = cursor.digits(2), minute < 60 else { return false }
        self.minute = minute
        precision = .minute
        guard cursor.take(":") else { return true }
        guard let second = cursor.digits(2), second < 60 else { return false }
        self.second = second
        precision = .second
        guard cursor.take(".") else { return true }
        guard let fraction = cursor.fraction() else { return false }
        nanosecond = fraction.nanoseconds
        fractionDigits = fraction.digits
        return true
    }

    private mutating func readOffset(_ cursor: inout Cursor) -> Bool {
        if cursor.isAtEnd { return true }
        if cursor.take("Z") {
            offset = 0
            isZulu = true
            return true
        }
        let sign = cursor.take("-") ? -1 : cursor.take("+") ? 1 : 0
        guard sign != 0, let hours = cursor.digits(2), hours <= 14, cursor.take(":"), let minutes = cursor.digits(2),
            minutes < 60
        else { return false }
        offset = sign * (hours * 60 + minutes)
        return true
    }

    static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1 March of year 0 in the proleptic Gregorian calendar.
    static func dayNumber(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    }

    static func date(ofDay number: Int) -> (year: Int, month: Int, day: Int) {
        let era = (number - (number < 0 ? 146_096 : 0)) / 146_097
        let dayOfEra = number - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted + (shifted < 10 ? 3 : -9)
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }
}

/// Reads digits and marks off a text.
private struct Cursor {
    let text: UnsafeRawBufferPointer
    var index = 0

    init(text: UnsafeRawBufferPointer) { self.text = text }

    var isAtEnd: Bool { index >= text.count }

    mutating func digits(_ count: Int) -> Int? {
        guard index + count <= text.count else { return nil }
        var value = 0
        for byte in text[index..<index + count] {
            guard (0x30...0x39).contains(byte) else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        index += count
        return value
    }

    /// One or more digits after the point, as nanoseconds; digits beyond the ninth are cut.
    mutating func fraction() -> (nanoseconds: Int, digits: Int)? {
        var value = 0
        var count = 0
        while index < text.count, (0x30...0x39).contains(text[index]) {
            if count < 9 { value = value * 10 + Int(text[index] - 0x30) }
            count += 1
            index += 1
        }
        guard count > 0 else { return nil }
        for _ in min(count, 9)..<9 { value *= 10 }
        return (value, min(count, 9))
    }

    mutating func take(_ mark: Unicode.Scalar) -> Bool {
        guard index < text.count, text[index] == UInt8(ascii: mark) else { return false }
        index += 1
        return true
    }
}
