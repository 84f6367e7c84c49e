import CanonicalModel
import Storage
import Telemetry
import Testing

/// Whose message it is (events.md, *Identity*). A wrong patient is worse than none.
@Suite("Whose message it is") struct IdentityTests {
    private typealias Messages = RoadMessages

    @Test("A message known only by a local number waits, and is read in its old order when the link is taught")
    func waits() async throws {
        try await RoadBench.run { bench in
            try await bench.hand(Messages.appointments([.init(details: "First")]), accepted: 0.1)
            try await bench.hand(Messages.appointments([.init(details: "Second")]), accepted: 0.2)
            try await bench.read()
            #expect(try await bench.count(.awaitingIdentity) == 2)
            #expect(bench.status.sources[RoadBench.source]?.counts["awaiting-identity"] == 2)
            #expect(try await bench.types() == [])
            try await bench.hand(Messages.demographics(), accepted: 0.3)
            try await bench.read()
            #expect(try await bench.count(.awaitingIdentity) == 0)
            #expect(try await bench.count(.read) == 3)
            let told = try await bench.told()
            #expect(told.map(\.type) == ["booking-booked-1", "booking-changed-1"])
            #expect(told.last?.text.contains("Second") == true)
        }
    }

    @Test("A message that waited does not overwrite what was accepted after it and read before it, within one second")
    func wokenLate() async throws {
        try await RoadBench.run { bench in
            try await bench.hand(Messages.appointments([.init(details: "Old")]), accepted: 0.1)
            try await bench.hand(Messages.demographics(), accepted: 0.2)
            try await bench.hand(Messages.appointments([.init(details: "New")]), accepted: 0.3)
            try await bench.read()
            #expect(try await bench.count(.read) == 3)
            #expect(try await bench.entities(of: Messages.number).map { $0.text.contains("New") } == [true])
            let told = try await bench.told()
            #expect(told.map(\.type) == ["booking-booked-1"])
            #expect(told.first?.text.contains("New") == true)
        }
    }

    @Test("A link of one practice does not serve another")
    func otherPractice() async throws {
        try await RoadBench.run { bench in
            try await bench.hand(Messages.demographics())
            try await bench.hand(Messages.appointments(), practice: "Y90009")
            try await bench.read()
            #expect(try await bench.count(.awaitingIdentity) == 1)
            #expect(try await bench.types() == [])
            try await bench.hand(Messages.demographics(), practice: "Y90009")
            try await bench.read()
            #expect(try await bench.count(.awaitingIdentity) == 0)
            #expect(try await bench.types() == ["booking-booked-1"])
        }
    }

    @Test("A link is learned only when the body itself says the NHS number")
    func onlyFromBodies() async throws {
        try await RoadBench.run { bench in
            try await bench.hand(
                Messages.medication(), [.nhsNumber: Messages.number, .birthDate: Messages.birthDate], observed: 0)
            try await bench.hand(Messages.appointments(), observed: 0)
            try await bench.read()
            #expect(try await bench.types() == ["prescription-changed-1"])
            #expect(try await bench.count(.awaitingIdentity) == 1)
            let link = try await bench.store.read {
                try $0.link(system: "tpp", practice: RoadBench.practice, localID: Messages.localID)
            }
            #expect(link == nil)
        }
    }

    @Test("A body and a transport that name different patients are stopped")
    func bodyAgainstTransport() async throws {
        try await refused("identity-contradicted") { bench in
            try await bench.hand(Messages.record([.init(id: "a", text: "Latex")]), [.nhsNumber: Messages.otherNumber])
        }
    }

    @Test("A message that names another patient than the link of its local number is stopped, and the link stays")
    func againstLink() async throws {
        try await refused("identity-contradicted", after: [Messages.demographics()]) { bench in
            try await bench.hand(Messages.appointments(), [.nhsNumber: Messages.otherNumber])
        }
        try await refused("identity-contradicted", after: [Messages.demographics()]) { bench in
            try await bench.hand(Messages.demographics(number: Messages.otherNumber))
            let link = try await bench.store.read {
                try $0.link(system: "tpp", practice: RoadBench.practice, localID: Messages.localID)
            }
            #expect(link == nil || link?.nhsNumber == Messages.number)
        }
    }

