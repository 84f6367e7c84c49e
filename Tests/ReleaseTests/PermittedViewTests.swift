import CanonicalModel
import Release
import Testing

/// What remains of an entity that may be seen.
@Suite("The permitted view")
struct PermittedViewTests {
    private static let booking = """
        {"id":"b1","status":"cancelled","start":"2024-08-01","reason":"rash","comment":"bring list",\
        "telephone":"01632 960001","cancellationReason":"better","created":"2024-07-01","replaces":"b0"}
        """

    /// Audience, record level, what remains, and what service-permission left out.
    private static let bookings: [(Audience, RecordLevel, String, Int?)] = [
        (
            .patient, .full,
            #""reason":"rash","comment":"bring list","telephone":"01632 960001","cancellationReason":"better","#, nil
        ),
        (.patient, .documents, #""telephone":"01632 960001","#, 3),
        (.patient, .none, #""telephone":"01632 960001","#, 3),
        (.proxy, .full, #""reason":"rash","comment":"bring list","cancellationReason":"better","#, 1),
        (.proxy, .detailed, "", 4),
    ]

    @Test(
        "Free text of a booking needs record level full, and its telephone number is the patient's",
        arguments: bookings)
    func bookingText(_ audience: Audience, _ level: RecordLevel, _ rest: String, _ withheld: Int?) throws {
        let access = OnlineAccessGrant(appointments: true, record: level)
        let view = try #require(try ReleaseBench(audience: audience, access: access).booking(Self.booking).view)
        #expect(
            String(decoding: view.content, as: UTF8.self)
                == #"{"id":"b1","status":"cancelled","start":"2024-08-01",\#(rest)"created":"2024-07-01"}"#)
        #expect(view.withheld == (withheld.map { [.servicePermission: $0] } ?? [:]))
    }

    @Test("An organisation sees all of a booking")
    func wholeBooking() throws {
        let view = try #require(
            try ReleaseBench(audience: .directCareOrganisation, access: nil).booking(Self.booking).view)
        #expect(view == PermittedView(content: Array(Self.booking.utf8)))
    }

    @Test("Free text and names go at any depth, and instructions on a medicine stay")
    func deepText() throws {
        let json = """
            {"id":"p1","kind":"repeat","status":"stopped","medication":{"text":"Example 5mg"},"dosage":"one daily",\
            "patientInstruction":"with food","endReason":"unwell","requests":[{"id":"r1","status":"rejected",\
            "requestedBy":"Ann Example","comment":"please","reason":"too early"}],"form":{"id":"f1","item":2}}
            """
        let partial = OnlineAccessGrant(prescriptions: true, record: .detailed)
        let proxy = try #require(try ReleaseBench(audience: .proxy, access: partial).prescription(json).view)
        #expect(
            String(decoding: proxy.content, as: UTF8.self) == """
                {"id":"p1","kind":"repeat","status":"stopped","medication":{"text":"Example 5mg"},"dosage":"one daily",\
                "patientInstruction":"with food","requests":[{"id":"r1","status":"rejected"}],"form":{"id":"f1"}}
                """)
        #expect(proxy.withheld == [.servicePermission: 4])
        let patient = try #require(try ReleaseBench(access: partial).prescription(json).text)
        #expect(patient.contains("Ann Example") && !patient.contains("please") && !patient.contains("too early"))
    }

    /// What a section's second item says, the rule that leaves it out, and whether it stays for the patient.
    private static let items: [(String, ReleaseRule?)] = [
        (#""code":{"text":"B"}"#, nil),
        (#""confidential":false,"code":{"text":"B"}"#, nil),
        (#""confidential":true,"code":{"text":"B"}"#, .notForPatient),
        (#""confidential":"","code":{"text":"B"}"#, .notForPatient),
        (#""ready":true,"code":{"text":"B"}"#, nil),
        (#""ready":false,"code":{"text":"B"}"#, .notReady),
        (#""ready":"yes","code":{"text":"B"}"#, .notReady),
        (#""confidential":true,"ready":false,"code":{"text":"B"}"#, .notReady),
        (#""code":{"text":"B"},"children":[{"id":"c","confidential":true,"code":{"text":"C"}}]"#, .notForPatient),
        (#""code":{"text":"B"},"children":[{"id":"c","ready":false,"code":{"text":"C"}}]"#, .notReady),
        (
            #""code":{"text":"B"},"children":[{"id":"c","code":{"text":"C"},"children":[{"id":"d","confidential":true}]}]"#,
            .notForPatient
        ),
    ]

    @Test("An item that is confidential or not ready is left out whole, whatever part of it says so", arguments: items)
    func leftOutItems(_ second: String, _ rule: ReleaseRule?) throws {
        let json = #"{"state":"present","items":[{"id":"a","code":{"text":"A"}},{"id":"b",\#(second)}]}"#
        for audience in [Audience.patient, .proxy] {
            let view = try #require(try ReleaseBench(audience: audience).section("testResults", json).view)
            let rest = rule == nil ? #",{"id":"b","code":{"text":"B"}}"# : ""
            #expect(
                String(decoding: view.content, as: UTF8.self)
                    == #"{"state":"present","items":[{"id":"a","code":{"text":"A"}}\#(rest)]}"#)
            #expect(view.withheld == (rule.map { [$0: 1] } ?? [:]))
        }
    }

    @Test("The reader's mark on any node covers the whole entry that it is in")
    func marks() throws {
        var message = CanonicalMessage()
        let section = message.begin(.message)
        message.append(CanonicalShapes.required("allergies", "state"), "present")
        var codes: [Int] = []
        for id in ["a", "b"] {
            let item = message.begin(CanonicalShapes.required("allergies", "items"))
            message.append(CanonicalShapes.required("allergy", "id"), id)
            let code = message.begin(CanonicalShapes.required("allergy", "code"))
            message.append(CanonicalShapes.required("code", "text"), "text of \(id)")
            message.end(code)
            message.end(item)
            codes.append(code)
        }
        message.end(section)
        func decide() throws -> ReleaseDecision {
            try ReleaseBench().decide(ReleaseSubject(kind: .recordSection("allergies"), message: message))
        }
        #expect(try decide().text?.contains("text of b") == true)
        message.markConfidential(codes[1])
        #expect(
            try decide().text == #"{"state":"present","items":[{"id":"a","code":{"text":"text of a"}}]}"#)
        message.markConfidential(section)
        #expect(try decide() == .denied(.notForPatient))
    }

    @Test("The reader's mark inside a booking or prescription covers it")
    func marksOfWholeEntities() throws {
        var message = CanonicalMessage()
        let booking = message.begin(.message)
        message.append(CanonicalShapes.required("booking", "id"), "b1")
        let location = message.begin(CanonicalShapes.required("booking", "location"))
        message.append(CanonicalShapes.required("location", "name"), "Clinic")
        message.end(location)
        message.end(booking)
        message.markConfidential(location)
        let subject = ReleaseSubject(kind: .booking, message: message)
        #expect(try ReleaseBench().decide(subject) == .denied(.notForPatient))
        #expect(try ReleaseBench(audience: .directCareOrganisation).decide(subject).rule == nil)
    }

    /// What a source says of a section, and what the patient is told.
    private static let states: [(String, String)] = [
        (#"{"state":"present","items":[{"id":"a"}]}"#, #"{"state":"present","items":[{"id":"a"}]}"#),
        (#"{"state":"present","items":[{"id":"a","confidential":true}]}"#, #"{"state":"undetermined"}"#),
        (#"{"state":"present","items":[{"id":"a","ready":false}]}"#, #"{"state":"undetermined"}"#),
        (#"{"state":"empty"}"#, #"{"state":"undetermined"}"#),
        (#"{"state":"withheld","withheldReason":"confidential-items"}"#, #"{"state":"undetermined"}"#),
        (#"{"state":"withheld","withheldReason":"disabled-by-practice"}"#, #"{"state":"undetermined"}"#),
        (
            #"{"state":"withheld","items":[{"id":"a"}],"withheldReason":"confidential-items"}"#,
            #"{"state":"present","items":[{"id":"a"}]}"#
        ),
        (#"{"state":"undetermined","withheldReason":"sharing-window"}"#, #"{"state":"undetermined"}"#),
        (#"{"state":"failed"}"#, #"{"state":"failed"}"#),
        (#"{"state":"failed","items":[{"id":"a"}]}"#, #"{"state":"failed","items":[{"id":"a"}]}"#),
    ]

    @Test(
        "A section tells a patient nothing of what is withheld, neither by its state nor by a reason", arguments: states
    )
    func sectionStates(_ told: String, _ seen: String) throws {
        #expect(try ReleaseBench().section("allergies", told).text == seen)
        #expect(try ReleaseBench(audience: .proxy).section("allergies", told).text == seen)
    }

    @Test("A link stays only when what it names is in the same view")
    func links() throws {
        let json = """
            {"state":"present","items":[\
            {"id":"p1","consultation":"c1","problems":["p2","p3"],"code":{"text":"A"},"partOf":"p3"},\
            {"id":"p2","code":{"text":"B"},"partOf":"p1"},\
            {"id":"p3","confidential":true,"code":{"text":"C"}}]}
            """
        #expect(
            try ReleaseBench().section("problems", json).text == """
                {"state":"present","items":[{"id":"p1","problems":["p2"],"code":{"text":"A"}},\
                {"id":"p2","code":{"text":"B"},"partOf":"p1"}]}
                """)
        // An item of the same id in another section is another item.
        #expect(
            try ReleaseBench().section("diagnoses", #"{"state":"present","items":[{"id":"p1","problems":["p1"]}]}"#)
                .text
                == #"{"state":"present","items":[{"id":"p1"}]}"#)
        let consultation = """
            {"state":"present","items":[{"id":"c1","consultation":"c1","sections":[\
            {"heading":"H","entries":[{"kind":"problem","item":"p3"}]}]}]}
            """
        #expect(
            try ReleaseBench().section("consultations", consultation).text == """
                {"state":"present","items":[{"id":"c1","consultation":"c1","sections":[\
                {"heading":"H","entries":[{"kind":"problem"}]}]}]}
                """)
    }

    @Test("Equal content is equal bytes, in whatever order the source gave the fields")
    func stability() throws {
        let one = try ReleaseBench().booking(#"{"id":"b1","comment":"x","status":"booked","start":"2024-08-01"}"#)
        let other = try ReleaseBench().booking(#"{"start":"2024-08-01","status":"booked","comment":"x","id":"b1"}"#)
        #expect(one == other)
        #expect(one.view?.content.isEmpty == false)
    }
}
