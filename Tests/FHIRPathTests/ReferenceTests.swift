import FHIRPath
import Testing

@Suite("References inside a message")
struct ReferenceTests {
    private static let bundle = """
        {"resourceType": "Bundle", "entry": [
        {"fullUrl": "https://a.example/fhir/Patient/1",
         "resource": {"resourceType": "Patient", "id": "1", "meta": {"versionId": "2"}, "gender": "female",
          "contained": [{"resourceType": "Organization", "id": "c", "name": "first",
           "partOf": {"reference": "#d"}, "endpoint": {"reference": "#"}},
           {"resourceType": "Organization", "id": "d", "name": "parent"}],
          "managingOrganization": {"reference": "#c"}}},
        {"fullUrl": "urn:uuid:7", "resource": {"resourceType": "Group", "id": "g", "name": "group",
          "contained": [{"resourceType": "Organization", "id": "c", "name": "second"}],
          "managingEntity": {"reference": "#c"}, "none": {"reference": "#d"},
          "member": [{"entity": {"reference": "Patient/1"}}, {"entity": {"reference": "Patient/1/_history/2"}},
           {"entity": {"reference": "Patient/1/_history/9"}}, {"entity": {"reference": "Group/g/_history/9"}},
           {"entity": {"reference": "https://b.example/Patient/1"}}, {"entity": {"reference": "urn:uuid:7"}},
           {"entity": {"reference": "https://a.example/fhir/Patient/1/_history/2"}},
           {"entity": {"reference": "Patient/2"}}, {"entity": {"display": "nobody"}}]}}]}
        """

    @Test(
        "A reference leads to what it names",
        arguments: [
            ("entry[0].resource.managingOrganization.resolve().name", "'first'"),
            ("entry[1].resource.managingEntity.resolve().name", "'second'"),
            ("entry[1].resource.none.resolve().name", ""),
            ("entry[0].resource.contained[0].partOf.resolve().name", "'parent'"),
            ("entry[0].resource.contained[0].endpoint.resolve().id", "'1'"),
            ("entry[1].resource.member[0].entity.resolve().gender", "'female'"),
            ("entry[1].resource.member[1].entity.resolve().gender", "'female'"),
            ("entry[1].resource.member[2].entity.resolve().gender", ""),
            ("entry[1].resource.member[3].entity.resolve().name", "'group'"),
            ("entry[1].resource.member[4].entity.resolve().gender", "'female'"),
            ("entry[1].resource.member[5].entity.resolve().name", "'group'"),
            ("entry[1].resource.member[6].entity.resolve().gender", "'female'"),
            ("entry[1].resource.member[7].entity.resolve()", ""), ("entry[1].resource.member[8].entity.resolve()", ""),
            ("'Group/g'.resolve().name", "'group'"), ("'#d'.resolve().name", "'parent'"), ("'#c'.resolve()", ""),
            ("'Organization/d'.resolve().name", "'parent'"), ("'Organization/c'.resolve()", ""), ("'d'.resolve()", ""),
            ("entry[1].resource.member.entity.reference.resolve().gender.count()", "4"),
        ])
    func resolves(_ expression: String, _ expected: String) throws {
        #expect(try Bench(expression, on: Self.bundle).values.joined(separator: " ") == expected)
    }

    @Test("An HL7 v3 element leads to the one that has its id")
    func version3() throws {
        let body = """
            <m xmlns="urn:hl7-org:v3"><ref classCode="SBADM"><id root="0a1b2c3d-1111-2222-3333-444455556666"/></ref>
            <ref><id root="2.16.1" extension="X"/></ref><ref><id root="2.16.1" extension="Y"/></ref>
            <item><id root="0A1B2C3D-1111-2222-3333-444455556666"/><text>one</text></item>
            <item><id root="9.9"/><id root="2.16.1" extension="X"/><text>two</text></item></m>
            """
        #expect(try Bench("ref[0].resolve().text", on: body).values == ["'one'"])
        #expect(try Bench("ref[1].resolve().text", on: body).values == ["'two'"])
        #expect(try Bench("ref[2].resolve().text", on: body).values == [])
        #expect(try Bench("item[0].resolve()", on: body).values == [])
    }
}
