import CanonicalModel
import Foundation
import Interpretation
import Release
import Storage
import Testing

/// What changes without a message: days, permissions, settings (release-policy.md, *One mechanism*).
@Suite("What time and settings change") struct ReviewTests {
    private static let proxyApp = RoadBench.Consumer(name: "carer", audience: .proxy, events: [EventPattern("*")])

    private static func booking(_ change: (inout PracticeMessage) -> Void = { _ in }) -> PracticeMessage {
        PracticeMessage {
            $0.bookings = [.init(id: "b1", start: "2026-09-02T09:20:00+01:00")]
            change(&$0)
        }
    }

    @Test("A sixteenth birthday opens what is implied at London's midnight, once, restart or not")
    func sixteenth() async throws {
        try await RoadBench.run { bench in
            try await bench.tell(Self.booking { $0.born = "2010-06-17" }, at: 0)
            try await bench.read()
            try await bench.review()
            // 22:59:59 UTC is 23:59:59 in London's summer.
            for moment in ["2026-06-16T12:00:00Z", "2026-06-16T22:59:59Z"] {
                try bench.move(toMoment: moment)
                try await bench.review()
                #expect(try await bench.types() == [])
            }
            try bench.move(toMoment: "2026-06-16T23:00:00Z")
            try await bench.restarted().review()
            try await bench.review()
            let told = try await bench.told()
            #expect(told.map(\.type) == ["booking-booked-1"])
            #expect(told.first?.correlationID == nil)
            try await bench.restarted().review()
            #expect(try await bench.types() == [])
        }
    }

    @Test("A proxy's automatic access ends on the eleventh birthday, and what was told is withdrawn once")
    func eleventh() async throws {
        try await RoadBench.run(consumers: [Self.proxyApp]) { bench in
            try await bench.tell(Self.booking { $0.born = "2016-02-29" }, at: 0)
            try await bench.read()
            #expect(try await bench.types("carer") == ["booking-booked-1"])
            // Born on a leap day, eleven on 1 March 2027.
            try bench.move(to: "2027-02-28")
            try await bench.review()
            #expect(try await bench.types("carer") == [])
            try bench.move(to: "2027-03-01")
            for _ in 0..<2 { try await bench.restarted().review() }
            // The bench delivers without a courier, so what was sent is noted here.
            #expect(try await bench.types("carer") == ["booking-withdrawn-1"])
        }
    }

    @Test("A proxy by name sees from the first day of the permission to its last")
    func named() async throws {
        try await RoadBench.run(consumers: [Self.proxyApp], implied: nil) { bench in
            let message = Self.booking {
                $0.proxies = [
                    .init(
                        id: "x1", services: .init(appointments: true), from: "2026-06-20", until: "2026-06-30")
                ]
            }
            try await bench.tell(message, at: 0)
            try await bench.read()
            var told: [String: [String]] = [:]
            for day in ["2026-06-19", "2026-06-20", "2026-06-30", "2026-07-01", "2026-07-02"] {
                try bench.move(to: day)
                try await bench.review()
                told[day] = try await bench.types("carer").filter { $0.hasPrefix("booking") }
            }
            #expect(
                told.filter { !$0.value.isEmpty } == [
                    "2026-06-20": ["booking-booked-1"], "2026-07-01": ["booking-withdrawn-1"],
                ])
        }
    }

    @Test("Changed settings have everybody looked at again, the same settings nobody")
    func settings() async throws {
        let off = ReleaseSettings(sectionsOff: [RoadBench.practice: ["appointments"]])
        try await RoadBench.run { bench in
            try await bench.review()
            for number in [RoadMessages.number, RoadMessages.otherNumber] {
                try await bench.tell(Self.booking { $0.number = number }, at: 0)
            }
            try await bench.read()
            #expect(try await bench.types() == ["booking-booked-1", "booking-booked-1"])
            #expect(try await bench.types("clinic").count == 2)
            try await bench.restarted().review()
            #expect(try await bench.types() == [])
            let switched = bench.restarted(policy: off)
            for _ in 0..<2 { try await switched.review() }
            #expect(try await bench.types() == ["booking-withdrawn-1", "booking-withdrawn-1"])
            #expect(try await bench.types("clinic") == ["booking-withdrawn-1", "booking-withdrawn-1"])
            try await bench.restarted().review()
            #expect(try await bench.types() == ["booking-booked-1", "booking-booked-1"])
            // Nothing is implied any more, and nobody was granted anything by name.
            try await bench.restarted(implied: .some(nil)).review()
            #expect(try await bench.types() == ["booking-withdrawn-1", "booking-withdrawn-1"])
            // A consumer that is new hears how things stand.
            let newcomer = RoadBench.Consumer(name: "new", audience: .patient, events: [EventPattern("*")])
            try await bench.restarted(consumers: [RoadBench.app, newcomer]).review()
            #expect(try await bench.types("new") == ["booking-booked-1", "booking-booked-1"])
        }
    }

    @Test("The next day on which time changes something is the first of birthdays and bounds after today")
    func calendar() throws {
        var standing = PatientStanding(nhsNumber: RoadMessages.number, birthDate: "2012-02-29")
        standing.proxies = [
            ProxyGrant(id: "x", services: OnlineAccessGrant(), from: "2024-05-01", until: "2026-12-31"),
            ProxyGrant(id: "y", services: OnlineAccessGrant(recordProspectiveFrom: "2025"), until: "2030"),
        ]
        var day = try #require(PartialDate("2020-01-01")?.civilDate)
        var days: [String] = []
        while let next = ReviewCalendar.next(standing, after: day) {
            days.append(next.description)
            day = next
        }
        #expect(
            days == [
                "2023-03-01", "2024-05-01", "2025-03-01", "2025-12-31", "2027-01-01", "2028-02-29", "2030-01-02",
            ])
    }
}

