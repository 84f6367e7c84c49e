extension Temporal {
    /// Orders two values where their precisions decide it. Seconds and their fraction are one precision. Of a value
    /// without an offset it is known that its offset lies between -12 and +14 hours.
    /// - Returns: -1, 0 or 1; `nil` when undecidable (*Comparison*), and where a date meets a time.
    package static func order(_ left: Temporal, _ right: Temporal) -> Int? {
        guard left.isTime == right.isTime else { return nil }
        let isTimed = !left.isTime && min(left.precision, right.precision) >= .hour
        if isTimed, (left.offset == nil) != (right.offset == nil) { return orderUnzoned(left, right) }
        let first = isTimed ? left.components(at: left.offset ?? 0) : left.components(at: 0)
        let second = isTimed ? right.components(at: right.offset ?? 0) : right.components(at: 0)
        let start = left.isTime ? Precision.hour.rawValue : 0
        let common = min(left.precision, right.precision).rawValue
        for index in start...max(common, start) where first[index] != second[index] {
            return first[index] < second[index] ? -1 : 1
        }
        guard left.precision == right.precision else { return nil }
        guard left.precision == .second, left.nanosecond != right.nanosecond else { return 0 }
        return left.nanosecond < right.nanosecond ? -1 : 1
    }

    /// Whether two values are the same, `~` (*Date/Time Equivalence*): as equality, but what cannot be decided is false.
    static func areEquivalent(_ left: Temporal, _ right: Temporal) -> Bool { order(left, right) == 0 }

    private static func orderUnzoned(_ left: Temporal, _ right: Temporal) -> Int? {
        func minutes(_ value: Temporal) -> Int {
            let days = dayNumber(value.year, value.month, value.day)
            let minutes: Int = value.hour * 60 + value.minute
            let offset: Int = value.offset ?? 0
            return days * 1440 + minutes - offset
        }
        // One minute more, for what the precisions leave open.
        let slack = min(left.precision, right.precision) == .hour ? 61 : 1
        let difference = minutes(left) - minutes(right)
        // As UTC, the value without offset may be up to 14 hours earlier and 12 hours later than it reads.
        let least = left.offset == nil ? -840 : -720
        let greatest = left.offset == nil ? 720 : 840
        if difference + least > slack { return 1 }
        if difference + greatest < -slack { return -1 }
        return nil
    }

    /// Year to second in UTC.
    private func components(at offset: Int) -> [Int] {
        guard offset != 0 else { return [year, month, day, hour, minute, second] }
        let minutes = Self.dayNumber(year, month, day) * 1440 + hour * 60 + minute - offset
        let rest = ((minutes % 1440) + 1440) % 1440
        let date = Self.date(ofDay: (minutes - rest) / 1440)
        return [date.year, date.month, date.day, rest / 60, rest % 60, second]
    }
}
