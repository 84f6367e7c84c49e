import Documents
import FHIRPath
import Testing

@Suite("FHIR's types")
struct FHIRTypeTests {
    private static let xml = """
        <Observation xmlns="http://hl7.org/fhir"><id value="o1"/>
        <contained><Patient><id value="p"/><birthDate value="1974-12"><extension url="urn:t"><valueDateTime \
        value="1974-12-25T14:35:45Z"/></extension></birthDate><name><given><extension url="urn:a"/></given>\
        <given value="Ines"/></name></Patient></contained>
        <status value="final"/><code><coding><code value="8480-6"/></coding></code>
        <subject><reference value="#p"/></subject><effectiveDateTime value="2026-03-01T10:00:00Z"/>
        <issued value="2026-03-01T10:05:00Z"/>
        <valueQuantity><value value="120.0"/><unit value="mmHg"/></valueQuantity>
        <component><valueAge><value value="3"/></valueAge></component></Observation>
        """
    private static let json = """
        {"resourceType": "Observation", "id": "o1", "contained": [{"resourceType": "Patient", "id": "p",
        "birthDate": "1974-12",
        "_birthDate": {"extension": [{"url": "urn:t", "valueDateTime": "1974-12-25T14:35:45Z"}]},
        "name": [{"given": [null, "Ines"], "_given": [{"extension": [{"url": "urn:a"}]}, null]}]}],
        "status": "final", "code": {"coding": [{"code": "8480-6"}]}, "subject": {"reference": "#p"},
        "effectiveDateTime": "2026-03-01T10:00:00Z", "issued": "2026-03-01T10:05:00Z",
        "valueQuantity": {"value": 120.0, "unit": "mmHg"}, "component": [{"valueAge": {"value": 3}}]}
        """

    @Test(
        "Elements have the type that FHIR gives them, in XML and in JSON",
        arguments: [
            ("status.type().name", "'code'"), ("status.type().namespace", "'FHIR'"), ("status is code", "true"),
            ("status is string", "true"), ("status is String", "false"), ("status is id", "false"),
            ("status.as(code)", "'final'"), ("status.ofType(string).count()", "0"),
            ("issued is instant", "true"), ("issued is dateTime", "false"), ("effective is dateTime", "true"),
            ("subject.reference is string", "true"), ("id is id", "true"), ("value is Quantity", "true"),
            ("value.ofType(Quantity).value", "120.0"), ("value.as(Period).count()", "0"),
            ("value.value is decimal", "true"), ("value.value is integer", "false"),
            ("value.type().name", "'Quantity'"), ("component.value is Age", "true"),
            ("component.value is Quantity", "true"), ("component.value is Duration", "false"),
            ("component.value.ofType(Quantity).value", "3"), ("component is BackboneElement", "true"),
            ("component.type().name", "'BackboneElement'"), ("code is Element", "true"),
            ("Observation is DomainResource", "true"), ("Observation is Resource", "true"),
            ("Observation is Patient", "false"), ("Observation is System.Quantity", "false"),
            ("contained.birthDate is date", "true"), ("contained.name.given.type().name", "'string' 'string'"),
            ("contained.name.given.select(hasValue())", "false true"),
            ("contained.name.given[0].getValue().count()", "0"),
            ("contained.name.given.extension.url", "'urn:a'"),
            ("contained.birthDate.extension('urn:t').value is dateTime", "true"),
            ("contained.birthDate.extension('urn:x').count()", "0"), ("contained.birthDate.getValue()", "'1974-12'"),
            ("subject.resolve().birthDate", "'1974-12'"),
            ("conformsTo('http://hl7.org/fhir/StructureDefinition/Observation')", "true"),
            ("conformsTo('http://hl7.org/fhir/StructureDefinition/Patient')", "false"),
            ("conformsTo('http://hl7.org/fhir/StructureDefinition/Resource')", "true"),
        ])
    func types(_ expression: String, _ expected: String) throws {
        for body in [Self.xml, Self.json] {
            #expect(try Bench(expression, on: body).values.joined(separator: " ") == expected)
        }
    }

    @Test(
        "Literals have FHIRPath's own types",
        arguments: [
            ("1 is Integer", "true"), ("1 is integer", "false"), ("1 is FHIR.integer", "false"),
            ("'a' is System.String", "true"), ("true.type().name", "'Boolean'"), ("1.0.type().namespace", "'System'"),
            ("1 is Any", "true"), ("1 is Quantity", "false"), ("@2020.type().name", "'Date'"),
        ])
    func literals(_ expression: String, _ expected: String) throws {
        #expect(try Bench(expression).values == [expected])
    }

