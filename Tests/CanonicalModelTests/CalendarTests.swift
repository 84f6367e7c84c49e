import CanonicalModel
import Testing

import struct Foundation.Calendar
import struct Foundation.Date
import struct Foundation.TimeZone

@Suite("Days and London's clocks")
struct CalendarTests {
    private let london = TimeZone(identifier: "Europe/London")

    @Test("Every hour from 1972 to 2037 has the offset that the time zone database gives it")
    func offsets() throws {
        let london = try #require(london)
        let start = CivilDate.daysFromCivil(year: 1972, month: 1, day: 1) * 24
        let end = CivilDate.daysFromCivil(year: 2038, month: 1, day: 1) * 24
        var wrong: [Int] = []
        for hour in start..<end {
            let seconds = hour * 3600
            let expected = london.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds))) / 60
            if LondonTime.offset(atSecondsSince1970: seconds) != expected { wrong.append(seconds) }
        }
        #expect(wrong.isEmpty, "\(wrong.count) hours, first \(wrong.first ?? 0)")
    }

    @Test("Every wall hour from 1996 to 2037 is certain, repeated or nonexistent, as its neighbours in UTC say")
    func wallTimes() throws {
        let london = try #require(london)
        func offset(_ seconds: Int) -> Int {
            london.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds))) / 60
        }
        var wrong: [CivilDate] = []
        var repeated = 0
        var nonexistent = 0
        for days in CivilDate.daysFromCivil(
            year: 1996, month: 1, day: 1)..<CivilDate.daysFromCivil(year: 2038, month: 1, day: 1)
        {
            let date = CivilDate(daysSince1970: days)
            for hour in 0..<24 {
                let wall = days * 86_400 + hour * 3600 + 1800
                let expected: LondonTime.Resolution =
                    switch (offset(wall - 3600) == 60, offset(wall) == 0) {
                    case (true, true): .repeated(60)
                    case (true, false): .certain(60)
                    case (false, true): .certain(0)
                    case (false, false): .nonexistent
                    }
                let found = LondonTime.offset(year: date.year, month: date.month, day: date.day, hour: hour, minute: 30)
                if found != expected { wrong.append(date) }
                if case .repeated = found { repeated += 1 }
                if found == .nonexistent { nonexistent += 1 }
            }
        }
        #expect(wrong.isEmpty)
        #expect(repeated == 42)
        #expect(nonexistent == 42)
    }

    @Test("The edges of the gap and of the repeated hour")
    func edges() {
        func at(_ month: Int, _ day: Int, _ hour: Int, _ minute: Int) -> LondonTime.Resolution {
            LondonTime.offset(year: 2018, month: month, day: day, hour: hour, minute: minute)
        }
        #expect(at(3, 25, 0, 59) == .certain(0))
        #expect(at(3, 25, 1, 0) == .nonexistent)
        #expect(at(3, 25, 1, 59) == .nonexistent)
        #expect(at(3, 25, 2, 0) == .certain(60))
        #expect(at(10, 28, 0, 59) == .certain(60))
        #expect(at(10, 28, 1, 0) == .repeated(60))
        #expect(at(10, 28, 1, 59) == .repeated(60))
        #expect(at(10, 28, 2, 0) == .certain(0))
        #expect(LondonTime.Resolution.nonexistent.offsetMinutes == nil)
    }

    @Test("Days and dates convert into each other over four centuries")
    func civilDays() {
        var previous = CivilDate(daysSince1970: -200_001)
        for days in -200_000...200_000 {
            let date = CivilDate(daysSince1970: days)
            #expect(date.daysSince1970 == days && previous < date)
            previous = date
        }
        #expect(CivilDate(daysSince1970: 0).description == "1970-01-01")
        #expect(CivilDate(daysSince1970: 11_016).description == "2000-02-29")
        #expect(CivilDate.weekday(daysSince1970: 0) == 4)
        #expect(CivilDate.weekday(daysSince1970: -4) == 0)
    }

    @Test(
        "Days that do not exist",
        arguments: [
            (2018, 2, 29), (1900, 2, 29), (2018, 4, 31), (2018, 13, 1), (2018, 0, 1), (2018, 1, 0), (0, 1, 1),
            (10_000, 1, 1),
        ])
    func noSuchDay(year: Int, month: Int, day: Int) {
        #expect(CivilDate(year: year, month: month, day: day) == nil)
    }

    @Test("A person born on 29 February reaches an age on 1 March in a common year")
    func birthdays() throws {
        let born = try #require(CivilDate(year: 2004, month: 2, day: 29))
        #expect(born.adding(years: 11).description == "2015-03-01")
        #expect(born.adding(years: 16).description == "2020-02-29")
        #expect(born.adding(years: 96).description == "2100-03-01")
        #expect(try #require(CivilDate(year: 2004, month: 2, day: 28)).adding(years: 11).description == "2015-02-28")
        #expect(born.adding(days: 1).description == "2004-03-01")
    }

    @Test("The day in London changes at its own midnight")
    func today() {
        // 30 June 2018, 22:59:59 and 23:00 UTC; 31 December 2018, 23:59:59 UTC.
        #expect(CivilDate.inLondon(from: 1_530_399_599).description == "2018-06-30")
        #expect(CivilDate.inLondon(from: 1_530_399_600).description == "2018-07-01")
        #expect(CivilDate.inLondon(from: 1_546_300_799).description == "2018-12-31")
        #expect(CivilDate.inLondon(from: -1).description == "1970-01-01")
    }
}
