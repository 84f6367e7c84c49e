/// Europe/London wall time and UTC, from the rules in the time zone database (tzdata, file `europe`, *GB-Eire* and *EU*),
/// in whole numbers. Later than 1995 the clocks go forward on the last Sunday of March and back on the last of October,
/// at 01:00 UTC. Before 27 October 1968 it knows no summer time.
package enum LondonTime {
    /// What a wall time means.
    package enum Resolution: Sendable, Equatable {
        /// The one offset from UTC, in minutes.
        case certain(Int)
        /// The clocks show it twice, in autumn; the offset of the first time, in minutes.
        case repeated(Int)
        /// The clocks leap over it, in spring.
        case nonexistent

        /// Minutes to take from the wall time for UTC; nil when there is no such time.
        package var offsetMinutes: Int? {
            switch self {
            case .certain(let minutes), .repeated(let minutes): minutes
            case .nonexistent: nil
            }
        }
    }

    /// The offset of a wall time. Seconds do not matter to it.
    package static func offset(year: Int, month: Int, day: Int, hour: Int, minute: Int) -> Resolution {
        // Since 1996 only March and October have both: nothing to work out in ten months of the year.
        if year >= 1996, month != 3, month != 10 { return .certain((4...9).contains(month) ? 60 : 0) }
        let days = CivilDate.daysFromCivil(year: year, month: month, day: day)
        let wall = days * 1440 + hour * 60 + minute
        let isSummerTime = isSummer(utcMinutes: wall - 60)
        switch (isSummerTime, !isSummer(utcMinutes: wall)) {
        case (true, false): return .certain(60)
        case (false, true): return .certain(0)
        case (true, true): return .repeated(60)
        case (false, false): return .nonexistent
        }
    }

    /// The offset at a moment, in minutes.
    package static func offset(atSecondsSince1970 seconds: Int) -> Int {
        isSummer(utcMinutes: floorDivision(seconds, by: 60)) ? 60 : 0
    }

    private static func isSummer(utcMinutes: Int) -> Bool {
        // British Standard Time: from 27 October 1968 to 31 October 1971, 02:00 UTC, summer and winter.
        if utcMinutes < standardTimeEnd { return utcMinutes >= standardTimeStart }
        let year = CivilDate(daysSince1970: floorDivision(utcMinutes, by: 1440)).year
        return utcMinutes >= start(of: year) && utcMinutes < end(of: year)
    }

    private static let standardTimeStart = CivilDate.daysFromCivil(year: 1968, month: 10, day: 26) * 1440 + 23 * 60
    private static let standardTimeEnd = CivilDate.daysFromCivil(year: 1971, month: 10, day: 31) * 1440 + 120

    private static func start(of year: Int) -> Int {
        year <= 1980
            ? sunday(onOrAfter: 16, month: 3, year) * 1440 + 120 : sunday(onOrAfter: 25, month: 3, year) * 1440 + 60
    }

    private static func end(of year: Int) -> Int {
        switch year {
        case ...1980: sunday(onOrAfter: 23, month: 10, year) * 1440 + 120
        case ...1989: sunday(onOrAfter: 23, month: 10, year) * 1440 + 60
        case ...1995: sunday(onOrAfter: 22, month: 10, year) * 1440 + 60
        default: sunday(onOrAfter: 25, month: 10, year) * 1440 + 60
        }
    }

    /// Days since 1970. From the 25th on it is the last Sunday of a month of 31 days.
    private static func sunday(onOrAfter day: Int, month: Int, _ year: Int) -> Int {
        let days = CivilDate.daysFromCivil(year: year, month: month, day: day)
        return days + (7 - CivilDate.weekday(daysSince1970: days)) % 7
    }
}
