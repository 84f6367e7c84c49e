import MessageMapping
import Testing

/// A fault in a mapping, and what its author is told.
struct Refusal: Sendable, CustomTestStringConvertible {
    let what: String
    let mapping: String
    let line: Int
    let message: String
    let hint: String?

    init(_ what: String, _ mapping: String, line: Int, _ message: String, hint: String? = nil) {
        self.what = what
        self.mapping = mapping
        self.line = line
        self.message = message
        self.hint = hint
    }

    var testDescription: String { what }
}

@Suite("What is wrong in a mapping is told with file, line and hint") struct RefusalTests {
    private static let faults = [
        Refusal(
            "unknown field", Bench.visits("sesionName: x"), line: 10, "bookings has no field sesionName",
            hint: "did you mean sessionName?"),
        Refusal(
            "word of no closed list", Bench.visits("mode: vidio"), line: 10, "bookings.mode has no value vidio",
            hint: "did you mean video?"),
        Refusal(
            "a text for a number", Bench.visits("minutesDuration: ten"), line: 10,
            "bookings.minutesDuration is a whole number"),
        Refusal(
            "a text for a truth", Bench.visits("inferred: perhaps"), line: 10, "bookings.inferred is true or false"),
        Refusal(
            "a text for an object", Bench.visits("location: here"), line: 10,
            "bookings.location is an object, not a text", hint: "write its fields below it"),
        Refusal(
            "an object for a text", Bench.visits("reason: {text: x}"), line: 10,
            "bookings.reason is one value, not an object"),
        Refusal(
            "a list for one value", Bench.visits("reason: [x, y]"), line: 10,
            "bookings.reason holds one value, not a list"),
        Refusal(
            "all values for one", Bench.visits(#"reason: "{[ %v.Why ]}""#), line: 10, "bookings.reason holds one value",
            hint: "write {{ }} instead of {[ ]}"),
        Refusal(
            "unknown function", Bench.visits(#"reason: "{{ %v.Why.trimm() }}""#), line: 10, "unknown function trimm()",
            hint: "did you mean trim()?"),
        Refusal(
            "unknown variable", Bench.visits(#"reason: "{{ %w.Why }}""#), line: 10, "unknown variable %w",
            hint: "did you mean %v?"),
        Refusal(
            "unknown table", Bench.visits(#"mode: "{{ %v.How.codeTable('acme-kin') }}""#), line: 10,
            "there is no code table acme-kin", hint: "did you mean acme-kind?"),
        Refusal("no expression", Bench.visits(#"reason: "{{ %v. }}""#), line: 10, "the expression ends too early"),
        Refusal("open hole", Bench.visits(#"reason: "{{ %v.Why""#), line: 10, "{{ without its }}"),
        Refusal(
            "loop beside keys",
            Bench.visits("practitioners:", "  - name: x", #"    "{% for p in %v.Who %}": {id: "{{ %p }}"}"#), line: 12,
            "a loop beside other keys", hint: "a loop stands alone in its object"),
        Refusal(
            "unknown directive", Bench.visits(#""{% each v %}": {reason: x}"#), line: 10, "unreadable {% each v %}",
            hint: "for x in …, if …, elif …, else, assign, merge"),
        Refusal(
            "else without if", Bench.visits(#""{% else %}": {reason: x}"#), line: 10,
            "{% else %} without an if before it"),
        Refusal(
            "a branch never taken", Bench.visits(#""{% if false %}": {reason: x}"#), line: 10,
            "this branch is never taken", hint: "its condition is always false"),
        Refusal(
            "what follows is never reached",
            Bench.visits(#""{% if true %}": {reason: x}"#, #""{% else %}": {reason: y}"#), line: 10,
            "what follows is never reached", hint: "this condition is always true"),
        Refusal(
            "a value never given", Bench.visits(#"reason: "{{ iif('a' = 'b', %v.Why, %v.How) }}""#), line: 10,
            "one value of this iif() is never given", hint: "its condition is always false"),
        Refusal(
            "a variable that is an object", Bench.visits(#""{% assign %}": {x: {y: z}}"#), line: 10,
            "a variable holds values, not an object", hint: "give each of its fields a variable of its own"),
        Refusal(
            "unknown include", Bench.visits(top: "include: replies"), line: 4, "no file to include is named replies",
            hint: "it is looked for in the folder `include` beside this file"),
        Refusal(
            "unknown way to compare keys", Bench.visits(top: "keys: any"), line: 4, "unknown way to compare keys",
            hint: "exact or case-insensitive"),
        Refusal("no name", "reads: {root: A}", line: 1, "no name", hint: "begin with `mapping: system/message`"),
        Refusal(
            "nothing to read", "mapping: a/b\nbookings: []", line: 1, "it does not say what it reads",
            hint: "add `reads: {root: …}`"),
        Refusal(
            "unknown way to read", "mapping: a/b\nreads: {roots: A}", line: 2, "unknown key in reads",
            hint: "did you mean root?"),
        Refusal(
            "unknown field inside an object", Bench.visits("location: {nane: x}"), line: 10,
            "bookings.location has no field nane", hint: "did you mean name?"),
        Refusal(
            "unknown field that is merged in", Bench.visits(#""{% merge %}": {resaon: x}"#), line: 10,
            "bookings has no field resaon", hint: "did you mean reason?"),
        Refusal(
            "unknown field in a branch", Bench.visits(#""{% if %v.A %}": {"{% else %}": x}"#, "reason: x"), line: 10,
            "{% else %} without an if before it"),
        Refusal(
            "unknown key of a mapping", Bench.visits(top: "confidentalWhen: a"), line: 4,
            "a message has no field confidentalWhen", hint: "did you mean confidentialWhen?"),
        Refusal(
            "a truth for a date", Bench.visits(#"end: "{{ %v.End.exists() }}""#), line: 10,
            "bookings.end is a date, not true or false"),
        Refusal(
            "a date for a number", Bench.visits(#"minutesDuration: "{{ iif(%v.A, %v.B, %v.C.londonTime()) }}""#),
            line: 10, "bookings.minutesDuration is a whole number, not a date"),
        Refusal(
            "a number for a truth", Bench.visits(#"inferred: "{{ %v.A.count() }}""#), line: 10,
            "bookings.inferred is true or false, not a whole number"),
        Refusal(
            "a word in a branch of iif()", Bench.visits(#"mode: "{{ iif(%v.A, 'vidio', 'telephone') }}""#), line: 10,
            "bookings.mode has no value vidio", hint: "did you mean video?"),
        Refusal(
            "a constant that is no date", Bench.visits("end: soon"), line: 10, "bookings.end is a date",
            hint: "for instance 2026-07-02"),
        Refusal(
            "the same condition again",
            Bench.visits(#""{% if %v.A = 1 %}": {reason: x}"#, #""{% elif %v.A=1 %}": {reason: y}"#), line: 11,
            "this branch is never taken", hint: "an earlier one has the same condition"),
        Refusal(
            "the same condition inside", Bench.visits(#"reason: "{{ iif(%v.A, 'x', iif(%v.A, 'y', 'z')) }}""#),
            line: 10,
            "one value of this iif() is never given", hint: "an iif() around it has the same condition"),
        Refusal(
            "a directive that is nearly one", Bench.visits(#""{% elsif %v.A %}": {reason: x}"#), line: 10,
            "unreadable {% elsif %v.A %}", hint: "did you mean elif?"),
        Refusal(
            "a loop over nothing", Bench.visits(#""{% for p %}": {reason: x}"#), line: 10, "unreadable {% for p %}",
            hint: "for x in …, if …, elif …, else, assign, merge"),
        Refusal(
            "a variable of the language's own", Bench.visits(#""{% assign %}": {context: x}"#), line: 10,
            "a variable cannot be named context"),
        Refusal(
            "variables that are no object", Bench.visits(#""{% assign %}": x"#), line: 10,
            "assign holds names and values"),
        Refusal(
            "a hole as one key of several", Bench.visits(#"location: {"{{ %v.A }}": {name: x}, id: "1"}"#), line: 10,
            "a {{ }} beside other keys", hint: "it stands alone in its object"),
        Refusal(
            "all values in a text", Bench.visits(#"reason: "a {[ %v.A ]} b""#), line: 10, "{[ ]} beside other text",
            hint: "all values are no text: write {{ }} or join()"),
        Refusal(
            "a value merged in", Bench.visits(#""{% merge %}": "{{ %v.A }}""#), line: 10,
            "bookings is an object, not a value"),
        Refusal(
            "a key that stands twice", Bench.visits("reason: x", "reason: y"), line: 10,
            "the key reason stands here twice"),
        Refusal(
            "a condition that is none", Bench.visits(top: "complete: {bookings: {when: true, from: x, to: y}}"),
            line: 4,
            "when is no condition", hint: "write \"{{ … }}\""),
        Refusal(
            "at without is", "mapping: a/b\nreads: {root: A, at: b}", line: 2, "at without is",
            hint: "at: a path, is: the text that it gives"),
        Refusal(
            "two ways to read", "mapping: a/b\nreads: {root: A, resourceType: B}", line: 2,
            "reads says more than one thing"),
        Refusal(
            "an at that cannot be compiled", "mapping: a/b\nreads: {root: A, at: b.firs(), is: c}", line: 2,
            "unknown function firs()", hint: "did you mean first()?"),
        Refusal(
            "included twice", Bench.visits(top: "include: [a, a]"), line: 4, "a is included twice"),
        Refusal(
            "a renumbering that is none", Bench.visits(top: "renumber: 1"), line: 4, "renumber is a whole number from 2"
        ),
        Refusal("no YAML", "mapping: a/b\n  reads: [", line: 2, "not YAML"),
        Refusal("no mapping at all", "- a", line: 1, "not a YAML mapping"),
    ]

    private static let tables = ["acme-kind": "source,target,display\nPhone,telephone,\n"]

    @Test("A fault is refused", arguments: faults) func fault(refusal: Refusal) throws {
        let findings = Bench.findings(refusal.mapping, tables: Self.tables)
        let finding = try #require(findings.first { $0.message == refusal.message }, "\(findings)")
        #expect(finding.file == "a.yaml")
        #expect(finding.line == refusal.line)
        if let hint = refusal.hint { #expect(finding.hint == hint) }
    }

    @Test("A fault in an expression is shown with a caret") func caret() throws {
        let finding = try #require(Bench.findings(Bench.visits(#"reason: "{{ %v.Why.trimm() }}""#)).first)
        #expect(
            finding.description.contains(
                "a.yaml:10: unknown function trimm()\n    %v.Why.trimm()\n           ^\n  hint:"))
    }

    @Test("A fault in an included file names that file") func included() throws {
        let findings = Bench.findings(
            Bench.visits(top: "include: reply"), includes: ["reply": "# a comment\npractise: {odsCode: x}\n"])
        let finding = try #require(findings.first)
        #expect(finding.file == "include/reply.yaml")
        #expect(finding.line == 2)
        #expect(finding.hint == "did you mean practice?")
    }

    @Test("Everything that is wrong is told at once") func all() {
        #expect(Bench.findings(Bench.visits("mode: vidio", "reason: {text: x}", "resaon: x")).count == 3)
    }

    @Test("Two mappings that claim the same message are refused") func sameClaim() throws {
        let findings = Bench.findings(
            "mapping: a/one\nreads: {root: A}\nsource: {system: a, message: x}",
            "mapping: a/two\nreads: {root: A}\nsource: {system: a, message: x}")
        let finding = try #require(findings.first)
        #expect(findings.count == 1)
        #expect(finding.file == "b.yaml")
        #expect(finding.line == 2)
        #expect(finding.message == "a/one reads the same messages")
    }

    @Test("Two mappings of one name are refused") func sameName() {
        let findings = Bench.findings(
            "mapping: a/one\nreads: {root: A}\nsource: {system: a, message: x}",
            "mapping: a/one\nreads: {root: B}\nsource: {system: a, message: x}")
        #expect(findings.map(\.message) == ["the name a/one is taken"])
    }

    @Test("Code tables are read strictly") func tables() {
        func findings(_ text: String) -> [String] {
            do {
                _ = try CodeTable(name: "t", file: "t.csv", text: text)
                return []
            } catch {
                return error.findings.map { "\($0.line): \($0.message)" }
            }
        }
        #expect(findings("source,target,display\nA,b,\"c, \"\"d\"\"\"\n\n") == [])
        #expect(findings("from,to\n") == ["1: the first line is not `source,target,display`"])
        #expect(findings("source,target,display\nA,b\n,b,c\n") == ["2: not three cells", "3: not three cells"])
        #expect(findings("source,target,display\nA,b,\nA,c,\n") == ["3: no one can reach this row"])
    }

    @Test("A row of a code table that the field does not know is refused in the table's own file") func words() throws {
        let findings = Bench.findings(
            Bench.visits(#"mode: "{{ iif(%v.How.exists(), %v.How.codeTable('kind'), 'unknown') }}""#),
            tables: ["kind": "source,target,display\nPhone,telephone,\nScreen,vidio,\n"])
        let finding = try #require(findings.first)
        #expect(finding.file == "codes/kind.csv")
        #expect(finding.line == 3)
        #expect(finding.hint == "did you mean video?")
    }

    @Test("A mapping that nests or grows without end is refused or read, but does no harm") func hostile() {
        let deep = "mapping: a/b\nreads: {root: A}\nbookings: " + String(repeating: "[", count: 50_000)
        #expect(!Bench.findings(deep).isEmpty)
        let closed = String(repeating: "[", count: 900) + String(repeating: "]", count: 900)
        _ = Bench.findings("mapping: a/b\nreads: {root: A}\nbookings: \(closed)")
        let wide =
            "mapping: a/b\nreads: {root: A}\nsource: {system: a, message: x}\nbookings: ["
            + String(repeating: "x,", count: 20_000) + "x]"
        #expect(Bench.findings(wide).map(\.message) == ["bookings is an object, not a text"])
        let loop = ["a": "include: b", "b": "include: a"]
        let findings = Bench.findings(Bench.visits(top: "include: a"), includes: loop)
        #expect(findings.map(\.message) == ["a includes itself"])
        #expect(findings.first?.hint == "a.yaml → include/a.yaml → include/b.yaml → include/a.yaml")
    }
}