    @Test("A birth date that contradicts the transport's or the known one stops the message")
    func birthDates() async throws {
        try await refused("birth-date-contradicted") { bench in
            try await bench.hand(Messages.record([.init(id: "a", text: "Latex")]), [.birthDate: "1974-08-31"])
        }
        try await refused("birth-date-contradicted", after: [Messages.demographics()]) { bench in
            try await bench.hand(Messages.record([.init(id: "a", text: "Latex")], birthDate: "1947-08-30"))
        }
        try await refused("birth-date-contradicted", after: [Messages.demographics()]) { bench in
            try await bench.hand(Messages.appointments(), [.birthDate: "1974-08-31"])
        }
    }

    @Test("An NHS number in the transport whose check digit is wrong stops the message, whatever the body says")
    func invalidNumber() async throws {
        try await refused("nhs-number-invalid", after: [Messages.demographics()]) { bench in
            try await bench.hand(Messages.appointments(), [.nhsNumber: "9990001007"])
        }
    }

    @Test("An NHS number in the body whose check digit is wrong stops the message, whatever the transport says")
    func mistypedNumber() async throws {
        try await refused("nhs-number-invalid") { bench in
            try await bench.hand(
                Messages.demographics(number: "9990001007", birthDate: "1960-01-01"), [.nhsNumber: Messages.number])
        }
    }

    @Test("A local number without its practice names nobody")
    func noPractice() async throws {
        try await refused("practice-unknown") { bench in
            try await bench.hand(Messages.appointments(), practice: nil)
        }
        try await RoadBench.run { bench in
            try await bench.hand(Messages.demographics(), practice: nil)
            try await bench.read()
            let link = try await bench.store.read { store in
                try store.link(system: "tpp", practice: "", localID: Messages.localID)
            }
            #expect(link == nil)
        }
    }

    @Test("A message about nobody who can be named is stopped")
    func nobody() async throws {
        try await refused("patient-unknown") { bench in
            try await bench.hand(Messages.appointmentWithReason("words"))
        }
    }

    @Test("A number of the test range is refused unless test patients are accepted")
    func testPatients() async throws {
        try await RoadBench.run(acceptsTestPatients: false) { bench in
            try await bench.hand(Messages.demographics())
            try await bench.hand(
                Messages.appointments(), [.nhsNumber: Messages.number, .birthDate: Messages.birthDate])
            try await bench.read()
            #expect(try bench.quarantine() == ["test-patient", "test-patient"])
            #expect(try await bench.types() == [])
            #expect(try await bench.types("clinic") == [])
            #expect(try await bench.entities(of: Messages.number).isEmpty)
        }
    }

    /// The message is quarantined for this reason, and leaves nothing behind: no state, no standing, no event.
    private func refused(
        _ code: String, after earlier: [String] = [], hand: (RoadBench) async throws -> Void
    ) async throws {
        try await RoadBench.run { bench in
            for message in earlier { try await bench.hand(message) }
            try await bench.read()
            let patients = [bench.key(Messages.number), bench.key(Messages.otherNumber)]
            let before = try await bench.store.read { store in try patients.map(store.standing) }
            try await hand(bench)
            try await bench.read()
            #expect(try bench.quarantine() == [code])
            #expect(try bench.audited("quarantined") == ["\(code) 1"])
            #expect(bench.status.sources[RoadBench.source]?.lastError == code)
            #expect(bench.status.sources[RoadBench.source]?.counts["quarantined"] == 1)
            #expect(try await bench.types() == [])
            #expect(try await bench.types("clinic") == [])
            let after = try await bench.store.read { store in try patients.map(store.standing) }
            #expect(before == after)
            #expect(try await bench.entities(of: Messages.number).isEmpty)
            #expect(try await bench.entities(of: Messages.otherNumber).isEmpty)
        }
    }
}
