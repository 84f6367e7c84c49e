import MessageMapping
import Testing

@Suite("FHIR's two languages, one mapping")
struct FHIRFormsTests {
    private static let mapping = """
        mapping: acme/patient
        reads: {resourceType: Bundle, at: type, is: searchset}
        source: {system: acme, message: patient, id: "{{ id }}"}
        "{% assign %}":
          - {patient: "{{ entry.resource.ofType(Patient) }}"}
        patient:
          localId: "{{ %patient.id }}"
          birthDate: "{{ %patient.birthDate.extension('urn:born').value.ofType(date) }}"
          gender: "{{ %patient.gender }}"
          name: {given: "{[ %patient.name.given.where(hasValue()) ]}"}
        """
    private static let json = """
        {"resourceType": "Bundle", "id": "b", "type": "searchset", "entry": [{"resource": {"resourceType": "Patient",
        "id": "p", "_birthDate": {"extension": [{"url": "urn:born", "valueDate": "1971-02-03"}]}, "gender": "female",
        "name": [{"given": [null, "Ines"], "_given": [{"extension": [{"url": "urn:gone", "valueBoolean": true}]}, null]}]}}]}
        """
    private static let xml = """
        <f:Bundle xmlns:f="http://hl7.org/fhir"><f:id value="b"/><f:type value="searchset"/><f:entry><f:resource>
        <f:Patient><f:id value="p"/><f:birthDate><f:extension url="urn:born"><f:valueDate value="1971-02-03"/>
        </f:extension></f:birthDate><f:gender value="female"/><f:name><f:given><f:extension url="urn:gone">
        <f:valueBoolean value="true"/></f:extension></f:given><f:given value="Ines"/></f:name></f:Patient>
        </f:resource></f:entry></f:Bundle>
        """

    @Test("A mapping for a resource type reads it in XML and in JSON", arguments: [json, xml])
    func both(_ body: String) throws {
        let bench = try Bench(Self.mapping)
        #expect(
            try bench.json("patient", of: body)
                == #"{"localId":"p","name":{"given":["Ines"]},"birthDate":"1971-02-03","gender":"female"}"#)
        #expect(try bench.issues(of: body) == [])
    }

    @Test("A bundle of another kind is not read, in either language")
    func otherKind() throws {
        let bench = try Bench(Self.mapping)
        for body in [Self.json, Self.xml] {
            #expect(try bench.read(body.replacing("searchset", with: "collection")) == nil)
        }
    }

    @Test("A mapping that names FHIR's root is refused with what to write instead")
    func root() {
        let findings = Bench.findings(
            Self.mapping.replacing(
                "{resourceType: Bundle, at: type, is: searchset}", with: "{root: \"{http://hl7.org/fhir}Bundle\"}"))
        #expect(findings.contains { $0.hint == "write {resourceType: Bundle}, for XML and JSON alike" })
    }
}
