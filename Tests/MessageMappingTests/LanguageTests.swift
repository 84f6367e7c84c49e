import CanonicalModel
import MessageMapping
import Testing

@Suite("The mapping language is FPML, written into the model") struct LanguageTests {
    private static let body = #"{"Visits":[{"Ref":"1","When":"2026-07-02","How":"a","Site":{"Name":"East"}}]}"#

    /// What the one visit of a body becomes, without its id, status and start.
    private func visit(_ lines: String..., body: String = Self.body) throws -> String {
        let bench = try Bench(Self.mapping(lines))
        let booking = try #require(try bench.json("bookings", of: body))
        return booking.replacing(#""id":"1","status":"booked","start":"2026-07-02""#, with: "")
            .replacing("{,", with: "{")
    }

    private static func mapping(_ lines: [String]) -> String {
        let fields = lines.map { "      \($0)" }.joined(separator: "\n")
        return """
            mapping: acme/visits
            reads: {has: [Visits]}
            source: {system: acme, message: visits}
            bookings:
              - "{% for v in Visits %}":
                  id: "{{ %v.Ref }}"
                  status: booked
                  start: "{{ %v.When }}"
            \(fields)

            """
    }

    @Test("A hole that keeps a null says the same as one that does not: the model has no nulls") func nulls() throws {
        #expect(try visit(#"reason: "{{+ %v.Why +}}""#) == "{}")
        #expect(try visit(#"reason: "{{+ %v.How +}}""#) == #"{"reason":"a"}"#)
        #expect(try visit(#"reason: "by {{+%v.How+}}""#) == #"{"reason":"by a"}"#)
    }

    @Test("A text of which one hole stays empty vanishes whole") func emptyHole() throws {
        #expect(try visit(#"reason: "{{ %v.How }} at {{ %v.Where }}""#) == "{}")
        #expect(try visit(#"reason: "/{{ %v.How }}/{{ %v.Ref }}""#) == #"{"reason":"/a/1"}"#)
    }

    @Test("Braces and quotes of the expression do not end a hole") func braces() throws {
        #expect(try visit(#"reason: "{{ %v.How & '}}' }}""#) == #"{"reason":"a}}"}"#)
        #expect(try visit(#"reason: "{{ iif(%v.Why.exists(), {}, %v.How)}}""#) == #"{"reason":"a"}"#)
        #expect(try visit(#"reason: "{{ %v.How.combine({})}}""#) == #"{"reason":"a"}"#)
        #expect(try visit(##"reason: "{{ %v.`How` }}""##) == #"{"reason":"a"}"#)
    }

    @Test("Variables are for every key of their object, wherever they are assigned") func order() throws {
        #expect(try visit(#"reason: "{{ %x }}""#, #""{% assign %}": {x: "{{ %v.How }}"}"#) == #"{"reason":"a"}"#)
    }

    @Test("A later variable sees the earlier ones, in an object and in a list") func chained() throws {
        #expect(
            try visit(
                #""{% assign %}": {x: 1, y: "{{ %x & 'b' }}"}"#, #"reason: "{{ %y }}""#) == #"{"reason":"1b"}"#)
        #expect(
            try visit(
                #""{% assign %}": [{x: "{{ %v.How }}"}, {y: "<{{ %x }}>"}]"#, #"reason: "{{ %y }}""#)
                == #"{"reason":"<a>"}"#)
    }

    @Test("A variable takes any template of values: conditions, loops, lists") func variableTemplates() throws {
        #expect(
            try visit(
                #""{% assign %}":"#, #"  x: {"{% if %v.How = 'a' %}": first, "{% else %}": other}"#,
                #"reason: "{{ %x }}""#) == #"{"reason":"first"}"#)
        #expect(
            try visit(
                #""{% assign %}":"#, #"  x: {"{% for i, l in 'a,b'.split(',') %}": "{{ %l }}{{ %i }}"}"#,
                #"reason: "{{ %x.join('-') }}""#) == #"{"reason":"a0-b1"}"#)
        #expect(
            try visit(
                #""{% assign %}": {x: [a, ["{{ %v.Why }}", "{{ %v.How }}"]]}"#, #"reason: "{{ %x.join('-') }}""#)
                == #"{"reason":"a-a"}"#)
    }

    @Test("A variable of an inner object does not reach outside it") func scope() {
        let findings = Bench.findings(
            Self.mapping([#"location: {"{% assign %}": {x: 1}, name: "{{ %x }}"}"#, #"reason: "{{ %x }}""#]))
        #expect(findings.map(\.message) == ["unknown variable %x"])
    }

    @Test("A key that is a hole gives its template once for each value, which is $this in it") func context() throws {
        #expect(try visit(#"location: {"{{ %v.Site }}": {name: "{{ Name }}"}}"#) == #"{"location":{"name":"East"}}"#)
        #expect(try visit(#"location: {"{{ %v.Where }}": {name: "{{ Name }}"}}"#) == "{}")
        #expect(
            try visit(
                "practitioners:", #"  "{{ %v.Who }}": {id: "{{ $this.Id }}", name: "{{ Name }}"}"#,
                body:
                    #"{"Visits":[{"Ref":"1","When":"2026-07-02","Who":[{"Id":1,"Name":"A"},{"Id":2,"Name":"B"}]}]}"#)
                == #"{"practitioners":[{"id":"1","name":"A"},{"id":"2","name":"B"}]}"#)
        // Behind it `$this` is what it was.
        #expect(
            try visit(
                #"location: {"{{ %v.Site }}": {name: "{{ Name }}"}}"#, #"reason: "{{ Visits.count() }}""#
            )
            .contains(#""reason":"1""#))
    }

    @Test("Lists in lists are one list, and what is empty in them vanishes") func flattening() throws {
        let bench = try Bench(
            """
            mapping: acme/patient
            reads: {has: [Name]}
            source: {system: acme, message: patient}
            patient:
              name:
                family: x
                given:
                  - ["{{ Name }}", "{{ None }}", {"{% if Second.exists() %}": "{{ Second }}"}]
                  - {"{% for n in More %}": "{{ %n }}"}
                  - "{[ Rest ]}"
            """)
        #expect(
            try bench.json("patient", of: #"{"Name":"a","Second":"b","More":["c","d"],"Rest":["e","f"]}"#)
                == #"{"name":{"given":["a","b","c","d","e","f"],"family":"x"}}"#)
        #expect(
            try bench.json("patient", of: #"{"Name":"a"}"#) == #"{"name":{"given":["a"],"family":"x"}}"#)
    }

    @Test("What a later key gives takes the place of what an earlier one gave; what it leaves empty does not")
    func merging() throws {
        #expect(try visit("reason: a", #""{% merge %}": {reason: b}"#) == #"{"reason":"b"}"#)
        #expect(try visit("reason: a", #""{% merge %}": [{reason: b}, {reason: c}]"#) == #"{"reason":"c"}"#)
        #expect(try visit("reason: a", #""{% merge %}": {reason: "{{ %v.Why }}"}"#) == #"{"reason":"a"}"#)
        #expect(
            try visit("reason: a", #""{% if %v.How = 'a' %}": {reason: b, comment: c}"#)
                == #"{"reason":"b","comment":"c"}"#)
        #expect(
            try visit(#"location: {name: x, id: "1"}"#, #""{% merge %}": {location: {name: y}}"#)
                == #"{"location":{"name":"y"}}"#)
        #expect(
            try visit(
                #""{% merge %}": {"{% for l in 'a,b,c'.split(',') %}": {reason: "{{ %l }}"}}"#)
                == #"{"reason":"c"}"#)
    }

    @Test("A condition may hold conditions, loops and lists, and be true by the rule of iif()") func conditions() throws
    {
        #expect(
            try visit(
                #""{% if %v.How = 'a' %}": {"{% if %v.Why.exists() %}": {reason: x}, "{% else %}": {reason: y}}"#)
                == #"{"reason":"y"}"#)
        #expect(try visit(#""{% if %v.Why %}": {reason: x}"#) == "{}")
        #expect(try visit(#"reason: {"{% if %v.How.exists() %}": "{{ %v.How }}"}"#) == #"{"reason":"a"}"#)
    }

    @Test("Several includes lie over each other in their order, and may include others") func includes() throws {
        let bench = try Bench(
            Bench.visits(top: "include: [one, two]"),
            includes: [
                "one": "include: base\npractice: {odsCode: one}\n", "two": "practice: {odsCode: two}\n",
                "base": "practice: {odsCode: base, name: base}\npatient: {localId: \"{{ Who }}\"}\n",
            ])
        let read = try #require(try bench.read(#"{"Visits":[],"Who":"7"}"#, isExplaining: true))
        #expect(read.message.json("practice") == #"{"odsCode":"two"}"#)
        #expect(read.message.json("patient") == #"{"localId":"7"}"#)
        #expect(
            read.explanations.first { $0.target == "patient.localId" }?.place
                == FileLine(file: "include/base.yaml", number: 2))
    }

    @Test("A value of the transport context, under any key, is a path like another") func transport() throws {
        let bench = try Bench(
            Bench.visits(#"reason: "{{ %transport.section }}""#, #"comment: "{{ %transport.anything }}""#))
        let told = try bench.json(
            "bookings", of: Self.body, transport: ["section": "past", "anything": "x", "unasked": "y"])
        #expect(told?.contains(#""reason":"past""#) == true)
        #expect(told?.contains(#""comment":"x""#) == true)
    }
}
