import Testing

/// A text, the function that reads it, the date that it is, and what is said of it.
struct DateRow: Sendable, CustomTestStringConvertible {
    let text: String
    let function: String
    let date: String?
    let issue: String?

    init(_ text: String, _ function: String, _ date: String?, _ issue: String? = nil) {
        self.text = text
        self.function = function
        self.date = date
        self.issue = issue
    }

    var testDescription: String { "\(text).\(function)" }
}

@Suite("Dates are as precise as the source, and every time has an offset") struct DateTests {
    private static let rows = [
        DateRow("2026", "dateTime()", "2026"), DateRow("2026-10", "dateTime()", "2026-10"),
        DateRow("2026-10-25", "dateTime()", "2026-10-25"),
        DateRow("2026-07-02T09:20", "dateTime()", "2026-07-02T09:20:00+01:00"),
        DateRow("2026-12-02T09:20:31.999", "dateTime()", "2026-12-02T09:20:31+00:00"),
        DateRow("2026-07-02T09:20:00Z", "dateTime()", "2026-07-02T09:20:00Z"),
        DateRow("2026-07-02T09:20:00-05:00", "dateTime()", "2026-07-02T09:20:00-05:00"),
        DateRow("2026-07-02T09:20:00Z", "dateTime('YearMonthDay')", "2026-07-02"),
        DateRow("2026-07-02T09:20:00Z", "dateTime('YearMonth')", "2026-07"),
        DateRow("2026-07-02T09:20:00Z", "londonTime()", "2026-07-02T09:20:00+01:00"),
        DateRow("2026-07-02T09:20:00+00:00", "londonTime()", "2026-07-02T09:20:00+01:00"),
        DateRow("2026-07-02T09:20:00", "utcTime()", "2026-07-02T09:20:00Z"),
        // London's clocks leap from 01:00 to 02:00 on 29 March 2026, and back from 02:00 to 01:00 on 25 October.
        DateRow("2026-03-29T01:30:00", "londonTime()", "2026-03-29", "time-nonexistent"),
        DateRow("2026-03-29T00:59:59", "londonTime()", "2026-03-29T00:59:59+00:00"),
        DateRow("2026-03-29T02:00:00", "londonTime()", "2026-03-29T02:00:00+01:00"),
        DateRow("2026-10-25T01:30:00", "londonTime()", "2026-10-25T01:30:00+01:00", "time-repeated"),
        DateRow("2026-10-25T00:59:59", "londonTime()", "2026-10-25T00:59:59+01:00"),
        DateRow("2026-10-25T02:00:00", "londonTime()", "2026-10-25T02:00:00+00:00"),
        DateRow("2026", "hl7DateTime()", "2026"), DateRow("202610", "hl7DateTime()", "2026-10"),
        DateRow("20261025", "hl7DateTime()", "2026-10-25"),
        DateRow("202612251430", "hl7DateTime()", "2026-12-25T14:30:00+00:00"),
        DateRow("20261225143015", "hl7DateTime()", "2026-12-25T14:30:15+00:00"),
        DateRow("20261225143015.123", "hl7DateTime()", "2026-12-25T14:30:15+00:00"),
        DateRow("20260702143015+0200", "hl7DateTime()", "2026-07-02T14:30:15+02:00"),
        DateRow("2026102", "hl7DateTime()", nil, "date-unreadable"),
        DateRow("20261332", "hl7DateTime()", nil, "date-unreadable"),
        DateRow("20260702143015+2", "hl7DateTime()", nil, "date-unreadable"),
        DateRow("2026070214", "hl7DateTime()", "2026-07-02", "date-hour-only"),
        DateRow("20260702143015123", "hl7DateTime()", "2026-07-02T14:30:15+01:00"),
        DateRow("20260702143015.1234+0100", "hl7DateTime()", "2026-07-02T14:30:15+01:00"),
        DateRow("20260702143015-05", "hl7DateTime()", "2026-07-02T14:30:15-05:00"),
        DateRow("2026070214+0000", "hl7DateTime()", "2026-07-02", "date-hour-only"),
        DateRow("20260702+0100", "hl7DateTime()", nil, "date-unreadable"),
        DateRow("202607021430.5", "hl7DateTime()", nil, "date-unreadable"),
        DateRow("202607021430159", "hl7DateTime()", "2026-07-02T14:30:15+01:00"),
        DateRow("123", "hl7DateTime()", nil, "date-unreadable"),
        DateRow("202607021430151234", "hl7DateTime()", nil, "date-unreadable"),
        DateRow("20260702143015+01:00", "hl7DateTime()", nil, "date-unreadable"),
        DateRow("202603290130", "hl7DateTime()", "2026-03-29", "time-nonexistent"),
        DateRow("5 Jul 2026", "date('d MMM yyyy')", "2026-07-05"),
        DateRow("15 July 2026", "date('d MMMM yyyy')", "2026-07-15"),
        DateRow("15-JUL-2026", "date('dd-MMM-yyyy')", "2026-07-15"),
        DateRow("Sept 2026", "date('MMM yyyy')", "2026-09"),
        DateRow("7/2/2026", "date('d/M/yyyy')", "2026-02-07"),
        DateRow("15 Juli 2026", "date('d MMM yyyy')", nil, "date-unreadable"),
        DateRow("5 Jul 2026", "date('dd MMM yyyy')", nil, "date-unreadable"),
        DateRow("2 July 2026 at 9:05", "date('d MMMM yyyy \\'at\\' H:mm')", "2026-07-02T09:05:00+01:00"),
        DateRow("20260702", "date('yyyyMMdd')", "2026-07-02"),
        DateRow("02.07.2026", "date('dd.MM.yyyy')", "2026-07-02"),
        DateRow("٢/07/2026", "date('d/MM/yyyy')", nil, "date-unreadable"),
        DateRow("2026-07-02T09:20:00+05:00", "utcTime()", "2026-07-02T09:20:00+05:00"),
        DateRow("2026-07-02T09:20:00+05:00", "londonTime()", "2026-07-02T09:20:00+05:00"),
        DateRow("25/12/2026", "date('dd/MM/yyyy')", "2026-12-25"), DateRow("12/2026", "date('MM/yyyy')", "2026-12"),
        DateRow("2026", "date('yyyy')", "2026"),
        DateRow("25-12-2026 14:30", "date('dd-MM-yyyy HH:mm')", "2026-12-25T14:30:00+00:00"),
        DateRow("25/12/26", "date('dd/MM/yyyy')", nil, "date-unreadable"),
        DateRow("32/12/2026", "date('dd/MM/yyyy')", nil, "date-unreadable"),
        DateRow("25/12/2026x", "date('dd/MM/yyyy')", nil, "date-unreadable"),
        DateRow("soon", "dateTime()", nil, "date-unreadable"),
        DateRow("2026-02-29", "dateTime()", nil, "date-unreadable"),
        DateRow("2026-07-02T25:00", "londonTime()", nil, "date-unreadable"),
        DateRow("", "dateTime()", nil),
    ]

