import CanonicalModel
import Testing

@Suite("Partial dates")
struct PartialDateTests {
    @Test(
        "A date is as precise as its text",
        arguments: [
            ("2018", PartialDate.Precision.year, "2018"), ("2018-05", .month, "2018-05"),
            ("2018-05-15", .day, "2018-05-15"),
            ("2018-05-15T09:52", .minute, "2018-05-15T09:52:00"),
            ("2018-05-15T09:52+01:00", .minute, "2018-05-15T09:52:00+01:00"),
            ("2018-05-15T09:52:07Z", .second, "2018-05-15T09:52:07Z"),
            ("2018-05-15T09:52:07.123456-05:30", .second, "2018-05-15T09:52:07-05:30"),
            ("2016-12-31T23:59:60Z", .second, "2016-12-31T23:59:60Z"), ("2016-02-29", .day, "2016-02-29"),
            ("0987", .year, "0987"),
        ])
    func reading(text: String, precision: PartialDate.Precision, written: String) throws {
        let date = try #require(PartialDate(text))
        #expect(date.precision == precision)
        #expect(date.description == written)
        #expect(PartialDate(date.description)?.order(to: date) != .before)
    }

    @Test(
        "What is no date",
        arguments: [
            "", "18", "2018-5", "2018-05-1", "2018-13", "2018-00", "2018-02-29", "2018-04-31", "2018-05-15T",
            "2018-05-15T09",
            "2018-05-15T24:00", "2018-05-15T09:60", "2018-05-15T09:52:61", "2018-05-15T09:52:07.", "2018-05-15T09:52+1",
            "2018-05-15Z",
            "2018-05-15T09:52:07+14:30", "2018-05-15T09:52Zx", "2018-05-15 09:52", "20180515", "0000", "-2018", "2018-",
            "2018-05-15T09:52:07+01:60",
        ])
    func refusing(text: String) {
        #expect(PartialDate(text) == nil)
    }

    @Test(
        "Order is told where it can be",
        arguments: [
            ("2018", "2019", PartialDate.Order.before), ("2018", "2018", .same), ("2018", "2018-05", nil),
            ("2018", "2019-01-01", .before),
            ("2018-05", "2018-06-01", .before), ("2018-05-31", "2018-05", nil),
            ("2018-05-15T09:52Z", "2018-05-15T10:52+01:00", .same),
            ("2018-05-15T09:52:30Z", "2018-05-15T10:52+01:00", nil),
            ("2018-05-15T09:52:00Z", "2018-05-15T10:51+01:00", .after),
            ("2018-05-15", "2018-05-15T09:52Z", nil), ("2018-05-14T23:30:00Z", "2018-05-15", nil),
            ("2018-05-14T22:30:00Z", "2018-05-15", .before),
            ("2018-05-15T09:52", "2018-05-15T08:52Z", .same), ("2018-12-15T09:52", "2018-12-15T09:52Z", .same),
        ])
    func ordering(left: String, right: String, order: PartialDate.Order?) throws {
        let left = try #require(PartialDate(left))
        let right = try #require(PartialDate(right))
        #expect(left.order(to: right) == order)
        let opposite: PartialDate.Order? = order == .before ? .after : order == .after ? .before : order
        #expect(right.order(to: left) == opposite)
        #expect(left.isBefore(right) == order.map { $0 == .before })
    }

    @Test("Only a date with a day has a day")
    func civilDate() {
        #expect(PartialDate("2018-05")?.civilDate == nil)
        #expect(PartialDate("2018-05-15T23:30:00Z")?.civilDate?.description == "2018-05-15")
    }
}
