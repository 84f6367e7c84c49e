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
}
