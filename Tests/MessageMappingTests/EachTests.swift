import CanonicalModel
import Documents
import MessageMapping
import Testing

@Suite("A mapping says that a file holds many messages") struct EachTests {
    private static func mapping(_ reads: String, each: String, name: String = "visits", top: String = "") -> String {
        """
        mapping: acme/\(name)
        reads: \(reads)
        each: \(each)
        \(top.isEmpty ? "# nothing more" : top)
        source: {system: acme, message: \(name)}
        practice: {odsCode: "{{ %header.practice }}"}
        bookings:
          - id: "{{ Ref }}"
            status: booked
            start: "{{ When.dateTime() }}"
        """
    }

    private func path(_ bench: Bench, _ head: String, isWhole: Bool = true, transport: [String: String] = [:])
        -> PartPath?
    {
        bench.mappings.partPath(
            head: Array(head.utf8), isWhole: isWhole, transport: TransportContext(transport), limits: DocumentLimits())
    }

    /// Reads every part of a body.
    private func parts(_ bench: Bench, _ body: String) throws -> [MappedMessage?] {
        let found = try #require(self.path(bench, body))
        let splitter = DocumentSplitter(path: found, limits: DocumentLimits())
        try splitter.feed(Array(body.utf8)[...])
        try splitter.finish()
        let reader = DocumentReader(vocabulary: bench.mappings.vocabulary)
        let transport = TransportContext()
        return try splitter.takeParts().map { part in
            guard case .body(let bytes) = part.content else { return nil }
            let tree = try reader.read(bytes)
            let header = try part.header.map { try reader.read($0.body) }
            guard let mapping = bench.mappings.mapping(forPart: tree, header: header, transport: transport) else {
                return nil
            }
            let stamp = SourceStamp(transport: transport, acceptedAt: "2026-11-21T09:00:00Z", digest: "d")
            return bench.mappings.read(tree, by: mapping, transport: transport, stamp: stamp, header: header)
        }
    }

