import CanonicalModel
import MessageMapping
import Testing

@Suite("A mapping reads a message as its picture says") struct ReadingTests {
    @Test("A hole takes the first value, and says so where there are several") func severalValues() throws {
        let bench = try Bench(Bench.visits(#"reason: "{{ %v.Why }}""#))
        let body = #"{"Visits":[{"Ref":"1","When":"2026-07-02","Why":["a","b"]}]}"#
        #expect(try bench.json("bookings", of: body)?.contains(#""reason":"a""#) == true)
        #expect(try bench.issues(of: body) == ["multiple-values bookings.reason"])
        let mended = try Bench(Bench.visits(#"reason: "{{ %v.Why.first() }}""#))
        #expect(try mended.issues(of: body) == [])
    }

    @Test("A hole among texts is filled, and its blank margins vanish") func texts() throws {
        let bench = try Bench(Bench.visits(#"reason: "Ward {{ %v.Ward }}, bed {{ %v.Bed }}""#))
        let body = #"{"Visits":[{"Ref":"1","When":"2026-07-02","Ward":"3","Bed":7.20}]}"#
        #expect(try bench.json("bookings", of: body)?.contains(#""reason":"Ward 3, bed 7.20""#) == true)
    }

    @Test("What is empty vanishes, and so does an object that holds only constants") func nothing() throws {
        let bench = try Bench(
            """
            mapping: acme/patient
            reads: {has: [Name]}
            source: {system: acme, message: patient}
            patient:
              name: {family: "{{ Name }}", given: ["{{ First }}"]}
              telecom:
                - {system: phone, value: "{{ Phone }}", use: home}
            """)
        #expect(try bench.json("patient", of: #"{"Name":"Oak"}"#) == #"{"name":{"family":"Oak"}}"#)
        #expect(try bench.json("patient", of: #"{"Name":""}"#) == nil)
        #expect(
            try bench.json("patient", of: #"{"Name":null,"Phone":"01"}"#)
                == #"{"telecom":[{"system":"phone","value":"01","use":"home"}]}"#)
        #expect(try bench.issues(of: #"{"Name":"Oak"}"#) == [])
    }

    private static let complete = """
        complete:
          bookings: {when: "{{ %transport.from.exists() }}", from: "{{ %transport.from }}", to: "{{ %transport.to }}"}
        """
    private static let window = ["from": "2026-01-01T00:00:00Z", "to": "2026-12-31T00:00:00Z"]

    @Test("An item that lacks what it needs is left out, told, and the list is no longer complete") func leftOut()
        throws
    {
        let bench = try Bench(Bench.visits(top: Self.complete))
        let good = #"{"Visits":[{"Ref":"1","When":"2026-07-02"},{"Ref":"2","When":"2026-07-03"}]}"#
        #expect(try bench.json("complete", of: good, transport: Self.window)?.contains("bookings") == true)
        #expect(try bench.json("complete", of: good) == nil)
        let bad = #"{"Visits":[{"Ref":"1","When":"2026-07-02"},{"Ref":"2","When":"soon"}]}"#
        #expect(try bench.json("complete", of: bad, transport: Self.window) == nil)
        #expect(try bench.json("bookings", of: bad)?.contains(#""id":"1""#) == true)
        #expect(try bench.json("bookings", of: bad)?.contains(#""id":"2""#) == false)
        #expect(try bench.issues(of: bad) == ["date-unreadable bookings.start", "item-left-out bookings"])
    }

    @Test("Included keys lie under the file's own") func includes() throws {
        let include = "practice: {odsCode: \"{{ Site }}\"}\nsource: {system: other, message: other}\n"
        let bench = try Bench(Bench.visits(top: "include: reply"), includes: ["reply": include])
        let read = try #require(try bench.read(#"{"Visits":[],"Site":"Y90001"}"#, isExplaining: true))
        #expect(read.message.json("practice") == #"{"odsCode":"Y90001"}"#)
        #expect(read.message.json("source")?.contains(#""system":"acme""#) == true)
        let practice = try #require(read.explanations.first { $0.target == "practice.odsCode" })
        #expect(practice.place == FileLine(file: "include/reply.yaml", number: 1))
        #expect(practice.source == "/Site" || practice.source == "Site", "\(practice.source ?? "nothing")")
    }

    @Test("Keys are compared as the mapping says") func keys() throws {
        let body = #"{"visits":[{"REF":"1","when":"2026-07-02"}]}"#
        let folded = try Bench(Bench.visits(top: "keys: case-insensitive"))
        #expect(try folded.json("bookings", of: body) == #"{"id":"1","status":"booked","start":"2026-07-02"}"#)
        #expect(try Bench(Bench.visits()).json("bookings", of: body) == nil)
    }

    @Test("A word that a code table does not know is unknown and told") func codeTables() throws {
        let tables = ["kind": "source,target,display\nPhone,telephone,\n"]
        let bench = try Bench(Bench.visits(#"mode: "{{ %v.How.codeTable('kind') }}""#), tables: tables)
        func mode(_ how: String) throws -> String? {
            try bench.json("bookings", of: #"{"Visits":[{"Ref":"1","When":"2026-07-02","How":\#(how)}]}"#)
        }
        #expect(try mode(#""Phone""#)?.contains(#""mode":"telephone""#) == true)
        #expect(try mode(#""phone""#)?.contains(#""mode":"unknown""#) == true)
        #expect(try mode("null")?.contains("mode") == false)
        #expect(
            try bench.issues(of: #"{"Visits":[{"Ref":"1","When":"2026-07-02","How":"Fax"}]}"#) == [
                "value-unmapped bookings.mode"
            ])
        let wild = try Bench(
            Bench.visits(#"mode: "{{ %v.How.codeTable('kind') }}""#),
            tables: ["kind": "source,target,display\nPhone,telephone,\n*,in-person,\n"])
        #expect(
            try wild.json("bookings", of: #"{"Visits":[{"Ref":"1","When":"2026-07-02","How":"Fax"}]}"#)?.contains(
                "in-person") == true)
    }

    @Test("Rows are joined by their key") func joins() throws {
        let bench = try Bench(Bench.visits(#"location: {name: "{{ lookup(%context.Sites, Id, %v.Site).Name }}"}"#))
        let body = """
            {"Visits":[{"Ref":"1","When":"2026-07-02","Site":7},{"Ref":"2","When":"2026-07-02","Site":"8"},
            {"Ref":"3","When":"2026-07-02","Site":9},{"Ref":"4","When":"2026-07-02"}],
            "Sites":[{"Id":"7","Name":"East"},{"Id":8,"Name":"West"}]}
            """
        let bookings = try #require(try bench.json("bookings", of: body))
        #expect(bookings.contains(#""id":"1","status":"booked","start":"2026-07-02","location":{"name":"East"}"#))
        #expect(bookings.contains(#""id":"2","status":"booked","start":"2026-07-02","location":{"name":"West"}"#))
        #expect(bookings.contains(#"{"id":"3","status":"booked","start":"2026-07-02"},{"id":"4""#))
    }

    @Test("The first of rows with an equal key stays") func distinct() throws {
        let mapping = Bench.visits().replacing("for v in Visits %", with: "for v in Visits.distinctBy(Ref) %")
        let body =
            #"{"Visits":[{"Ref":"1","When":"2026-07-02"},{"Ref":"1","When":"2026-07-03"},{"Ref":"2","When":"2026-07-04"}]}"#
        let bookings = try #require(try Bench(mapping).json("bookings", of: body))
        #expect(bookings.contains("2026-07-02") && !bookings.contains("2026-07-03") && bookings.contains("2026-07-04"))
    }

    @Test("An id made of what does not change stays, and equal ones are numbered") func digests() throws {
        let mapping = Bench.visits().replacing("%v.Ref }}", with: "digest(%v.Ref, %v.How) }}")
        let bench = try Bench(mapping)
        func ids(_ body: String) throws -> [String] {
            let message = try #require(try bench.read(body)).message
            return message.all(CanonicalShapes.required("message", "bookings"), in: 0)
                .compactMap { message.string(CanonicalShapes.required("booking", "id"), in: $0) }
        }
        let first = try ids(
            #"{"Visits":[{"Ref":"1","How":"a","When":"2026-07-02"},{"Ref":"1","How":"a","When":"2026-07-03"},{"Ref":"1","How":"a","When":"2026-07-04"}]}"#
        )
        // The digest is what consumers know things by, so it may never change: FNV-1a of the fields with 0xFF behind each.
        let known = try #require(first.first)
        #expect(known.count == 32 && known.allSatisfy(\.isHexDigit))
        #expect(first == [known, "\(known)-2", "\(known)-3"])
        let second = try ids(
            #"{"Visits":[{"Ref":"2","How":"a","When":"2026-07-02"},{"Ref":"1","How":"a","When":"2027-01-01"}]}"#)
        #expect(second.last == known)
        #expect(second.first != known)
        // The border between two fields counts.
        let borders = try ids(
            #"{"Visits":[{"Ref":"1a","When":"2026-07-02"},{"Ref":"1","How":"a","When":"2026-07-02"}]}"#)
        #expect(Set(borders).count == 2)
    }

    @Test("What an author leaves out is told once, with a count") func counted() throws {
        let top = """
            "{% assign %}": {skipped: "{[ Visits.where(How = 'x').issue('visit-left-out') ]}"}
            """
        let bench = try Bench(Bench.visits(top: top))
        let body = #"{"Visits":[{"Ref":"1","When":"2026-07-02","How":"x"},{"Ref":"2","When":"2026-07-02","How":"x"}]}"#
        let read = try #require(try bench.read(body))
        #expect(read.issues.map(\.short) == ["visit-left-out x2"])
        #expect(read.issues.first?.severity == .information)
    }

    @Test("Issues are bounded, however much is wrong") func bounded() throws {
        let rows = (0..<3000).map {
            #"{"Ref":"\#($0)","When":"2026-07-02","Why":\#($0 % 2 == 0 ? "[1,2]" : "[3,4,5]")}"#
        }
        let bench = try Bench(Bench.visits(#"reason: "{{ %v.Why }}""#))
        let issues = try #require(try bench.read("{\"Visits\":[\(rows.joined(separator: ","))]}")).issues
        #expect(issues.count == 1001)
        #expect(issues.last?.short == "issues-left-out x2000")
    }

    @Test("A truth must be one, a number a number, and no value of the message is in an issue") func types() throws {
        let bench = try Bench(
            Bench.visits(
                #"inferred: "{{ %v.A }}""#, #"minutesDuration: "{{ %v.B }}""#, #"location: {name: "{{ %v.C }}"}"#))
        let body = #"{"Visits":[{"Ref":"1","When":"2026-07-02","A":"secret","B":"1.5secret","C":{"secret":"secret"}}]}"#
        let read = try #require(try bench.read(body))
        #expect(
            read.issues.map(\.short) == [
                "boolean-unreadable bookings.inferred", "number-unreadable bookings.minutesDuration",
                "value-is-object bookings.location.name",
            ])
        #expect(!"\(read.issues)".contains("secret"))
    }

    @Test("A choice takes the first branch that holds, and is merged beside other keys") func choices() throws {
        let bench = try Bench(
            Bench.visits(
                #""{% if %v.How = 'a' %}": {reason: first}"#, #""{% elif %v.How = 'b' %}": {reason: second}"#,
                #""{% else %}": {comment: other}"#, #""{% merge %}": {sessionName: "{{ %v.How }}"}"#))
        func booking(_ how: String) throws -> String? {
            try bench.json("bookings", of: #"{"Visits":[{"Ref":"1","When":"2026-07-02","How":"\#(how)"}]}"#)
        }
        #expect(
            try booking("a") == #"{"id":"1","status":"booked","start":"2026-07-02","sessionName":"a","reason":"first"}"#
        )
        #expect(try booking("b")?.contains(#""reason":"second""#) == true)
        #expect(
            try booking("c")
                == #"{"id":"1","status":"booked","start":"2026-07-02","sessionName":"c","comment":"other"}"#)
    }

    @Test("A loop can number what it goes through") func index() throws {
        let mapping = Bench.visits(#"reason: "{{ %i }}""#).replacing("for v in", with: "for i, v in")
        let body = #"{"Visits":[{"Ref":"1","When":"2026-07-02"},{"Ref":"2","When":"2026-07-02"}]}"#
        let bookings = try #require(try Bench(mapping).json("bookings", of: body))
        #expect(bookings.contains(#""reason":"0""#) && bookings.contains(#""reason":"1""#))
    }

    @Test("A message is told by root and namespace, keys, type, a value, or the transport") func detection() throws {
        func mapping(_ name: String, _ reads: String) -> String {
            "mapping: \(name)\nreads: \(reads)\nsource: {system: acme, message: \(name)}\n"
        }
        let bench = try Bench(
            files: [
                mapping("root", "{root: Reply}"), mapping("space", #"{root: "{urn:x}Reply"}"#),
                mapping("keys", "{has: [A, B]}"),
                mapping("more", "{has: [A, B, C]}"), mapping("type", "{resourceType: Bundle, at: type, is: searchset}"),
                mapping("any", "{resourceType: Bundle}"),
                mapping("transport", "{transport: {system: acme, message: nothing}}"),
            ])
        func name(_ body: String, _ transport: [String: String] = [:]) throws -> String? {
            try bench.read(body, transport: transport)?.mapping.name
        }
        #expect(try name("<Reply/>") == "root")
        #expect(try name("<Reply xmlns='urn:x'/>") == "space")
        #expect(try name("<Reply xmlns='urn:y'/>") == nil)
        #expect(try name(#"{"A":1,"B":null}"#) == "keys")
        #expect(try name(#"{"A":1,"B":2,"C":3}"#) == "more")
        #expect(try name(#"{"A":1}"#) == nil)
        #expect(try name(#"{"resourceType":"Bundle","type":"searchset"}"#) == "type")
        #expect(try name(#"{"resourceType":"Bundle","type":"other"}"#) == "any")
        #expect(try name("{}") == nil)
        #expect(try name("{}", ["system": "acme", "message": "nothing"]) == "transport")
        #expect(try name("<Reply/>", ["system": "other"]) == nil)
    }
}
