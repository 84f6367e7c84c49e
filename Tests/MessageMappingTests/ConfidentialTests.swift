import CanonicalModel
import MessageMapping
import Testing

@Suite("What is confidential in the source is confidential in the message") struct ConfidentialTests {
    private static func mapping(_ fields: String...) -> String {
        """
        mapping: acme/allergies
        reads: {has: [Rows]}
        source: {system: acme, message: allergies}
        confidentialWhen: "Secret = 'yes'"
        recordSummary:
          sections:
            allergies:
              state: present
              items:
                - "{% for a in Rows.Row %}":
                    id: "{{ %a.Id }}"
                    code: {text: "{{ %a.Name }}"}
        \(fields.map { "            \($0)" }.joined(separator: "\n"))
        """
    }

    /// The ids of the items that are marked, by the engine and in the message.
    private func marked(_ mapping: String, _ body: String) throws -> (engine: [String], written: [String]) {
        let message = try #require(try Bench(mapping).read(body)).message
        let ids = ["allergy"].compactMap { name in
            CanonicalShapes.fields.first { CanonicalShapes.shape($0.shape).name == name && $0.name == "id" }?.id
        }
        var result: (engine: [String], written: [String]) = ([], [])
        for node in message.nodes.indices where message.nodes[node].isObject {
            guard let id = ids.lazy.compactMap({ message.first($0, in: node) }).first else { continue }
            let shape = CanonicalShapes.shape(CanonicalShapes.field(message.nodes[id].field).shape)
            if message.nodes[node].isConfidential { result.engine.append(message.string(id)) }
            if let field = CanonicalShapes.field("confidential", of: shape)?.id,
                message.first(field, in: node).map(message.string) == "true"
            {
                result.written.append(message.string(id))
            }
        }
        return result
    }

    private func expect(_ wanted: [String], _ mapping: String, _ body: String) throws {
        let found = try marked(mapping, body)
        #expect(found.engine == wanted)
        #expect(found.written == wanted)
    }

    @Test("An item whose own source is marked, and no other") func own() throws {
        try expect(
            ["2"], Self.mapping(),
            #"{"Rows":{"Row":[{"Id":"1","Name":"a"},{"Id":"2","Name":"b","Secret":"yes"},{"Id":"3","Name":"c","Secret":"no"}]}}"#
        )
    }

