import CanonicalModel
import Documents
import Storage
import Telemetry
import Testing

/// What of the news is told (release-policy.md, *One mechanism for change, hold, grant and withdrawal*).
@Suite("What is withheld on the road") struct WithholdingTests {
    private typealias Messages = RoadMessages

    @Test("Without a birth date nothing is told to the patient and that is counted; when it is learned, once")
    func unknownBirthDate() async throws {
        try await RoadBench.run { bench in
            try await bench.hand(Messages.demographics(birthDate: nil))
            try await bench.hand(Messages.appointments([.init(details: "Old")]), observed: 0)
            try await bench.hand(Messages.appointments([.init(details: "New")]), observed: 1)
            try await bench.read()
            #expect(try await bench.types() == [])
            #expect(try await bench.types("clinic") == ["booking-booked-1", "booking-changed-1"])
            #expect(bench.withheld("age") == 2)
            #expect(try bench.audited("withheld") == ["app age 1", "app age 1"])
            for minute in 2...3 {
                try await bench.hand(Messages.demographics(), observed: minute)
                try await bench.read()
            }
            let told = try await bench.told()
            #expect(told.map(\.type) == ["booking-booked-1"])
            #expect(told.first?.text.contains("New") == true)
            #expect(try await bench.types("clinic") == [])
        }
    }

    @Test("Two systems' records of one patient are told as two events, each with its own sections")
    func twoRecords() async throws {
        try await RoadBench.run { bench in
            try await bench.hand(Messages.demographics(birthDate: nil))
            try await bench.hand(Messages.overview(allergies: ["Latex"]), observed: 0)
            try await bench.hand(Messages.record([.init(id: "all-1", text: "Peanut")], birthDate: nil))
            try await bench.read()
            #expect(try await bench.types() == [])
            try await bench.hand(Messages.demographics(), observed: 1)
            try await bench.read()
            let told = try await bench.told()
            #expect(told.map(\.type) == ["record-summary-updated-1", "record-summary-updated-1"])
            #expect(told.map { $0.entities.map(\.system) } == [["gp-connect"], ["tpp", "tpp"]])
            #expect(told.map { $0.text.contains("Peanut") } == [true, false])
            #expect(told.map { $0.text.contains("Latex") } == [false, true])
        }
    }

    @Test(
        "At fifteen an implied access opens nothing, an individual decision does; from sixteen the implied one is enough"
    )
    func fifteen() async throws {
        try await RoadBench.run { bench in
            try await bench.hand(Messages.demographics(birthDate: "2010-06-17"))
            try await bench.hand(Messages.appointments(), observed: 0)
            try await bench.read()
            #expect(try await bench.types() == [])
            #expect(bench.withheld("age") == 1)
            // The birthday itself is no message; the next one of whatever is known tells it.
            try bench.move(to: "2026-06-16")
            try await bench.hand(Messages.appointments(), observed: 1)
            try await bench.read()
            #expect(try await bench.types() == [])
            try bench.move(to: "2026-06-17")
            try await bench.hand(Messages.appointments(), observed: 2)
            try await bench.read()
            #expect(try await bench.types() == ["booking-booked-1"])
        }
        try await RoadBench.run { bench in
            try await bench.hand(Messages.demographics(birthDate: "2010-06-17"))
            try await bench.hand(Messages.appointments(), observed: 0)
            try await bench.hand(Messages.standing(record: "none"))
            try await bench.read()
            #expect(try await bench.types() == ["online-access-granted-1", "booking-booked-1"])
        }
    }

    @Test("Nothing about a restricted patient leaves, and what was told before is withdrawn once, by its id alone")
    func restricted() async throws {
        try await RoadBench.run { bench in
            try await bench.hand(Messages.demographics())
            try await bench.hand(Messages.appointments(), observed: 0)
            try await bench.hand(Messages.overview(allergies: ["Latex"]), observed: 0)
            try await bench.read()
            #expect(try await bench.types() == ["booking-booked-1", "record-summary-updated-1"])
            #expect(try await bench.types("clinic") == ["booking-booked-1"])
            for minute in 1...2 {
                try await bench.hand(Messages.standing(restricted: true), observed: minute)
                try await bench.hand(Messages.appointments([.init(details: "Secret \(minute)")]), observed: minute)
                try await bench.hand(Messages.medication(), observed: minute)
                try await bench.read()
            }
            let told = try await bench.told()
            #expect(Set(told.map(\.type)) == ["booking-withdrawn-1", "record-summary-withdrawn-1"])
            #expect(
                told.map(\.text).sorted()
                    == ["aa000101", "allergies", "medications"].map { #"{"withdrawn":[{"id":"\#($0)"}]}"# })
            #expect(try await bench.told("clinic").map(\.text) == [#"{"withdrawn":[{"id":"aa000101"}]}"#])
            #expect(bench.withheld("restricted-patient") == 3)
            #expect(bench.withheld("restricted-patient", from: "clinic") == 3)
            // When the restriction is lifted, how things stand now is told once.
            try await bench.hand(Messages.standing(restricted: false), observed: 3)
            try await bench.hand(Messages.standing(restricted: false), observed: 4)
            try await bench.read()
            #expect(
                try await bench.types() == ["booking-booked-1", "prescription-changed-1", "record-summary-updated-1"])
            #expect(try await bench.told("clinic").map { $0.text.contains("Secret 2") } == [true])
        }
    }

