/// Adding calendar durations (FHIRPath 2.0, *Date/Time Arithmetic*).
extension Temporal {
    /// Why a duration cannot be added.
    enum ArithmeticFault: Error {
        /// The unit does not go with a time of day.
        case wrongUnit
        /// The year leaves 1 to 9999.
        case outOfRange
    }

    /// The value later by an amount of a unit, or earlier when the amount is negative. A unit finer than the value is
    /// first converted to the value's precision, and what is left over is dropped.
    func adding(_ amount: DecimalNumber, _ unit: CalendarUnit) throws(ArithmeticFault) -> Temporal {
        if isTime, unit.rawValue < CalendarUnit.hour.rawValue { throw .wrongUnit }
        let isFine = precision == .second && unit.rawValue >= CalendarUnit.second.rawValue
        if isFine { return try adding(nanoseconds: Self.nanoseconds(amount, unit)) }
        guard var count = Int(exactly: amount.truncated), abs(count) < 1 << 50 else { throw .outOfRange }
        var unit = unit
        if unit == .week {
            count *= 7
            unit = .day
        }
        (count, unit) = coarsened(count, unit)
        switch unit {
        case .year: return try adding(months: count * 12)
        case .month: return try adding(months: count)
        case .day: return try adding(days: count)
        case .hour: return try adding(nanoseconds: Int128(count) * 3_600_000_000_000)
        default: return try adding(nanoseconds: Int128(count) * 60_000_000_000)
        }
    }

    private static func nanoseconds(_ amount: DecimalNumber, _ unit: CalendarUnit) throws(ArithmeticFault) -> Int128 {
        let scale = DecimalNumber(digits: unit == .second ? 1_000_000_000 : 1_000_000, places: 0)
        guard let product = DecimalNumber.product(amount, scale), product.truncated.magnitude < 1 << 90 else {
            throw .outOfRange
        }
        return product.truncated
    }

    /// A count of a unit that the value does not go down to, as a count of its finest one.
    private func coarsened(_ count: Int, _ unit: CalendarUnit) -> (Int, CalendarUnit) {
        let finest: CalendarUnit =
            switch precision {
            case .year: .year
            case .month: .month
            case .day: .day
            case .hour: .hour
            case .minute: .minute
            case .second: .millisecond
            }
        guard unit.rawValue > finest.rawValue else { return (count, unit) }
        if unit == .month, finest == .year { return (count / 12, .year) }
        let whole = Int128(count) * unit.milliseconds / finest.milliseconds
        return (Int(clamping: whole), finest)
    }

    private func adding(months: Int) throws(ArithmeticFault) -> Temporal {
        let total = year * 12 + month - 1 + months
        guard total >= 12, total < 10_000 * 12 else { throw .outOfRange }
        var result = self
        result.year = total / 12
        result.month = total % 12 + 1
        result.day = min(day, Self.days(in: result.month, of: result.year))
        return result
    }

    private func adding(days: Int) throws(ArithmeticFault) -> Temporal {
        guard abs(days) < 4_000_000 else { throw .outOfRange }
        let date = Self.date(ofDay: Self.dayNumber(year, month, day) + days)
        guard (1...9999).contains(date.year) else { throw .outOfRange }
        var result = self
        (result.year, result.month, result.day) = date
        return result
    }

    private func adding(nanoseconds: Int128) throws(ArithmeticFault) -> Temporal {
        let day: Int128 = 86_400_000_000_000
        let now = Int128((hour * 60 + minute) * 60 + second) * 1_000_000_000 + Int128(nanosecond)
        let total = now + nanoseconds
        let rest = ((total % day) + day) % day
        var result = self
        if !isTime {
            guard let days = Int(exactly: (total - rest) / day) else { throw .outOfRange }
            result = try adding(days: days)
        }
        result.nanosecond = Int(rest % 1_000_000_000)
        let seconds = Int(rest / 1_000_000_000)
        (result.hour, result.minute, result.second) = (seconds / 3600, seconds / 60 % 60, seconds % 60)
        if precision == .second { result.fractionDigits = max(fractionDigits, Self.digits(result.nanosecond)) }
        return result
    }

    /// How many digits a fraction needs: none, three, six or nine.
    private static func digits(_ nanosecond: Int) -> Int {
        if nanosecond == 0 { return 0 }
        return nanosecond % 1_000_000 == 0 ? 3 : nanosecond % 1000 == 0 ? 6 : 9
    }
}

extension Temporal: CustomStringConvertible {
    /// As FHIRPath writes it, without `@`.
    package var description: String {
        var text = ""
        if !isTime {
            text = Self.padded(year, 4)
            if precision >= .month { text += "-" + Self.padded(month, 2) }
            if precision >= .day { text += "-" + Self.padded(day, 2) }
            if precision < .hour { return text }
            text += "T"
        }
        text += Self.padded(hour, 2)
        if precision >= .minute { text += ":" + Self.padded(minute, 2) }
        if precision >= .second { text += ":" + Self.padded(second, 2) }
        if precision == .second, fractionDigits > 0 {
            text += "." + Self.padded(nanosecond, 9).prefix(fractionDigits)
        }
        return text + offsetText
    }

    private var offsetText: String {
        guard let offset else { return "" }
        if isZulu { return "Z" }
        return (offset < 0 ? "-" : "+") + Self.padded(abs(offset) / 60, 2) + ":" + Self.padded(abs(offset) % 60, 2)
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
