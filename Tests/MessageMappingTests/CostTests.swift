import MessageMapping
import Testing

@Suite("A message of ten times the size costs ten times the steps") struct CostTests {
    private static func body(_ count: Int) -> String {
        let visits = (0..<count).map { #"{"Ref":"\#($0)","When":"2026-07-02","Site":"s\#($0 % 7)","Next":"\#($0)"}"# }
        let sites = (0..<count).map { #"{"Id":"s\#($0)","Name":"n\#($0)","Ward":{"Id":"w\#($0)"}}"# }
        return "{\"Visits\":[\(visits.joined(separator: ","))],\"Sites\":[\(sites.joined(separator: ","))]}"
    }

    @Test(
        "Joins, ids and filters are linear",
        arguments: [
            #"location: {name: "{{ lookup(%context.Sites, Id, %v.Site).Name }}"}"#,
            #"location: {name: "{{ lookup(%context.Sites.Ward, Id, %v.Site).Id }}"}"#,
            #"location: {name: "{{ lookup(%context.Sites.where(Name.exists()), Id.trim(), %v.Site).Name }}"}"#,
            #"location: {name: "{{ %context.Sites.where(Id = %v.Site).Name }}"}"#,
            #"location: {name: "{{ Sites.where(Id = %v.Site).Name }}"}"#,
            #"reason: "{{ digest(%v.Site) }}""#, #"reason: "{{ %v.Site }}""#,
        ]) func linear(field: String) throws
    {
        let bench = try Bench(Bench.visits(field))
        let once = try #require(try bench.read(Self.body(100))).steps
        let tenfold = try #require(try bench.read(Self.body(1000))).steps
        #expect(once > 100)
        #expect(tenfold < once * 11)
    }

    @Test("A join whose rows depend on where it stands is not kept from one place to the next") func dependent() throws
    {
        let bench = try Bench(Bench.visits(#"reason: "{{ lookup(%v.Rows, Id, 'x').Text }}""#))
        let body =
            #"{"Visits":[{"Ref":"1","When":"2026-07-02","Rows":[{"Id":"x","Text":"a"}]},{"Ref":"2","When":"2026-07-02","Rows":[{"Id":"x","Text":"b"}]}]}"#
        let bookings = try #require(try bench.json("bookings", of: body))
        #expect(bookings.contains(#""reason":"a""#) && bookings.contains(#""reason":"b""#))
    }

    @Test("Inside a key that moves $this a join is made anew for each") func moved() throws {
        let bench = try Bench(
            #"""
            mapping: acme/visits
            reads: {has: [Visits]}
            source: {system: acme, message: visits}
            bookings:
              - "{{ Visits }}":
                  id: "{{ Ref }}"
                  status: booked
                  start: "{{ When }}"
                  reason: "{{ Rows.where(Id = 'x').Text }}"
            """#)
        let rows = ["a", "b", "c"].enumerated().map { number, text in
            #"{"Ref":"\#(number)","When":"2026-07-02","Rows":[{"Id":"x","Text":"\#(text)"}]}"#
        }
        let bookings = try #require(try bench.json("bookings", of: "{\"Visits\":[\(rows.joined(separator: ","))]}"))
        #expect(["a", "b", "c"].allSatisfy { bookings.contains("\"reason\":\"\($0)\"") })
    }
}
