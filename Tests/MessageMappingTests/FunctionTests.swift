import CanonicalModel
import MessageMapping
import Testing

@Suite("Our functions beside FHIRPath's own") struct FunctionTests {
    private static let xml = """
        <Reply kind="r"><Group name="g"><Row no="1"><Part>a</Part></Row><Row no="2"><Part>b</Part></Row></Group>
        <Empty/></Reply>
        """
    private static let json = """
        {"Kind":"r","Group":{"Row":[{"no":1,"key":"x"},{"no":2,"key":"y"},{"no":3,"key":"x"}]},"None":[],"Null":null,
        "Numbers":["999 000 0018","9990000026","9990000027",""]}
        """

    /// All values of an expression on a body, joined, and the issues.
    private func values(_ expression: String, of body: String) throws -> (text: String?, issues: [String]) {
        let reads = body.hasPrefix("<") ? "{root: Reply}" : "{has: [Kind]}"
        let bench = try Bench(
            """
            mapping: acme/reply
            reads: \(reads)
            source: {system: acme, message: reply}
            practice: {name: "{{ (\(expression)).join(',') }}"}
            """, tables: ["kind": "source,target,display\nx,ex,\n*,other,\n"])
        let read = try #require(try bench.read(body))
        let name = CanonicalShapes.required("organisation", "name")
        let node = read.message.nodes.indices.first { read.message.nodes[$0].field == name }
        return (node.map(read.message.string), read.issues.map(\.code))
    }

    @Test(
        "Around a node of XML",
        arguments: [
            ("Group.Row.first().Part.parent().no", "1"),
            ("Group.Row.Part.first().ancestors().name()", "Row,Group,Reply"),
            ("Group.name()", "Group"), ("%context.name()", "Reply"), ("%context.parent().name()", nil),
            ("Group.Row.no.parent().Part", "a,b"), ("hasKey('Empty').toString()", "true"),
            ("hasKey('Absent').toString()", "false"), ("Group.hasKey('name').toString()", "true"),
        ] as [(String, String?)]) func tree(expression: String, wanted: String?) throws
    {
        #expect(try values(expression, of: Self.xml).text == wanted)
    }

    @Test(
        "On JSON",
        arguments: [
            ("hasKey('None').toString()", "true"), ("hasKey('Null').toString()", "false"),
            ("Group.Row.distinctBy(key).no.toString()", "1,2"), ("lookup(Group.Row, key, 'x').no.toString()", "1,3"),
            ("lookup(Group.Row, key, 'z').no.toString()", nil), ("Group.Row.key.codeTable('kind')", "ex,other,ex"),
            ("Group.Row.select(digest(key)).select($this.length().toString())", "32,32,34"),
        ] as [(String, String?)]) func collections(expression: String, wanted: String?) throws
    {
        let read = try values(
            expression.replacing("no.toString()", with: "no.select(toString())"), of: Self.json)
        #expect(read.text == wanted)
        #expect(read.issues == [])
    }

    @Test("An NHS number is ten digits with its check digit, without blanks") func numbers() throws {
        let read = try values("Numbers.nhsNumber()", of: Self.json)
        #expect(read.issues == ["nhs-number-invalid"])
        #expect(read.text?.split(separator: ",").count == 2)
        #expect(read.text?.contains(" ") == false)
    }
}