    @Test("Every item below a marked ancestor") func ancestors() throws {
        try expect(
            ["1", "2"], Self.mapping(),
            #"{"Rows":{"Secret":"yes","Row":[{"Id":"1","Name":"a"},{"Id":"2","Name":"b"}]}}"#)
    }

    @Test("An item that takes a value from something marked") func values() throws {
        try expect(
            ["2"], Self.mapping("note: \"{{ %a.Note.Text }}\""),
            #"{"Rows":{"Row":[{"Id":"1","Name":"a","Note":{"Text":"x"}},{"Id":"2","Name":"b","Note":{"Text":"y","Secret":"yes"}}]}}"#
        )
    }

    @Test("An item that reaches something marked by a join, even when it takes nothing from it") func joins() throws {
        let body =
            #"{"Rows":{"Row":[{"Id":"1","Name":"a","Plan":"p"},{"Id":"2","Name":"b","Plan":"q"},{"Id":"3","Name":"c","Plan":"q"}]},"Plans":[{"Id":"p"},{"Id":"q","Secret":"yes","Text":"x"}]}"#
        try expect(["2", "3"], Self.mapping("note: \"{{ lookup(%context.Plans, Id, %a.Plan).Text }}\""), body)
        try expect(
            ["2", "3"], Self.mapping("note: \"{{ iif(lookup(%context.Plans, Id, %a.Plan).exists(), 'planned') }}\""),
            body)
    }

    @Test("A section that looks at something marked is not marked for it: its other items stay as they are")
    func section() throws {
        let looking = Self.mapping().replacing(
            "state: present", with: "state: \"{{ iif(Rows.Row.exists(), 'present', 'empty') }}\"")
        let body = #"{"Rows":{"Row":[{"Id":"1","Name":"a"},{"Id":"2","Name":"b","Secret":"yes"}]}}"#
        try expect(["2"], looking, body)
        let message = try #require(try Bench(looking).read(body)).message
        let marked = message.nodes.filter(\.isConfidential).map { CanonicalShapes.field($0.field).name }
        #expect(marked == ["items", "code"])
    }

    @Test("An item that reaches something marked by a reference") func references() throws {
        let body =
            ##"{"Rows":{"Row":[{"Id":"1","Name":"a","Plan":{"reference":"#p"}},{"Id":"2","Name":"b","Plan":{"reference":"#q"}}]},"contained":[{"resourceType":"Plan","id":"p"},{"resourceType":"Plan","id":"q","Secret":"yes"}]}"##
        try expect(["2"], Self.mapping("note: \"{{ %a.Plan.resolve().id }}\""), body)
    }

    @Test("An author cannot take the mark off") func unset() throws {
        let body = #"{"Rows":{"Row":[{"Id":"1","Name":"a","Secret":"yes"}]}}"#
        try expect(["1"], Self.mapping("confidential: false"), body)
        try expect(["1"], Self.mapping(#"confidential: "{{ %a.Public.exists() }}""#), body)
    }

    @Test("Where nothing is marked nothing is") func none() throws {
        try expect([], Self.mapping(), #"{"Rows":{"Row":[{"Id":"1","Name":"a"}]},"Elsewhere":{"Secret":"yes"}}"#)
    }

    private static func marked(by condition: String, _ fields: String..., top: String = "") -> String {
        mapping(fields.joined()).replacing("\"Secret = 'yes'\"", with: "\"\(condition)\"")
            .replacing("reads:", with: top.isEmpty ? "reads:" : "\(top)\nreads:")
    }

    @Test("Keys are compared as the mapping says, in the condition too") func folded() throws {
        let mapping = Self.marked(by: "Secret = 'yes'", top: "keys: case-insensitive")
        try expect(
            ["2"], mapping, #"{"Rows":{"Row":[{"Id":"1","Name":"a"},{"Id":"2","Name":"b","SECRET":"yes"}]}}"#)
    }

    @Test(
        "A condition may ask the node itself, what is around it, or what is not there",
        arguments: [
            "name() = 'Row' and Kind = 's'", "hasKey('Mark')", "Open.exists().not() and Id.exists()",
            "$this.Kind = 's'", "iif(Kind = 's', true)",
            "%context.Rows.Kinds.where($this = 's').exists() and Kind = 's'",
            "children().where($this = 's').exists() and Id.exists()", "(Kind | Sort).where($this = 's').exists()",
        ]) func conditions(condition: String) throws
    {
        try expect(
            ["2"], Self.marked(by: condition),
            #"{"Rows":{"Kinds":["s"],"Row":[{"Id":"1","Name":"a","Open":1,"Kind":"t"},{"Id":"2","Name":"b","Kind":"s","Mark":1}]}}"#
        )
    }

    @Test("A condition on the transport context alone marks the whole message") func transport() throws {
        let mapping = Self.marked(by: "%transport.section.empty()")
        try expect(["1"], mapping, #"{"Rows":{"Row":{"Id":"1","Name":"a"}}}"#)
    }

    @Test("A mapping adds its condition to that of what it includes and cannot take it away") func include() throws {
        let mapping = Self.marked(by: "Hidden = 'yes'", top: "include: rules")
        let bench = try Bench(mapping, includes: ["rules": "confidentialWhen: Secret = 'yes'\n"])
        let body =
            #"{"Rows":{"Row":[{"Id":"1","Name":"a","Secret":"yes"},{"Id":"2","Name":"b","Hidden":"yes"},{"Id":"3","Name":"c"}]}}"#
        let message = try #require(try bench.read(body)).message
        let summary = try #require(message.json("recordSummary"))
        #expect(summary.split(separator: "},{").map { $0.contains("\"confidential\":true") } == [true, true, false])
    }

    @Test("What is marked inside a document in a value is confidential, and so is all of one in a marked value")
    func parsed() throws {
        let mapping = """
            mapping: acme/allergies
            reads: {has: [Docs]}
            source: {system: acme, message: allergies}
            confidentialWhen: "Secret = 'yes'"
            recordSummary:
              sections:
                allergies:
                  state: present
                  items:
                    - "{% for a in Docs.Text.parseXML().Row %}":
                        id: "{{ %a.Id }}"
                        code: {text: "{{ %a.Name }}"}
            """
        let open = "<R><Row><Id>1</Id><Name>a</Name></Row><Row><Id>2</Id><Name>b</Name><Secret>yes</Secret></Row></R>"
        let other = "<R><Row><Id>3</Id><Name>c</Name></Row></R>"
        try expect(
            ["2", "3"], mapping, #"{"Docs":[{"Text":"\#(open)"},{"Secret":"yes","Text":"\#(other)"}]}"#)
        try expect([], mapping, #"{"Docs":[{"Text":"\#(other)"}]}"#)
    }

    @Test("A row that was put together of two is confidential when either is") func merged() throws {
        let tail = "The patient was told to come back in a fortnight or so."
        let mapping = Self.mapping("note: \"{{ %a.Text }}\"")
            .replacing("for a in Rows.Row %", with: "for a in Rows.Row.mergeCut(Key, Text) %")
        func row(_ id: String, _ text: String, _ more: String = "") -> String {
            #"{"Id":"\#(id)","Name":"n","Key":"k","Text":"\#(text)"\#(more)}"#
        }
        let secret = #","Secret":"yes""#
        for (one, other) in [(secret, ""), ("", secret)] {
            try expect(
                ["1"], mapping,
                #"{"Rows":{"Row":[\#(row("1", tail + "...", one)),\#(row("2", tail, other)),\#(row("3", "other"))]}}"#)
        }
    }
}
