/// A whole record as one practice sends it to the next (GP2GP, `RCMR_IN030000UK06`): consultations, each with a diagnosis,
/// a note, a blood pressure, a medicine and an issue of it, a referral, a recall, a vaccination, an allergy, a measured
/// value and a problem that names some of them. Without white space, as it comes over the wire. People are invented.
package enum ExtractInput {
    /// How many statements a consultation has, compound ones and link sets included.
    package static let statementsEach = 17

    package static func make(consultations: Int, seed: UInt64 = 3) -> [UInt8] {
        var choice = SeededChoice(seed: seed)
        var body = Array(head.utf8)
        for number in 0..<consultations { body += consultation(number, &choice).utf8 }
        return body + tail.utf8
    }

    /// An extract that has just reached so many bytes, and how many consultations that takes.
    package static func make(bytes: Int, seed: UInt64 = 3) -> (body: [UInt8], consultations: Int) {
        var choice = SeededChoice(seed: seed)
        var body: [UInt8] = []
        body.reserveCapacity(bytes + bytes / 64 + 32_768)
        body += head.utf8
        var number = 0
        while body.count + tail.utf8.count < bytes {
            body += consultation(number, &choice).utf8
            number += 1
        }
        body += tail.utf8
        return (body, number)
    }

    private static let snomed = "2.16.840.1.113883.2.1.3.2.4.15"
    private static let read = "2.16.840.1.113883.2.1.6.2"

    private static let head = """
        <?xml version="1.0" encoding="UTF-8"?>\
        <RCMR_IN030000UK06 xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\
        <id root="3E55A6E0-0000-4000-8000-00000000B001"/><creationTime value="20260401120000"/>\
        <versionCode code="V3NPfIT3.1.10"/>\
        <interactionId root="2.16.840.1.113883.2.1.3.2.4.12" extension="RCMR_IN030000UK06"/>\
        <ControlActEvent classCode="CACT" moodCode="EVN"><subject typeCode="SUBJ" contextConductionInd="false">\
        <EhrExtract classCode="EXTRACT" moodCode="EVN"><id root="EE000000-0000-4000-8000-00000000B001"/>\
        <statusCode code="COMPLETE"/><availabilityTime value="20260401120000"/>\
        <recordTarget typeCode="RCT"><patient classCode="PAT">\
        <id root="2.16.840.1.113883.2.1.4.1" extension="9990000093"/></patient></recordTarget>\
        <author>\(practice("Y90001"))</author><destination>\(practice("Y90002"))</destination>\
        <component typeCode="COMP"><ehrFolder classCode="FOLDER" moodCode="EVN">\
        <id root="F0000000-0000-4000-8000-00000000B001"/><statusCode code="COMPLETE"/>\
        <availabilityTime value="20260401120000"/><responsibleParty typeCode="RESP"><agentDirectory classCode="AGNT">\
        \(agent(0, "Dr", "Wilhelmina", "Oakshott"))\(agent(1, "Nurse", "Barnaby", "Thistle"))\
        </agentDirectory></responsibleParty>
        """

    private static let tail = """
        </ehrFolder></component></EhrExtract></subject></ControlActEvent></RCMR_IN030000UK06>

        """

    private static func practice(_ ods: String) -> String {
        """
        <AgentOrgSDS classCode="AGNT"><agentOrganizationSDS classCode="ORG" determinerCode="INSTANCE">\
        <id root="1.2.826.0.1285.0.1.10" extension="\(ods)"/></agentOrganizationSDS></AgentOrgSDS>
        """
    }

    private static func agent(_ number: Int, _ prefix: String, _ given: String, _ family: String) -> String {
        """
        <part typeCode="PART"><Agent classCode="AGNT">\(id("A6E1", number))\
        <code code="309394004" codeSystem="\(snomed)" displayName="General Practitioner Principal"/>\
        <agentPerson classCode="PSN" determinerCode="INSTANCE"><name><prefix>\(prefix)</prefix>\
        <given>\(given)</given><family>\(family)</family></name></agentPerson>\
        <representedOrganization classCode="ORG" determinerCode="INSTANCE">\
        <id root="2.16.840.1.113883.2.1.4.3" extension="Y90001"/><name>Juniper Lane Surgery</name>\
        </representedOrganization></Agent></part>
        """
    }

    private static func consultation(_ number: Int, _ choice: inout SeededChoice) -> String {
        let day = "\(choice.number(1996...2025))\(choice.digits(1...12))\(choice.digits(1...28))"
        let doctor = id("A6E1", choice.number(0...1))
        let statements = [
            topic(number, day, &choice), medicine(number, day, &choice), referral(number, day), recall(number, day),
            vaccination(number, day), allergy(number, day), result(number, day, &choice), problem(number, day),
        ]
        return """
            <component typeCode="COMP"><ehrComposition classCode="COMPOSITION" moodCode="EVN">\(id("C000", number))\
            <code code="25671000000102" codeSystem="\(snomed)" displayName="Surgery Consultation Note"/>\
            <statusCode code="COMPLETE"/><effectiveTime><low value="\(day)091500"/><high value="\(day)093000"/>\
            </effectiveTime><availabilityTime value="\(day)091500"/>\
            <author typeCode="AUT" contextControlCode="OP"><time value="\(day)093000"/>\
            <agentRef classCode="AGNT">\(doctor)</agentRef></author>\
            <Participant2 typeCode="RESP" contextControlCode="OP"><agentRef classCode="AGNT">\(doctor)</agentRef>\
            </Participant2>\(statements.joined())</ehrComposition></component>
            """
    }

    /// The consultation's heading, with what was found: a diagnosis, a note and a blood pressure.
    private static func topic(_ number: Int, _ day: String, _ choice: inout SeededChoice) -> String {
        let diagnosis = observation(
            "0B50", number, day, concept("H33..00", "Asthma", snomed: "195967001"), note: "worse in spring")
        let note = choice.one(of: [
            "Feels well. &quot;Better&quot; &amp; &lt;improving&gt;", "Sleeps badly, no cough; back in two weeks",
            "Came with her sister, who helps with the inhaler",
        ])
        let narrative = component(
            """
            <NarrativeStatement classCode="OBS" moodCode="EVN">\(id("4A00", number))<text>\(note)</text>\
            <statusCode code="COMPLETE"/><availabilityTime value="\(day)"/></NarrativeStatement>
            """)
        let systolic = observation(
            "B901", number, day, concept("2469.00", "O/E - Systolic BP reading", snomed: "72313002"),
            value: #"<value xsi:type="PQ" value="\#(choice.number(105...165))" unit="mm[Hg]"/>"#)
        let diastolic = observation(
            "B902", number, day, concept("246A.00", "O/E - Diastolic BP reading", snomed: "1091811000000102"),
            value: #"<value xsi:type="PQ" value="\#(choice.number(60...95))" unit="mm[Hg]"/>"#)
        let pressure = compound(
            "BATTERY", "B900", number, day, concept("246..00", "O/E - blood pressure reading", snomed: "163020007"),
            systolic + diastolic)
        let history = #"<code code="15621000000105" codeSystem="\#(snomed)" displayName="History"/>"#
        let heading = """
            <code code="394776006" codeSystem="\(snomed)" displayName="Unspecified">\
            <originalText>Asthma review</originalText></code>
            """
        let category = compound("CATEGORY", "CA70", number, day, history, diagnosis + narrative + pressure)
        return compound("TOPIC", "7010", number, day, heading, category)
    }

    /// What was authorised, and one issue of it.
    private static func medicine(_ number: Int, _ day: String, _ choice: inout SeededChoice) -> String {
        let (code, drug, dose) = drugs[choice.number(0...(drugs.count - 1))]
        let quantity = """
            <quantity value="28" unit="1"><translation value="28"><originalText>tablet</originalText></translation>\
            </quantity>
            """
        let prescription = #"<code code="394823007" codeSystem="\#(snomed)" displayName="NHS Prescription"/>"#
        let authorise = """
            <ehrSupplyAuthorise classCode="SPLY" moodCode="INT">\(id("A070", number))\(prescription)\
            <statusCode code="ACTIVE"/><effectiveTime><low value="\(day)"/></effectiveTime>\
            <availabilityTime value="\(day)"/><repeatNumber value="6"/>\(quantity)</ehrSupplyAuthorise>
            """
        let prescribe = """
            <ehrSupplyPrescribe classCode="SPLY" moodCode="RQO">\(id("94E0", number))\(prescription)\
            <statusCode code="COMPLETE"/><availabilityTime value="\(day)"/>\(quantity)\
            <inFulfillmentOf typeCode="FLFS"><priorMedicationRef classCode="SBADM" moodCode="INT">\
            \(id("A070", number))</priorMedicationRef></inFulfillmentOf></ehrSupplyPrescribe>
            """
        return [("INT", "AA01", authorise), ("ORD", "AA02", prescribe)].map { mood, kind, supply in
            component(
                """
                <MedicationStatement classCode="SBADM" moodCode="\(mood)">\(id(kind, number))\
                <statusCode code="ACTIVE"/>\(noTime)<availabilityTime value="\(day)"/>\
                <consumable typeCode="CSM"><manufacturedProduct classCode="MANU">\
                <manufacturedMaterial classCode="MMAT" determinerCode="KIND">\
                <code code="\(code)" codeSystem="\(snomed)" displayName="\(drug)"/></manufacturedMaterial>\
                </manufacturedProduct></consumable><component typeCode="COMP">\(supply)</component>\
                <pertinentInformation typeCode="PERT"><pertinentMedicationDosage classCode="SBADM" moodCode="RMD">\
                <text>\(dose)</text></pertinentMedicationDosage></pertinentInformation></MedicationStatement>
                """)
        }.joined()
    }

    private static func referral(_ number: Int, _ day: String) -> String {
        component(
            """
            <RequestStatement classCode="OBS" moodCode="RQO">\(id("4EF0", number))\
            \(concept("8H48.00", "Referral to chest physician", snomed: "183523003"))<text>please see soon</text>\
            <statusCode code="COMPLETE"/>\(noTime)<availabilityTime value="\(day)"/>\
            <priorityCode code="394849002" codeSystem="\(snomed)" displayName="High priority"/></RequestStatement>
            """)
    }

    private static func recall(_ number: Int, _ day: String) -> String {
        component(
            """
            <PlanStatement classCode="OBS" moodCode="INT">\(id("91A0", number))\
            \(concept("66YJ.00", "Asthma annual review", snomed: "394700004"))<text>Clinic: asthma</text>\
            <statusCode code="COMPLETE"/><effectiveTime><center value="20270310"/></effectiveTime>\
            <availabilityTime value="\(day)"/></PlanStatement>
            """)
    }

    private static func vaccination(_ number: Int, _ day: String) -> String {
        observation(
            "1A00", number, day, concept("65E..00", "Influenza vaccination", snomed: "822851000000102"),
            note: "Batch No: X\(number % 100)")
    }

    private static func allergy(_ number: Int, _ day: String) -> String {
        let reaction = observation(
            "A112", number, day, concept("TJ00.00", "Adverse reaction to penicillin", snomed: "292954005"),
            note: "came out in a rash")
        return compound(
            "CATEGORY", "A111", number, day, concept("14L..00", "H/O: drug allergy", snomed: "416098002"), reaction)
    }

    private static func result(_ number: Int, _ day: String, _ choice: inout SeededChoice) -> String {
        let code = concept("44J3.00", "Serum creatinine", snomed: "1000731000000107")
        let value = #"<value xsi:type="PQ" value="\#(choice.number(55...110))" unit="umol/L"/>"#
        let measured = observation("4E51", number, day, code, value: value)
        return compound("CLUSTER", "4E50", number, day, code, measured)
    }

    /// Makes the diagnosis a problem, and the note, the medicine and the referral its own.
    private static func problem(_ number: Int, _ day: String) -> String {
        let members = ["4A00", "AA01", "4EF0"].map { kind in
            """
            <component typeCode="COMP"><statementRef classCode="OBS" moodCode="EVN">\(id(kind, number))</statementRef>\
            </component>
            """
        }
        return component(
            """
            <LinkSet classCode="OBS" moodCode="EVN">\(id("9400", number))\
            <code code="394774009" codeSystem="\(snomed)" displayName="Active problem"><qualifier inverted="false">\
            <name code="386134007" codeSystem="\(snomed)" displayName="Significant"/></qualifier></code>\
            <statusCode code="COMPLETE"/><effectiveTime><low value="\(day)"/></effectiveTime>\
            <availabilityTime value="\(day)"/>\(members.joined())<conditionNamed typeCode="NAME" inversionInd="true">\
            <namedStatementRef classCode="OBS" moodCode="EVN">\(id("0B50", number))</namedStatementRef>\
            </conditionNamed></LinkSet>
            """)
    }

    private static func observation(
        _ kind: String, _ number: Int, _ day: String, _ code: String, value: String = "", note: String? = nil
    ) -> String {
        let annotation = note.map { note in
            """
            <pertinentInformation typeCode="PERT"><sequenceNumber value="+1"/>\
            <pertinentAnnotation classCode="OBS" moodCode="EVN"><text>\(note)</text></pertinentAnnotation>\
            </pertinentInformation>
            """
        }
        return component(
            """
            <ObservationStatement classCode="OBS" moodCode="EVN">\(id(kind, number))\(code)\
            <statusCode code="COMPLETE"/>\(noTime)<availabilityTime value="\(day)"/>\(value)\(annotation ?? "")\
            </ObservationStatement>
            """)
    }

    private static func compound(
        _ group: String, _ kind: String, _ number: Int, _ day: String, _ code: String, _ parts: String
    ) -> String {
        component(
            """
            <CompoundStatement classCode="\(group)" moodCode="EVN">\(id(kind, number))\(code)\
            <statusCode code="COMPLETE"/>\(noTime)<availabilityTime value="\(day)"/>\(parts)</CompoundStatement>
            """)
    }

    private static let noTime = #"<effectiveTime><center nullFlavor="NI"/></effectiveTime>"#

    private static func component(_ statement: String) -> String {
        #"<component typeCode="COMP" contextConductionInd="true">\#(statement)</component>"#
    }

    /// A Read code with the SNOMED CT code that it was translated to.
    private static func concept(_ code: String, _ display: String, snomed translation: String) -> String {
        """
        <code code="\(code)" codeSystem="\(read)" displayName="\(display)">\
        <translation code="\(translation)" codeSystem="\(snomed)" displayName="\(display)"/></code>
        """
    }

    private static func id(_ kind: String, _ number: Int) -> String {
        #"<id root="\#(kind)0000-0000-4000-8000-\#(SeededChoice.padded(number, 12))"/>"#
    }

    private static let drugs = [
        ("320139002", "Salbutamol 100micrograms/dose inhaler CFC free", "One to two puffs when required"),
        ("318420003", "Atenolol 50mg tablets", "One to be taken each morning"),
        ("322236009", "Paracetamol 500mg tablets", "Two to be taken up to four times a day"),
    ]
}
