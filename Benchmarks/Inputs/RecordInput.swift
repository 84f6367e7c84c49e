/// A structured record in FHIR JSON: a Bundle with a list of medicines, about 4 KB each, whose resources refer to each
/// other, so that reading it is mostly joins. Without white space, as it comes over the wire. People are invented.
package enum RecordInput {
    package static func make(items: Int, seed: UInt64 = 2) -> [UInt8] {
        var choice = SeededChoice(seed: seed)
        let practitioners = 2 + items / 4
        var resources = [patient, organization]
        for number in 0..<practitioners { resources += practitioner(number, &choice) }
        resources.append(list(items))
        for item in 0..<items {
            resources += medicine(item, by: choice.number(0...(practitioners - 1)), &choice)
        }
        let entries = resources.map { #"{"resource":\#($0)}"# }.joined(separator: ",")
        let bundle =
            #"{"resourceType":"Bundle","id":"3f1d5c1e-93a7-4f0e-8a51-0000000b0001","meta":{"profile":["\#(profile)GPConnect-StructuredRecord-Bundle-1"]},"type":"collection","entry":[\#(entries)]}"#
        return Array(bundle.utf8)
    }

    private static let profile = "https://fhir.nhs.uk/STU3/StructureDefinition/"
    private static let codes = "https://fhir.nhs.uk/STU3/CodeSystem/"

    private static func meta(_ name: String) -> String {
        #""meta":{"versionId":"1469444400000","lastUpdated":"2026-06-14T11:00:00.000+01:00","profile":["\#(profile)\#(name)"]}"#
    }

    private static func reference(_ target: String) -> String { #"{"reference":"\#(target)"}"# }

    private static func identifier(_ system: String, _ value: String) -> String {
        #""identifier":[{"system":"\#(system)","value":"\#(value)"}]"#
    }

    private static func concept(_ system: String, _ code: String, _ display: String) -> String {
        #"{"coding":[{"system":"\#(system)","code":"\#(code)","display":"\#(display)"}]}"#
    }

    private static let patient =
        #"{"resourceType":"Patient","id":"pat-6001",\#(meta("CareConnect-GPC-Patient-1")),"identifier":[{"extension":[{"url":"\#(profile)Extension-CareConnect-GPC-NHSNumberVerificationStatus-1","valueCodeableConcept":\#(concept(codes + "CareConnect-NHSNumberVerificationStatus-1", "01", "Number present and verified"))}],"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990001480"}],"active":true,"name":[{"use":"official","text":"Beatrix Ottoline Fenn","family":"Fenn","given":["Beatrix","Ottoline"],"prefix":["Mrs"]}],"telecom":[{"system":"phone","value":"07700 900123","use":"mobile"}],"gender":"female","birthDate":"1966-03-17","address":[{"use":"home","type":"physical","line":["4 Teasel Yard"],"city":"Sampleford","postalCode":"ZZ99 5EE"}],"managingOrganization":{"reference":"Organization/org-1"}}"#

    private static let organization =
        #"{"resourceType":"Organization","id":"org-1",\#(meta("CareConnect-GPC-Organization-1")),\#(identifier("https://fhir.nhs.uk/Id/ods-organization-code", "Y90003")),"name":"Teasel Yard Practice","telecom":[{"system":"phone","value":"01632 960456","use":"work"}],"address":[{"use":"work","line":["1 Teasel Yard"],"city":"Sampleford","postalCode":"ZZ99 5EE"}]}"#

    private static func practitioner(_ number: Int, _ choice: inout SeededChoice) -> [String] {
        let family = choice.one(of: ["Lockwood-Adeyemi", "Oakshott", "Marchbanks", "Thistle"])
        let given = choice.one(of: ["Farah", "Wilhelmina", "Ottoline", "Barnaby"])
        return [
            #"{"resourceType":"Practitioner","id":"prac-\#(number)",\#(meta("CareConnect-GPC-Practitioner-1")),\#(identifier("https://fhir.nhs.uk/Id/sds-user-id", "G9\(SeededChoice.padded(number, 7))")),"name":[{"use":"usual","family":"\#(family)","given":["\#(given)"],"prefix":["Dr"]}],"gender":"unknown"}"#,
            #"{"resourceType":"PractitionerRole","id":"role-\#(number)",\#(meta("CareConnect-GPC-PractitionerRole-1")),"practitioner":\#(reference("Practitioner/prac-\(number)")),"organization":\#(reference("Organization/org-1")),"code":[\#(concept("https://fhir.hl7.org.uk/STU3/CodeSystem/CareConnect-SDSJobRoleName-1", "R0260", "General Medical Practitioner"))]}"#,
        ]
    }

    private static func list(_ items: Int) -> String {
        let entries = (0..<items).map { #"{"item":\#(reference("MedicationStatement/ms-\($0)"))}"# }
        return
            #"{"resourceType":"List",\#(meta("CareConnect-GPC-List-1")),"status":"current","mode":"snapshot","title":"Medications and medical devices","code":\#(concept("http://snomed.info/sct", "933361000000108", "Medications and medical devices")),"subject":\#(reference("Patient/pat-6001")),"date":"2026-06-15T11:20:00+01:00","orderedBy":\#(concept("http://hl7.org/fhir/list-order", "event-date", "Sorted by Event Date")),"entry":[\#(entries.joined(separator: ","))]}"#
    }

    /// A statement, the plan that it is based on, one or two orders by that plan, and the medication that all of them name.
    private static func medicine(_ item: Int, by practitioner: Int, _ choice: inout SeededChoice) -> [String] {
        let (code, drug) = drugs[choice.number(0...(drugs.count - 1))]
        let dose = choice.one(of: [
            "One to be taken each morning", "Two to be taken up to four times a day", "One at night, \\\"as before\\\"",
        ])
        let start = choice.date(year: 2020...2025)
        let author = reference("Practitioner/prac-\(practitioner)")
        let common =
            #""medicationReference":\#(reference("Medication/med-\(item)")),"subject":\#(reference("Patient/pat-6001"))"#
        let note = #""note":[{"text":"Patient prefers the white ones; last seen \#(choice.date(year: 2025...2026))"}]"#
        let quantity = #""quantity":{"value":\#(choice.number(1...8) * 7),"unit":"tablet"}"#
        let statement =
            #"{"resourceType":"MedicationStatement","id":"ms-\#(item)",\#(meta("CareConnect-GPC-MedicationStatement-1")),"extension":[{"url":"\#(profile)Extension-CareConnect-GPC-MedicationStatementLastIssueDate-1","valueDateTime":"2026-05-26"},{"url":"\#(profile)Extension-CareConnect-GPC-PrescribingAgency-1","valueCodeableConcept":\#(concept(codes + "CareConnect-PrescribingAgency-1", "prescribed-at-gp-practice", "Prescribed at GP practice"))}],\#(identifier("https://tracker.teasel.example/medication", "M-\(SeededChoice.padded(item, 5))")),"basedOn":[\#(reference("MedicationRequest/plan-\(item)"))],"status":"active",\#(common),"effectivePeriod":{"start":"\#(start)"},"dateAsserted":"\#(start)","taken":"unk",\#(note),"dosage":[{"text":"\#(dose)"}]}"#
        let plan =
            #"{"resourceType":"MedicationRequest","id":"plan-\#(item)",\#(meta("CareConnect-GPC-MedicationRequest-1")),"extension":[{"url":"\#(profile)Extension-CareConnect-GPC-MedicationRepeatInformation-1","extension":[{"url":"numberOfRepeatPrescriptionsAllowed","valuePositiveInt":6},{"url":"numberOfRepeatPrescriptionsIssued","valueUnsignedInt":2},{"url":"authorisationExpiryDate","valueDateTime":"2026-11-30"}]},{"url":"\#(profile)Extension-CareConnect-GPC-PrescriptionType-1","valueCodeableConcept":\#(concept(codes + "CareConnect-PrescriptionType-1", "repeat", "Repeat"))}],\#(identifier("https://tracker.teasel.example/plan", "P-\(SeededChoice.padded(item, 5))")),"status":"active","intent":"plan",\#(common),"authoredOn":"\#(start)T14:20:31.77+00:00","requester":{"agent":\#(author),"onBehalfOf":\#(reference("Organization/org-1"))},"recorder":\#(author),\#(note),"dosageInstruction":[{"text":"\#(dose)","patientInstruction":"Do not stop without asking"}],"dispenseRequest":{"validityPeriod":{"start":"\#(start)"},\#(quantity)}}"#
        let orders = (0...choice.number(0...1)).map { number in
            #"{"resourceType":"MedicationRequest","id":"order-\#(item)-\#(number)",\#(meta("CareConnect-GPC-MedicationRequest-1")),\#(identifier("https://tracker.teasel.example/issue", "I-\(SeededChoice.padded(item, 5))-\(number)")),"basedOn":[\#(reference("MedicationRequest/plan-\(item)"))],"status":"completed","intent":"order",\#(common),"authoredOn":"2026-0\#(number + 4)-28T08:00:00+01:00","dispenseRequest":{"validityPeriod":{"start":"2026-0\#(number + 4)-28","end":"2026-0\#(number + 5)-26"},\#(quantity),"expectedSupplyDuration":{"value":28,"unit":"day","system":"http://unitsofmeasure.org","code":"d"}}}"#
        }
        let medication =
            #"{"resourceType":"Medication","id":"med-\#(item)",\#(meta("CareConnect-GPC-Medication-1")),"code":\#(concept("http://snomed.info/sct", code, drug))}"#
        return [statement, plan] + orders + [medication]
    }

    private static let drugs = [
        ("318420003", "Atenolol 50mg tablets"), ("322236009", "Paracetamol 500mg tablets"),
        ("317972004", "Lisinopril 10mg tablets"), ("325072002", "Prednisolone 5mg gastro-resistant tablets"),
    ]
}