    @Test(
        "What is not FHIR goes by its shape",
        arguments: [
            ("a is String", "true"), ("a is string", "true"), ("b is Integer", "true"), ("b is decimal", "false"),
            ("c is Boolean", "true"), ("d is Quantity", "false"), ("d.valueQuantity is Quantity", "true"),
            ("b.type().name", "'Integer'"), ("d.type().name", "'Any'"),
        ])
    func shapes(_ expression: String, _ expected: String) throws {
        let body = #"{"a": "x", "b": 1, "c": true, "d": {"valueQuantity": {"value": 1}}}"#
        #expect(try Bench(expression, on: body).values == [expected])
    }

    @Test("An XML element says its own type")
    func schemaType() throws {
        let body = "<a xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xmlns:h='urn:h'><b xsi:type='h:PQ'/></a>"
        #expect(try Bench("b.type().name", on: body).values == ["'PQ'"])
        #expect(try Bench("b.type().namespace", on: body).values == [])
    }

    @Test(
        "A type that is not known is refused, with the nearest that is",
        arguments: [
            ("a is Patinet", "unknown type Patinet; did you mean Patient?"),
            ("a.ofType(FHIR.String)", "unknown type FHIR.String; did you mean string?"),
            ("a as Sytem.String", "unknown namespace Sytem; there are System and FHIR"),
            ("a.is(1)", "expected a type"),
            (
                "code.memberOf('x')",
                "memberOf() needs a terminology server, and there is none; compare codes, or write them into a code table"
            ),
        ])
    func refusals(_ expression: String, _ message: String) throws {
        let fault = #expect(throws: ExpressionFault.self) { try Bench(expression) }
        #expect(fault?.description == message)
    }

    @Test("A profile that is not FHIR's own is a problem")
    func unknownProfile() throws {
        let bench = try Bench("conformsTo('http://trash')", on: Self.json)
        #expect(bench.values == [])
        #expect(bench.problems == ["unknown-profile"])
    }

    @Test("The type of what is nested deeply is found")
    func deep() throws {
        let levels = 4_000
        let body =
            "{\"resourceType\": \"Questionnaire\", \"item\": " + String(repeating: "[{\"item\": ", count: levels)
            + "[{\"linkId\": \"x\"}]" + String(repeating: "}]", count: levels) + "}"
        let vocabulary = Vocabulary(["resourceType", "linkId"])
        let tree = try DocumentReader(vocabulary: vocabulary, limits: DocumentLimits(nesting: 10_000))
            .read(Array(body.utf8))
        var compiler = ExpressionCompiler(vocabulary: vocabulary)
        let test = try compiler.compile(Expression(parsing: "$this is string"), variables: [:])
        let evaluator = Evaluator(compiler.finish(), tree: tree, now: "")
        let leaf = Value.node(tree.nodes.count - 1, tree: 0)
        #expect(evaluator.evaluate(test, on: leaf).map(evaluator.string) == ["true"])
    }

    @Test("Any number of values may be asked for their types")
    func manyTypes() throws {
        let body =
            "{\"resourceType\": \"Patient\", \"name\": [" + Array(repeating: "{}", count: 500).joined(separator: ",")
            + "]}"
        #expect(try Bench("name.type().name.distinct()", on: body).values == ["'HumanName'"])
        let hostile =
            "<a xmlns:x='http://www.w3.org/2001/XMLSchema-instance'>"
            + (0..<300).map { "<b x:type='T\($0)'/>" }.joined() + "</a>"
        #expect(try Bench("b.type().count()", on: hostile).problems.contains("too-many-types"))
    }

    @Test(
        "Strict mode refuses what the type does not have",
        arguments: [
            ("name.given1", "HumanName has no given1; did you mean given?"), ("Encounter.name", nil),
            ("deceasedBoolean", nil), ("(deceased as Period).start.foo", nil), ("children().skip(1)", nil),
            ("name.where(famly = 'x')", nil),
        ])
    func strict(_ expression: String, _ message: String?) throws {
        let parsed = try Expression(parsing: expression)
        let fault = #expect(throws: ExpressionFault.self) { try StaticTypes.check(parsed, on: "Patient") }
        if let message { #expect(fault?.description == message) }
    }

    @Test(
        "Strict mode lets pass what the type has",
        arguments: [
            "name.given", "Patient.name.where(use = 'official').given.first()", "deceased.is(boolean)",
            "(deceased as dateTime)", "contained.anything.at.all", "extension('x').value.code",
            "name.select(given | family)", "telecom.where($this.system = 'phone')", "DomainResource.id",
            "contact.name.period.start", "link.other.resolve().foo", "birthDate.extension.url",
        ])
    func lenient(_ expression: String) throws {
        try StaticTypes.check(Expression(parsing: expression), on: "Patient")
        try StaticTypes.check(Expression(parsing: "whatever.it.is"), on: "NotAResource")
    }
}