    @Test("A restriction that came from elsewhere holds for every message from then on")
    func restrictedFromElsewhere() async throws {
        try await RoadBench.run { bench in
            try await bench.save(
                PatientStanding(nhsNumber: Messages.number, birthDate: Messages.birthDate, restricted: true))
            try await bench.hand(Messages.demographics())
            try await bench.hand(Messages.appointments(), observed: 0)
            try await bench.read()
            #expect(try await bench.types() == [])
            #expect(try await bench.types("clinic") == [])
            #expect(
                try bench.audited("withheld") == ["app restricted-patient 1", "clinic restricted-patient 1"])
        }
    }

    @Test("A confidential allergy is absent for the patient, and a change to it sends nothing")
    func confidential() async throws {
        try await RoadBench.run { bench in
            let open = Messages.Allergy(id: "all-1", text: "Latex")
            try await bench.hand(
                Messages.record([open, .init(id: "all-2", text: "Hidden one", isConfidential: true)]))
            try await bench.read()
            let told = try await bench.told()
            #expect(told.map(\.type) == ["record-summary-updated-1"])
            #expect(told.first?.text.contains("Latex") == true)
            for word in ["all-2", "Hidden", "confidential"] { #expect(!told.contains { $0.text.contains(word) }) }
            #expect(bench.withheld("not-for-patient") == 1)
            try await bench.hand(
                Messages.record(
                    [open, .init(id: "all-2", text: "Hidden two", isConfidential: true)],
                    at: "2026-06-15T11:30:00+01:00"))
            try await bench.read()
            #expect(try await bench.types() == [])
            #expect(try await bench.entities(of: Messages.number).map { $0.text.contains("Hidden two") } == [true])
        }
    }

    @Test("An allergy that becomes confidential leaves the permitted view, and comes back when it no longer is")
    func becomesConfidential() async throws {
        try await RoadBench.run { bench in
            for (hour, isConfidential) in [(9, false), (10, true), (11, false)] {
                let allergies = [
                    Messages.Allergy(id: "all-1", text: "Latex"),
                    Messages.Allergy(id: "all-2", text: "Peanut", isConfidential: isConfidential),
                ]
                try await bench.hand(
                    Messages.record(allergies, at: "2026-06-15T\(hour < 10 ? "0" : "")\(hour):00:00+01:00"))
                try await bench.read()
                let told = try await bench.told()
                #expect(told.map(\.type) == ["record-summary-updated-1"])
                #expect(told.first?.text.contains("Peanut") == !isConfidential)
            }
        }
    }

    @Test("A direct care organisation gets bookings, no prescriptions and no record, and that is counted")
    func directCare() async throws {
        try await RoadBench.run(implied: nil) { bench in
            try await bench.hand(Messages.demographics())
            try await bench.hand(Messages.appointments(), observed: 0)
            try await bench.hand(Messages.medication(), observed: 0)
            try await bench.hand(Messages.overview(allergies: ["Latex"]), observed: 0)
            try await bench.read()
            #expect(try await bench.types("clinic") == ["booking-booked-1"])
            #expect(bench.withheld("sensitive-codes", from: "clinic") == 3)
            // Nobody granted the patient anything.
            #expect(try await bench.types() == [])
            #expect(bench.withheld("service-permission") == 4)
        }
    }

    @Test("Access granted later tells how things stand, once; taken back, it withdraws what was told")
    func granted() async throws {
        try await RoadBench.run(implied: nil) { bench in
            try await bench.hand(Messages.demographics())
            try await bench.hand(Messages.appointments(), observed: 0)
            try await bench.hand(Messages.overview(allergies: ["Latex"]), observed: 0)
            try await bench.hand(Messages.standing(record: "none"), observed: 1)
            try await bench.read()
            #expect(try await bench.types() == ["online-access-granted-1", "booking-booked-1"])
            try await bench.hand(Messages.standing(record: "summary"), observed: 2)
            try await bench.read()
            #expect(try await bench.types() == ["online-access-changed-1", "record-summary-updated-1"])
            try await bench.hand(Messages.standing(record: "none"), observed: 3)
            try await bench.read()
            // One withdrawal for each section, of which the overview has two.
            #expect(
                try await bench.types() == [
                    "online-access-changed-1", "record-summary-withdrawn-1", "record-summary-withdrawn-1",
                ])
        }
    }
}

/// A bad message harms only itself (architecture, invariant 6).
@Suite("What cannot be read") struct UnreadableMessageTests {
    @Test(
        "It is quarantined with code and place, and the messages behind it are read",
        arguments: [
            ("<ViewAppointmentsReply>\n<Appointment></ViewAppointmentsReply>", "document-malformed at line 2"),
            (#"{"Appointments": [,]}"#, "document-malformed"),
            ("", "document-empty"), ("<NobodyKnowsThis/>", "message-unknown"), (#"{"nobody": 1}"#, "message-unknown"),
            (
                "<ViewAppointmentsReply>\(String(repeating: " ", count: 4096))</ViewAppointmentsReply>",
                "document-too-large"
            ),
        ])
    func unreadable(body: String, reason: String) async throws {
        try await RoadBench.run(limits: DocumentLimits(messageSize: 4096)) { bench in
            try await bench.hand(RoadMessages.demographics())
            try await bench.hand(body)
            try await bench.hand(RoadMessages.appointments(), observed: 0)
            try await bench.read()
            let found = try bench.quarantine()
            #expect(found.count == 1)
            #expect(found.first?.hasPrefix(reason) == true)
            #expect(try await bench.count(.read) == 2)
            #expect(try await bench.types() == ["booking-booked-1"])
            let code = reason.prefix { $0 != " " }
            #expect(bench.status.sources[RoadBench.source]?.lastError == String(code))
            #expect(try bench.audited("quarantined") == ["\(code) 1"])
        }
    }
}