    @Test("A part is read as a message of its own, and %header is what encloses it")
    func header() throws {
        let bench = try Bench(Self.mapping("{root: \"{urn:a}Export\"}", each: "Export.Group.Visit"))
        let body = """
            <Export xmlns="urn:a"><Group practice="Y90001"><Visit Ref="1" When="2026-07-02"/></Group>
            <Group practice="Y90002"><Visit Ref="2" When="2026-07-03"/></Group></Export>
            """
        // The header is the whole enclosing document, so a group's attribute stands inside the group.
        let nested = try Bench(
            Self.mapping("{root: \"{urn:a}Export\"}", each: "Export.Group.Visit")
                .replacing("%header.practice", with: "%header.Group.practice"))
        #expect(
            try parts(nested, body).map { $0?.message.json("practice") } == [
                #"{"odsCode":"Y90001"}"#, #"{"odsCode":"Y90002"}"#,
            ])
        #expect(try parts(bench, body).map { $0?.message.json("practice") } == [nil, nil])
        #expect(try parts(nested, body).map { $0?.message.json("bookings")?.contains("2026-07-0") } == [true, true])
        #expect(path(nested, "<Export><Group/></Export>") == nil, "another namespace")
    }

    @Test("JSON: an array under keys, told by the keys before it; a root array and lines, told by each part itself")
    func json() throws {
        let keyed = try Bench(
            Self.mapping("{has: [Practice, Visits]}", each: "Visits", top: "keys: case-insensitive"))
        let body =
            #"{"PRACTICE":"Y90001","visits":[{"Ref":"1","When":"2026-07-02"},7,{"Ref":"2","When":"2026-07-03"}]}"#
        #expect(path(keyed, body) == .keys(["Visits"], isCaseInsensitive: true))
        #expect(
            try parts(keyed, body).map { $0?.message.json("practice") }
                == Array(repeating: #"{"odsCode":"Y90001"}"#, count: 3))
        #expect(path(keyed, #"{"visits":[],"practice":"late"}"#) == nil, "what tells it must stand before the parts")
        #expect(path(keyed, #"{"practice":"Y","visits":{}}"#) == nil)

        let items = try Bench(Self.mapping("{has: [Ref]}", each: "items"))
        #expect(path(items, "[{}]") == .items)
        #expect(try parts(items, #"[{"Ref":"1","When":"2026-07-02"},{"No":1}]"#).map { $0 != nil } == [true, false])
        #expect(try items.read(#"{"Ref":"1","When":"2026-07-02"}"#) != nil, "one alone is a message")
        let lines = try Bench(Self.mapping("{has: [Ref]}", each: "lines"))
        #expect(path(lines, "{\"Ref\":1}\n{\"Ref\":2}") == .lines)
        #expect(path(lines, "{\"Ref\":1}\n") == nil && path(lines, "[{}]") == nil && path(items, "{}\n{}") == nil)
    }

    @Test("Comma-separated values are told by their columns, and the same mapping reads lines and arrays")
    func rows() throws {
        let bench = try Bench(Self.mapping("{has: [Ref, When]}", each: "[items, lines, rows]"))
        #expect(path(bench, "Site,When,Ref\n") == .rows && path(bench, "[]") == .items)
        #expect(path(bench, "{}\n{}") == .lines)
        #expect(path(bench, "Site,When\n1,2\n") == nil && path(bench, "When Ref") == nil)
        let found = try parts(bench, "Site,When,Ref\nA,2026-07-02,1\nB,2026-07-03,2\n")
        #expect(found.compactMap { $0?.message.json("bookings")?.isEmpty } == [false, false])
        #expect(
            Bench.findings(Self.mapping("{has: [Ref]}", each: "[Ref, rows]")).first?.message
                == "several ways to hold many messages, of which one is a path")
    }

    @Test("A shared root is told apart by at and is, asked of the header; the rest stays one message")
    func sharedRoot() throws {
        let bench = try Bench(
            Self.mapping("{root: Envelope, at: Head.kind, is: export}", each: "Envelope.Body.Visit"),
            """
            mapping: acme/one
            reads: {root: Envelope}
            source: {system: acme, message: one}
            bookings: [{id: "{{ Ref }}", status: booked, start: "{{ When.dateTime() }}"}]
            """)
        func body(_ kind: String) -> String {
            "<Envelope><Head kind='\(kind)'/><Body><Visit Ref='1' When='2026-07-02'/></Body></Envelope>"
        }
        #expect(path(bench, body("export")) == .elements(["Envelope", "Body", "Visit"]))
        #expect(path(bench, body("reply")) == nil)
        #expect(try bench.read(body("reply"))?.mapping.name == "acme/one")
        // Where the beginning does not reach to the parts, nobody can say.
        #expect(path(bench, "<Envelope><Head kind='export'/>", isWhole: false) == nil)
        #expect(path(bench, "<Envelope><Head kind='export'/><Body>", isWhole: false) == nil)
    }

    @Test("A file whose header is too large is known by its root, so that it can be told")
    func largeHeader() throws {
        let bench = try Bench(Self.mapping("{root: Export}", each: "Export.Visit"))
        let head = "<Export><Head>" + String(repeating: "h", count: 100_000)
        #expect(path(bench, head, isWhole: false) == .elements(["Export", "Visit"]))
        #expect(path(bench, "<Export/>") == .elements(["Export", "Visit"]), "a file without parts is one too")
    }

    @Test(
        "An each that no file can have is refused",
        arguments: [
            (
                "{root: Export}", "Exports.Visit", "each does not begin with the root that reads names",
                "each: Export.…, down to the element that is one message"
            ),
            (
                "{root: Export}", "Export", "each does not begin with the root that reads names",
                "each: Export.…, down to the element that is one message"
            ),
            (
                "{root: Export}", "lines", "each does not begin with the root that reads names",
                "each: Export.…, down to the element that is one message"
            ),
            (
                "{has: [Visits]}", "Visit", "each does not begin with a key that reads names",
                "has: [Visits, Visit], or each: items, lines or rows"
            ),
            (
                "{root: Export}", "Export..Visit", "each is not a path",
                "names with dots between them, from the root: Export.Patient"
            ),
            (
                "{transport: {system: acme, message: visits}}", "Export.Visit",
                "a body that says nothing of itself cannot be a file of many messages",
                "reads: {root: …}, {has: […]} or {resourceType: …}"
            ),
        ])
    func refused(reads: String, each: String, message: String, hint: String) {
        let findings = Bench.findings(Self.mapping(reads, each: each))
        #expect(findings.map(\.message) == [message])
        #expect(findings.map(\.hint) == [hint])
        #expect(findings.map(\.line) == [3])
    }
}
