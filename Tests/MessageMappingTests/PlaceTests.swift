import MessageMapping
import Testing

@Suite("A fault in an expression is shown on its line of the file, with a caret under its place") struct PlaceTests {
    /// What the finding says behind the file's name, for a mapping whose `reason` is written so from line 10 on.
    private func told(_ lines: String...) throws -> String {
        let fields = lines.joined(separator: "\n      ")
        let finding = try #require(Bench.findings(Bench.visits(fields)).first)
        return String(finding.description.dropFirst("a.yaml:".count))
    }

    private func expect(_ lines: String..., say wanted: String) throws {
        let told = try told(lines.joined(separator: "\n      "))
        #expect(told.hasPrefix(wanted), "\(told)")
    }

    @Test("In a quoted text, whatever is escaped before it") func quoted() throws {
        try expect(
            #"reason: "{{ %v.A.join('\\n').trimm() }}""#,
            say: "10: unknown function trimm()\n    %v.A.join('\\\\n').trimm()\n                     ^\n")
        try expect(
            "reason: '{{ %v.A.join(''x'').trimm() }}'",
            say: "10: unknown function trimm()\n    %v.A.join(''x'').trimm()\n                     ^\n")
    }

    @Test("In a plain text, and in one that goes on in the next line") func plain() throws {
        try expect(
            "reason: a {{ %w }}", say: "10: unknown variable %w\n    %w\n    ^\n")
        try expect(
            "reason: a {{ %v.A &", "    %w }} b", say: "11: unknown variable %w\n    %w\n    ^\n")
    }

    @Test("In a folded and in a literal block") func blocks() throws {
        for style in [">-", "|", ">2-", "|-  # a comment"] {
            try expect(
                "reason: \(style)", "    {{ %v.A.combine(%v.B)", "       .combine(%v.C.trimm())", "       .first() }}",
                say: "12: unknown function trimm()\n    .combine(%v.C.trimm())\n                  ^\n")
        }
    }

    @Test("In the second hole of a text, and where letters take more than a byte") func holes() throws {
        try expect(
            #"reason: "é {{ %v.A }} ü {{ %v.B & 'ß' & %w }}""#,
            say: "10: unknown variable %w\n    %v.B & 'ß' & %w\n                 ^\n")
    }

    @Test("In the condition of a branch and the collection of a loop") func keys() throws {
        try expect(
            #""{% if %v.A and %w %}": {reason: x}"#, say: "10: unknown variable %w\n    %v.A and %w\n             ^\n")
        try expect(
            "practitioners:", #"  - "{% for p in %v.Who.wher(x) %}": {id: "{{ %p }}"}"#,
            say: "11: unknown function wher()\n    %v.Who.wher(x)\n           ^\n")
        try expect(
            #"location: {"{{ %v.Site.firs() }}": {name: x}}"#,
            say: "10: unknown function firs()\n    %v.Site.firs()\n            ^\n")
    }

    @Test("At the end of an expression that ends too early") func end() throws {
        try expect(
            #"reason: "{{ %v.A and }}""#, say: "10: the expression ends too early\n    %v.A and\n            ^")
        try expect(
            "reason: >-", "    {{ %v.A", "    and }}", say: "12: the expression ends too early\n    and\n       ^")
    }

    @Test("In an included file, and in confidentialWhen") func included() throws {
        let findings = Bench.findings(
            Bench.visits(top: "include: reply"),
            includes: ["reply": "# one\nconfidentialWhen: >-\n  Secret = 'yes' or\n  Mark.exist()\n"])
        #expect(
            findings.first?.description.hasPrefix(
                "include/reply.yaml:4: unknown function exist()\n    Mark.exist()\n         ^\n") == true,
            "\(findings)")
    }
}
