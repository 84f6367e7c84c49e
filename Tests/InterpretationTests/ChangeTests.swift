import CanonicalModel
import Foundation
import Interpretation
import Storage
import Telemetry
import Testing

/// What is news, from accepted messages to queued events (events.md, *From messages to changes*).
@Suite("What changed") struct ChangeTests {
    private typealias Messages = RoadMessages

    @Test("The same snapshot again tells nothing")
    func sameAgain() async throws {
        try await RoadBench.run { bench in
            try await bench.hand(Messages.demographics())
            try await bench.hand(Messages.appointments(), observed: 0)
            try await bench.hand(Messages.medication(), observed: 0)
            try await bench.hand(Messages.overview(allergies: ["Latex"]), observed: 0)
            try await bench.read()
            #expect(
                try await bench.types() == ["booking-booked-1", "prescription-changed-1", "record-summary-updated-1"])
            for minute in [0, 5, -5] {
                try await bench.hand(Messages.demographics(), observed: minute)
                try await bench.hand(Messages.appointments(), observed: minute)
                try await bench.hand(Messages.medication(), observed: minute)
                try await bench.hand(Messages.overview(allergies: ["Latex"]), observed: minute)
            }
            try await bench.read()
            #expect(try await bench.types() == [])
            #expect(try await bench.count(.read) == 16)
        }
    }

    @Test("A changed booking is told as booking-changed-1, and the unchanged one beside it is not told")
    func changed() async throws {
        try await RoadBench.run { bench in
            let other = Messages.Appointment(id: "aa000102", day: "2026-07-03")
            try await bench.hand(Messages.demographics())
            try await bench.hand(Messages.appointments([.init(), other]), observed: 0)
            try await bench.read()
            #expect(try await bench.types() == ["booking-booked-1", "booking-booked-1"])
            try await bench.hand(Messages.appointments([.init(details: "Blood test"), other]), observed: 1)
            try await bench.read()
            let told = try await bench.told()
            #expect(told.map(\.type) == ["booking-changed-1"])
            #expect(told.first?.entities.map(\.id) == ["aa000101"])
            #expect(told.first?.text.contains("Blood test") == true)
        }
    }

    @Test("An event's data is the permitted view, the one that the store keeps as released, and nothing else")
    func data() async throws {
        let implied = OnlineAccessGrant(appointments: true, record: .detailed)
        try await RoadBench.run(implied: implied) { bench in
            let context: [TransportContext.Key: String] = [
                .nhsNumber: Messages.number, .birthDate: Messages.birthDate, .localId: "guid-1",
            ]
            try await bench.hand(Messages.appointmentWithReason("private words"), context)
            try await bench.read()
            let view =
                #"{"id":"810021","status":"booked","start":"2026-09-14T08:30:00+01:00","mode":"in-person","#
                + #""serviceType":"Nurse"}"#
            let event = try #require(try await bench.told().first)
            #expect(event.text == #"{"bookings":[\#(view)]}"#)
            let key = try #require(event.entities.first)
            let released = try await bench.store.read { try $0.released(key, to: "app") }
            #expect(released.map { String(decoding: $0.content, as: UTF8.self) } == view)
            // A direct care organisation sees the reason; the patient does below record level full.
            #expect(try await bench.told("clinic").first?.text.contains("private words") == true)
            #expect(try bench.audited("withheld") == ["app service-permission 1"])
            // Other words in a field that is not shown are no news to who cannot see it.
            try await bench.hand(Messages.appointmentWithReason("other words"), context, accepted: 60)
            try await bench.read()
            #expect(try await bench.types() == [])
            #expect(try await bench.types("clinic") == ["booking-changed-1"])
        }
    }

    @Test("An event keeps its id while it is sent again, and events of one message share their correlation")
    func identifiers() async throws {
        try await RoadBench.run { bench in
            try await bench.hand(Messages.demographics())
            let list = try await bench.hand(
                Messages.appointments([.init(), .init(id: "aa000102", day: "2026-07-03")]), observed: 3)
            try await bench.read()
            let first = try await lease(bench)
            let number = try await bench.store.commit { try $0.assignSequence(to: first) }
            let retry = DeliverySettlement.retry(at: RoadBench.noon, because: "status-503")
            #expect(try await bench.store.commit { try $0.settle(first, as: retry) })
            let second = try await lease(bench)
            #expect(first.event == second.event)
            let sequence = try await bench.store.commit { try $0.assignSequence(to: second) }
            #expect(number == LaneSequence(number: 1, gap: []))
            #expect(sequence == number)
            #expect(try await bench.store.commit { try $0.settle(second, as: .returned) })
            let events = try await bench.told()
            #expect(events.first == first.event)
            #expect(Set(events.map(\.id)).count == 2)
            #expect(events.map(\.correlationID) == [list.rawValue, list.rawValue])
            #expect(events.map(\.time) == [RoadBench.noon + 180, RoadBench.noon + 180])
            #expect(Set(events.map(\.patient)) == [bench.key(Messages.number)])
        }
    }

    private func lease(_ bench: RoadBench) async throws -> LeasedEvent {
        let now = RoadBench.noon
        let lease = try await bench.store.commit { try $0.leaseLane(of: "app", now: now, until: now + 60) }
        return try #require(lease)
    }

    @Test("Two messages of one batch about one booking are committed in the order of acceptance, also within a second")
    func sameBatch() async throws {
        try await RoadBench.run { bench in
            try await bench.hand(Messages.demographics())
            for (index, words) in ["First", "Second", "Third"].enumerated() {
                try await bench.hand(Messages.appointments([.init(details: words)]), accepted: Double(index) / 10)
            }
            try await bench.read()
            let told = try await bench.told()
            #expect(told.map(\.type) == ["booking-booked-1", "booking-changed-1", "booking-changed-1"])
            #expect(told.last?.text.contains("Third") == true)
            #expect(try await bench.entities(of: Messages.number).first?.text.contains("Third") == true)
        }
    }

    @Test("A list that names one booking twice means the last, and reading it again is no news")
    func namedTwice() async throws {
        try await RoadBench.run { bench in
            let list = Messages.appointments([.init(details: "First"), .init(details: "Last")])
            try await bench.hand(Messages.demographics())
            try await bench.hand(list, observed: 0)
            try await bench.read()
            let told = try await bench.told()
            #expect(told.map(\.type) == ["booking-booked-1"])
            #expect(told.first?.text.contains("Last") == true)
            try await bench.hand(list, observed: 1)
            try await bench.read()
            #expect(try await bench.types() == [])
        }
    }

    @Test("A source whose clock is ahead of ours does not keep out later news, and an older state is counted")
    func aheadOfTime() async throws {
        try await RoadBench.run { bench in
            try await bench.hand(Messages.demographics())
            try await bench.hand(
                Messages.appointments([.init(details: "From the future")]),
                [.observedAt: "2999-01-01T00:00:00Z"], accepted: 60)
            try await bench.hand(Messages.appointments([.init(details: "Now")]), observed: 5)
            try await bench.hand(Messages.appointments([.init(details: "Before")]), observed: 4)
            try await bench.read()
            #expect(try await bench.entities(of: Messages.number).map { $0.text.contains("Now") } == [true])
            let issues = try #require(bench.status.issues["tpp/view-appointments"])
            #expect(issues["source-time-in-future"] == 1)
            #expect(issues["older-than-known"] == 1)
        }
    }

    @Test("An older message does not lift a restriction")
    func olderStanding() async throws {
        try await RoadBench.run { bench in
            try await bench.hand(Messages.demographics())
            try await bench.hand(Messages.standing(restricted: true), observed: 4)
            try await bench.hand(Messages.standing(restricted: false), observed: 3)
            try await bench.hand(Messages.appointments(), observed: 5)
            try await bench.read()
            #expect(try await bench.types() == [])
            try await bench.hand(Messages.standing(restricted: false), observed: 6)
            try await bench.read()
            #expect(try await bench.types() == ["booking-booked-1"])
        }
    }

    @Test("A section that the reply cannot tell does not replace what was known")
    func undetermined() async throws {
        try await RoadBench.run { bench in
            try await bench.hand(Messages.demographics())
            try await bench.hand(Messages.overview(allergies: ["Latex"]), observed: 0)
            try await bench.read()
            let known = try await bench.entities(of: Messages.number).map(\.text)
            #expect(known.contains { $0.contains("Latex") })
            #expect(try await bench.types() == ["record-summary-updated-1"])
            try await bench.hand(Messages.overview(allergies: nil), observed: 1)
            try await bench.read()
            #expect(try await bench.types() == [])
            #expect(try await bench.entities(of: Messages.number).map(\.text) == known)
            // The reply that says that there is none is news.
            try await bench.hand(Messages.overview(allergies: []), observed: 2)
            try await bench.read()
            #expect(try await bench.types() == ["record-summary-updated-1"])
        }
    }

    @Test("A section that could not be fetched does not replace what was known")
    func failed() async throws {
        try await RoadBench.run { bench in
            try await bench.hand(Messages.record([.init(id: "all-1", text: "Latex")]))
            try await bench.read()
            let known = try await bench.entities(of: Messages.number).map(\.text)
            #expect(try await bench.types() == ["record-summary-updated-1"])
            try await bench.hand(Messages.record([], at: "2026-06-15T11:30:00+01:00", isMissing: true))
            try await bench.read()
            #expect(try await bench.types() == [])
            #expect(try await bench.entities(of: Messages.number).map(\.text) == known)
            #expect(try await bench.count(.read) == 2)
        }
    }

    @Test("What is told first of a section is told even when it cannot be told what is in it")
    func undeterminedAtFirst() async throws {
        try await RoadBench.run { bench in
            try await bench.hand(Messages.demographics())
            try await bench.hand(Messages.overview(allergies: nil), observed: 0)
            try await bench.read()
            #expect(
                try await bench.told().map(\.text)
                    == [
                        #"{"recordSummary":{"sections":{"allergies":{"state":"undetermined"},"#
                            + #""medications":{"state":"undetermined"}}}}"#
                    ])
        }
    }

    @Test("Events that a consumer did not subscribe to are not queued, and count for nobody else")
    func subscriptions() async throws {
        let bookings = RoadBench.Consumer(
            name: "bookings", audience: .patient, events: [EventPattern("booking-changed-1")])
        let records = RoadBench.Consumer(name: "records", audience: .patient, events: [EventPattern("record-*")])
        try await RoadBench.run(consumers: [bookings, records]) { bench in
            try await bench.hand(Messages.demographics())
            try await bench.hand(Messages.appointments(), observed: 0)
            try await bench.hand(Messages.overview(allergies: ["Latex"]), observed: 0)
            try await bench.hand(Messages.appointments([.init(details: "Blood test")]), observed: 1)
            try await bench.read()
            #expect(try await bench.types("bookings") == ["booking-changed-1"])
            #expect(try await bench.types("records") == ["record-summary-updated-1"])
            #expect(bench.status.consumers["bookings"]?.counts["queued"] == 1)
        }
    }
}
