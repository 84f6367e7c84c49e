import MessageMapping
import Testing

@Suite("An explanation names for every value the line of the mapping and the place in the source")
struct ExplanationTests {
    private static let mapping = """
        mapping: acme/visits
        reads: {has: [Visits]}
        include: reply
        source: {system: acme, message: visits, id: "{{ Uuid }}"}
        bookings:
          - "{% for v in Visits %}":
              "{% assign %}":
                - {site: "{{ lookup(%context.Sites, Id, %v.Site) }}"}
                - {how: "{{ %v.How.lower() }}"}
              id: "{{ %v.Ref }}"
              status:
                "{% if %v.Gone = 'y' %}": cancelled
                "{% else %}": booked
              start: "{{ %v.When.londonTime() }}"
              mode: "{{ %v.How.codeTable('kind') }}"
              location:
                name: >-
                  {{ %site.Name }}
                id: "{{ %site.Id & '!' }}"
              reason: "on {{ %v.Day }}, {{ %v.Ward }}"
              comment: "{{ %how }}"
              sessionName: "{{ iif(%v.Long = 'y', %v.Why.upper(), 'short') }}"
              "{% merge %}": {serviceType: "{{ %transport.section }}"}
        """
    private static let include = "# What every reply has\npractice: {odsCode: \"{{ Org }}\"}\n"
    private static let body = """
        {"Uuid":"u","Org":"Y90001","Visits":[{"Ref":"1","How":"Phone","Site":"s2","When":"2026-07-02T09:20","Day":"Monday",
        "Ward":"3","Long":"n","Why":"x"}],"Sites":[{"Id":"s1","Name":"East"},{"Id":"s2","Name":"West"}]}
        """

    private func explanation(_ target: String) throws -> String {
        let bench = try Bench(
            files: [Self.mapping], tables: ["kind": "source,target,display\nPhone,telephone,\n"],
            includes: ["reply": Self.include])
        let read = try #require(try bench.read(Self.body, transport: ["section": "future"], isExplaining: true))
        let found = try #require(read.explanations.last { $0.target == target }, "\(read.explanations)")
        return "\(found.place.file):\(found.place.number) \(found.source ?? "the mapping itself")"
    }

    @Test(
        "Each kind of value",
        arguments: [
            ("source.system", "a.yaml:4 the mapping itself"), ("source.id", "a.yaml:4 Uuid"),
            ("practice.odsCode", "include/reply.yaml:2 Org"), ("bookings.id", "a.yaml:10 Visits/Ref"),
            ("bookings.status", "a.yaml:13 the mapping itself"), ("bookings.start", "a.yaml:14 Visits/When"),
            ("bookings.mode", "a.yaml:15 Visits/How"), ("bookings.location.name", "a.yaml:18 Sites[2]/Name"),
            ("bookings.location.id", "a.yaml:19 Sites[2]/Id"), ("bookings.reason", "a.yaml:20 Visits/Day"),
            ("bookings.comment", "a.yaml:21 Visits/How"), ("bookings.sessionName", "a.yaml:22 Visits/Long"),
            ("bookings.serviceType", "a.yaml:23 %transport/section"),
        ]) func value(target: String, wanted: String) throws
    {
        #expect(try explanation(target) == wanted)
    }

    @Test("Explaining a message changes nothing of what it says") func unchanged() throws {
        let mapping = Bench.visits(#"reason: "{{ digest(%v.How) }} {{ %v.How.trim() }}""#)
            .replacing("%v.Ref }}", with: "digest(%v.How) }}")
        let bench = try Bench(mapping)
        let body =
            #"{"Visits":[{"How":" a ","When":"2026-07-02"},{"How":" a ","When":"soon"},{"How":["a","b"],"When":"2026"}]}"#
        let plain = try #require(try bench.read(body))
        let explained = try #require(try bench.read(body, isExplaining: true))
        #expect(plain.message.json("bookings") == explained.message.json("bookings"))
        #expect(plain.issues == explained.issues)
        #expect(explained.explanations.contains { $0.target == "bookings.reason" && $0.source == "Visits[1]/How" })
    }
}