    @Test("A date is read", arguments: rows) func date(row: DateRow) throws {
        let bench = try Bench(Bench.visits("end: \"{{ %v.End.\(row.function.replacing("\\", with: "\\\\")) }}\""))
        let body = #"{"Visits":[{"Ref":"1","When":"2026-07-02","End":"\#(row.text)"}]}"#
        let wanted = row.date.map { ",\"end\":\"\($0)\"" } ?? ""
        #expect(
            try bench.json("bookings", of: body)
                == "{\"id\":\"1\",\"status\":\"booked\",\"start\":\"2026-07-02\"\(wanted)}")
        #expect(try bench.issues(of: body) == (row.issue.map { ["\($0) bookings.end"] } ?? []))
    }

    @Test("A source says when it was asked, else a message counts from its acceptance") func source() throws {
        let bench = try Bench(Bench.visits())
        func source(_ transport: [String: String]) throws -> String {
            try bench.json("source", of: #"{"Visits":[]}"#, transport: transport) ?? ""
        }
        #expect(try source([:]).contains(#""time":"2026-11-21T09:00:00Z","timeKind":"accepted""#))
        #expect(
            try source(["observedAt": "2026-07-02T09:20:00"]).contains(
                #""time":"2026-07-02T09:20:00+01:00","timeKind":"observed""#))
        #expect(try source(["observedAt": "yesterday"]).contains(#""timeKind":"accepted""#))
    }
}
