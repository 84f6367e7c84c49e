/// A day of the Gregorian calendar, without a time or a zone.
package struct CivilDate: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let year: Int
    /// 1 to 12.
    package let month: Int
    /// 1 to 31.
    package let day: Int

    /// Nil when there is no such day. Years are 1 to 9999.
    package init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month),
            day >= 1, day <= Self.days(inMonth: month, of: year)
        else { return nil }
        self.init(uncheckedYear: year, month, day)
    }

    private init(uncheckedYear year: Int, _ month: Int, _ day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// The day that lies so many days after 1 January 1970, or before it when negative.
    ///
    /// The calendar is counted in years that begin on 1 March, so that a leap day is a year's last
    /// (H. Hinnant, *chrono-Compatible Low-Level Date Algorithms*).
    package init(daysSince1970 days: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        self.init(
            uncheckedYear: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month,
            dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }

    /// The day it is in London at a moment.
    package static func inLondon(from secondsSince1970: Int) -> CivilDate {
        let seconds = secondsSince1970 + LondonTime.offset(atSecondsSince1970: secondsSince1970) * 60
        return CivilDate(daysSince1970: floorDivision(seconds, by: 86_400))
    }

    package var daysSince1970: Int { Self.daysFromCivil(year: year, month: month, day: day) }

    /// Days from 1 January 1970 to a day; negative before it. The day need not exist: 31 April is 1 May.
    package static func daysFromCivil(year: Int, month: Int, day: Int) -> Int {
        let year = month <= 2 ? year - 1 : year
        let era = floorDivision(year, by: 400)
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    package static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    package static func isLeap(_ year: Int) -> Bool {
        year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
    }

    /// 0 is Sunday, 6 Saturday.
    package static func weekday(daysSince1970 days: Int) -> Int {
        // 1 January 1970 was a Thursday.
        let remainder = (days + 4) % 7
        return remainder < 0 ? remainder + 7 : remainder
    }

    /// The same day some years later, as ages are reached: a person born on 29 February reaches one on 1 March when the
    /// year has no 29 February, since no birthday comes before it (practice in England and Wales).
    package func adding(years: Int) -> CivilDate {
        let later = year + years
        guard month == 2, day == 29, !Self.isLeap(later) else {
            return CivilDate(uncheckedYear: later, month, day)
        }
        return CivilDate(uncheckedYear: later, 3, 1)
    }

    package func adding(days: Int) -> CivilDate { CivilDate(daysSince1970: daysSince1970 + days) }

    package static func < (lhs: CivilDate, rhs: CivilDate) -> Bool {
        (lhs.year, lhs.month, lhs.day) < (rhs.year, rhs.month, rhs.day)
    }

    /// `2018-05-15`.
    package var description: String {
        func padded(_ number: Int, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }
}

/// Division that rounds towards minus infinity, as counting days before 1970 needs.
func floorDivision(_ number: Int, by divisor: Int) -> Int {
    let (quotient, remainder) = number.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
}
