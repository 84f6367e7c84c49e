import Documents
import Testing

@Suite("FHIR in one shape")
struct FHIRFoldingTests {
    let reader = DocumentReader(vocabulary: Vocabulary(["resourceType", "birthDate", "given"]))

    private func xml(_ inside: String, root: String = "Patient") throws -> String {
        try reader.outline("<\(root) xmlns=\"http://hl7.org/fhir\">\(inside)</\(root)>")
    }

    @Test("A resource in XML and in JSON has one shape")
    func resource() throws {
        let fromXML = try xml(
            """
            <id value="p1"/>
            <active value="true"/>
            <name><family value="Ashdown"/><given value="Ines"/><given value="May"/></name>
            <multipleBirthInteger value="2"/>
            """)
        let fromJSON = try reader.outline(
            """
            {"resourceType": "Patient", "id": "p1", "active": true,
             "name": [{"family": "Ashdown", "given": ["Ines", "May"]}], "multipleBirthInteger": 2}
            """)
        #expect(fromXML == fromJSON)
        #expect(
            fromXML == "('resourceType=Patient 'id=p1 ?active=true name('family=Ashdown 'given=Ines 'given=May)"
                + " 0multipleBirthInteger=2)")
    }

    @Test("The kind of a value goes by the type of the element it belongs to")
    func kinds() throws {
        let outline = try xml(
            """
            <identifier><value value="0123"/></identifier>
            <valueQuantity><value value="1.50"/></valueQuantity>
            <component><valueInteger value="7"/></component>
            """, root: "Observation")
        #expect(
            outline == "('resourceType=Observation identifier('value=0123) valueQuantity(0value=1.50)"
                + " component(0valueInteger=7))")
    }

    @Test(
        "A number or a boolean that is none stays a string",
        arguments: ["01", "+1", "1.", ".5", "1e", "", "0x1", "1 ", "NaN", "--1", "-"])
    func notANumber(_ value: String) throws {
        let text = value.isEmpty ? "" : "=" + value
        #expect(
            try xml("<valueQuantity><value value='\(value)'/></valueQuantity>", root: "Observation")
                == "('resourceType=Observation valueQuantity('value\(text)))")
        #expect(try xml("<active value='\(value)'/>") == "('resourceType=Patient 'active\(text))")
    }

    @Test("Contained resources and those of a bundle are the element that holds them")
    func nested() throws {
        let fromXML = try xml(
            """
            <type value="searchset"/><total value="1"/>
            <entry><fullUrl value="urn:uuid:1"/><resource><Patient><contained><Organization><id value="o"/>
            </Organization></contained><contained><Organization><id value="q"/></Organization></contained>
            </Patient></resource><search><score value="0.5"/></search></entry>
            """, root: "Bundle")
        let fromJSON = try reader.outline(
            """
            {"resourceType": "Bundle", "type": "searchset", "total": 1, "entry": [{"fullUrl": "urn:uuid:1",
             "resource": {"resourceType": "Patient", "contained": [{"resourceType": "Organization", "id": "o"},
             {"resourceType": "Organization", "id": "q"}]}, "search": {"score": 0.5}}]}
            """)
        #expect(fromXML == fromJSON)
    }

    @Test("A primitive keeps its id and extensions, with a value or without")
    func primitiveExtensions() throws {
        let fromXML = try xml(
            """
            <name><given><extension url="urn:a"><valueCode value="x"/></extension></given><given value="Jo"/>
            <given id="g3" value="Lee"/></name>
            <birthDate id="b" value="1974-12-25"><extension url="urn:t"><valueDateTime value="1974-12-25T14:35:45Z"/>
            </extension></birthDate>
            """)
        let name = """
            "_given": [{"extension": [{"url": "urn:a", "valueCode": "x"}]}, null, {"id": "g3"}]
            """
        let birth = """
            "_birthDate": {"id": "b", "extension": [{"url": "urn:t", "valueDateTime": "1974-12-25T14:35:45Z"}]}
            """
        let orders = [
            "{\"resourceType\": \"Patient\", \"name\": [{\"given\": [null, \"Jo\", \"Lee\"], \(name)}], "
                + "\"birthDate\": \"1974-12-25\", \(birth)}",
            "{\"resourceType\": \"Patient\", \"name\": [{\(name), \"given\": [null, \"Jo\", \"Lee\"]}], "
                + "\(birth), \"birthDate\": \"1974-12-25\"}",
        ]
        for json in orders { #expect(try reader.outline(json) == fromXML) }
        #expect(
            fromXML == "('resourceType=Patient name(given(extension('url=urn:a 'valueCode=x)) 'given=Jo "
                + "'given=Lee('id=g3)) 'birthDate=1974-12-25('id=b extension('url=urn:t "
                + "'valueDateTime=1974-12-25T14:35:45Z)))")
    }

    @Test("Extensions alone make the primitive that they belong to")
    func extensionsAlone() throws {
        #expect(
            try reader.outline(#"{"resourceType": "Patient", "_birthDate": {"extension": [{"url": "u"}]}}"#)
                == "('resourceType=Patient birthDate(extension('url=u)))")
        #expect(
            try reader.outline(#"{"resourceType": "X", "a": ["1"], "_a": [null, {"id": "2"}]}"#)
                == "('resourceType=X 'a=1 a('id=2))")
    }

    @Test(
        "Keys with an underscore stay where they are no part of a primitive",
        arguments: [
            #"{"a": 1, "_a": {"id": "x"}}"#,
            #"{"resourceType": "X", "a": {"b": 1}, "_a": {"id": "x"}}"#,
            #"{"resourceType": "X", "a": 1, "_a": "x"}"#,
            #"{"resourceType": "X", "a": 1, "_": {"id": "x"}}"#,
        ])
    func otherKeys(_ json: String) throws {
        let outline = try reader.outline(json)
        #expect(outline.contains("_"))
        #expect(!outline.contains("a=1("))
    }

    @Test("The narrative is the text of its XHTML")
    func narrative() throws {
        let tree = try reader.read(
            Array(
                """
                <Patient xmlns="http://hl7.org/fhir" xmlns:h="http://www.w3.org/1999/xhtml"><text>
                <status value="generated"/>
                <h:div title="a &quot;b&quot;"> 1 &lt; 2 &amp; <h:b xml:lang="en">three</h:b><br \
                xmlns="http://www.w3.org/1999/xhtml"/>é<![CDATA[<x>]]></h:div></text><gender value="female"/></Patient>
                """.utf8))
        let div = try #require(tree.nodes.indices.first { tree.name(of: $0) == "div" })
        #expect(
            tree.string(div) == "<div xmlns=\"http://www.w3.org/1999/xhtml\" title=\"a &quot;b&quot;\"> 1 &lt; 2 &amp; "
                + "<b xml:lang=\"en\">three</b><br/>é&lt;x&gt;</div>")
        #expect(tree.nodes[div].kind == .string)
        #expect(tree.string(tree.nodes.count - 1) == "female")
    }

    @Test("A document whose root is FHIR's has the format of JSON, any other that of XML")
    func format() throws {
        func format(_ xml: String) throws -> DocumentTree.Format { try reader.read(Array(xml.utf8)).format }
        #expect(try format("<Patient xmlns='http://hl7.org/fhir'/>") == .json)
        #expect(try format("<f:Patient xmlns:f='http://hl7.org/fhir'/>") == .json)
        #expect(try format("<Patient/>") == .xml)
        #expect(try format("<Body><Patient xmlns='http://hl7.org/fhir'/></Body>") == .xml)
    }

    @Test("Inside other XML a resource is an element of its name")
    func embedded() throws {
        #expect(
            try reader.outline(
                "<e>t<Patient xmlns='http://hl7.org/fhir'><active value='true'/></Patient><f at='1'>u</f>v</e>")
                == "e=t(Patient('resourceType=Patient ?active=true) f=u(@at=1) #=v)")
    }

    @Test("What FHIR does not allow harms nothing else")
    func hostile() throws {
        // Neither value nor content; text beside a value; an attribute that is none of FHIR's.
        #expect(try xml("<birthDate/>") == "('resourceType=Patient birthDate)")
        #expect(try xml("t<birthDate value='2001'>u</birthDate>v") == "('resourceType=Patient 'birthDate=2001)")
        #expect(try xml("<birthDate x='1' value='2'/>") == "('resourceType=Patient 'birthDate=2('x=1))")
        // Two resources in one place, and a resource where none belongs.
        #expect(
            try xml("<contained><A/><B/></contained><C><id value='1'/></C>")
                == "('resourceType=Patient contained('resourceType=A) contained('resourceType=B) "
                + "C('resourceType=C 'id=1))")
        // Another vocabulary's elements, with FHIR again inside them, and XHTML there.
        #expect(
            try xml(
                "<name><x xmlns='urn:x' value='1'>t<u><active xmlns='http://hl7.org/fhir' value='true'/></u></x></name>"
            )
                == "('resourceType=Patient name(x=t(@value=1 u(?active=true))))")
        #expect(
            try xml("<x xmlns='urn:x'><div xmlns='http://www.w3.org/1999/xhtml'>d</div></x>")
                == "('resourceType=Patient x(div=d))")
    }

    @Test("As deep as a document may be, it is folded")
    func deepJSON() throws {
        let deep = DocumentReader(vocabulary: Vocabulary(), limits: DocumentLimits(nesting: 10_000))
        let levels = 4_990
        let json =
            "{\"resourceType\": \"A\", \"_b\": {\"id\": \"1\"}, \"a\": "
            + String(repeating: "[{\"a\": ", count: levels) + "1" + String(repeating: "}]", count: levels) + "}"
        let tree = try deep.read(Array(json.utf8))
        #expect(tree.nodes.count == levels + 5)
        #expect(tree.nodes.allSatisfy { Int($0.end) <= tree.nodes.count })
        #expect(tree.name(of: 2) == "b")
    }

    @Test("Resources contained in one another are bounded by the nesting limit")
    func depth() {
        let limited = DocumentReader(vocabulary: Vocabulary(), limits: DocumentLimits(nesting: 20))
        func nested(_ levels: Int) -> String {
            "<A xmlns='http://hl7.org/fhir'>" + String(repeating: "<contained><A>", count: levels)
                + String(repeating: "</A></contained>", count: levels) + "</A>"
        }
        #expect(limited.refusal(nested(19).utf8) == nil)
        #expect(limited.refusal(nested(20).utf8) == .tooDeep)
        #expect(reader.refusal(nested(200).utf8) == .tooDeep)
    }
}

@Suite("FHIR written in both languages")
struct FHIRRoundTripTests {
    @Test("A random resource has the same tree in XML and in JSON", arguments: 0..<200)
    func sameTree(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let resource = RandomResource(using: &random)
        let reader = DocumentReader(vocabulary: Vocabulary(["resourceType", "given"]))
        let fromXML = try reader.outline(resource.xml)
        #expect(try reader.outline(resource.json) == fromXML, "\(resource.xml)\n\(resource.json)")
    }
}