/// Online access as messages tell it.
@Suite("Online access") struct OnlineAccessTests {
    @Test("Grants and withdrawals are events, what is not open and why is not told, and all of it is kept")
    func history() async throws {
        try await RoadBench.run(implied: nil) { bench in
            let message = { (access: PracticeMessage.Access, declined: Bool?) in
                PracticeMessage {
                    $0.access = access
                    $0.declined = declined
                    $0.review = true
                }
            }
            let full = PracticeMessage.Access(appointments: true, record: "full")
            try await bench.tell(message(full, nil), at: 0)
            try await bench.tell(message(full, true), at: 10)
            try await bench.tell(message(.init(), nil), at: 20)
            try await bench.tell(message(.init(), nil), at: 20)
            try await bench.read()
            let told = try await bench.told()
            #expect(
                told.map(\.type) == ["online-access-granted-1", "online-access-changed-1", "online-access-withdrawn-1"])
            #expect(
                told.first?.text
                    == #"{"onlineAccess":{"services":{"appointments":true,"prescriptions":false,"record":"full"}}}"#)
            #expect(told[1].text.contains(#""record":"none""#))
            for event in told { #expect(!event.text.contains("declined") && !event.text.contains("Review")) }
            let key = bench.key(RoadMessages.number)
            let history = try await bench.store.read { try $0.accessHistory(of: key) }
            #expect(
                history.map(\.fact) == [
                    .access, .enhancedReview, .access, .declined, .enhancedReview, .access, .enhancedReview,
                ])
            #expect(try await bench.types("clinic") == [])
        }
    }

    @Test("What was said earlier but arrives later changes nothing that was said since, and is kept")
    func outOfOrder() async throws {
        try await RoadBench.run(implied: nil) { bench in
            let booking = PracticeMessage.Booking(id: "b1", start: "2026-07-02T09:20:00+01:00")
            let access = { (isOpen: Bool) in
                PracticeMessage {
                    $0.bookings = [booking]
                    $0.access = .init(appointments: isOpen)
                }
            }
            try await bench.tell(access(false), at: 10)
            try await bench.tell(access(true), at: 0)
            // Another fact with a later time does not make the grant older than it is.
            try await bench.tell(PracticeMessage { $0.restricted = false }, at: 20)
            try await bench.tell(PracticeMessage { $0.access = .init(appointments: true) }, at: 15)
            try await bench.read()
            #expect(try await bench.types() == ["online-access-granted-1", "booking-booked-1"])
            let key = bench.key(RoadMessages.number)
            #expect(try await bench.store.read { try $0.accessHistory(of: key) }.count == 4)
        }
    }

    @Test("A review keeps automatic access that was there before it, and opens none that was not")
    func review() async throws {
        for isBefore in [true, false] {
            try await RoadBench.run { bench in
                let booking = PracticeMessage {
                    $0.bookings = [.init(id: "b1", start: "2026-07-02T09:20:00+01:00")]
                }
                let review = PracticeMessage { $0.review = true }
                if isBefore { try await bench.tell(booking, at: -60) }
                try await bench.tell(review, at: 0)
                try await bench.tell(booking, at: 10)
                try await bench.tell(review, at: 20)
                try await bench.read()
                let told = try await bench.types().filter { $0.hasPrefix("booking") }
                #expect(told == (isBefore ? ["booking-booked-1"] : []))
            }
        }
    }

    @Test("One practice's grant opens nothing of another practice's")
    func practices() async throws {
        try await RoadBench.run(implied: nil) { bench in
            try await bench.tell(PracticeMessage { $0.access = .init(appointments: true) }, at: 0)
            for ods in [RoadBench.practice, "Y90002"] {
                let message = PracticeMessage {
                    $0.ods = ods
                    $0.bookings = [.init(id: "b1", start: "2026-07-02T09:20:00+01:00")]
                }
                try await bench.tell(message, at: 1)
            }
            try await bench.read()
            let told = try await bench.told().filter { $0.type.hasPrefix("booking") }
            #expect(told.map { $0.entities.first?.practice } == [RoadBench.practice])
        }
    }
}
