import CanonicalModel
import Foundation
import Interpretation
import Storage
import Telemetry
import Testing

/// Whose a message is, beyond numbers (events.md, *Identity*).
@Suite("Names, practices and waiting messages") struct WhoseTests {
    private static let booking = PracticeMessage.Booking(id: "b1", start: "2026-07-02T09:20:00+01:00")

    @Test("A differing family name alone is an issue, and the link holds when the birth date agrees")
    func names() async throws {
        try await RoadBench.run { bench in
            let known = PracticeMessage {
                $0.localId = "L1"
                $0.family = "Quarrington"
            }
            try await bench.tell(known, at: 0)
            let linked = { (family: String, born: String?) in
                PracticeMessage {
                    $0.number = nil
                    $0.localId = "L1"
                    $0.family = family
                    $0.born = born
                    $0.bookings = [Self.booking]
                }
            }
            // Case and hyphens are no difference.
            try await bench.tell(linked("QUARRING-TON", nil), at: 1)
            try await bench.read()
            #expect(bench.status.issues["test/practice"]?["name-differs"] == nil)
            // Nothing but a link says whose this is, and the name speaks against it.
            try await bench.tell(linked("Sallow", nil), at: 2)
            try await bench.read()
            #expect(try bench.quarantine() == ["name-contradicted"])
            try await bench.tell(linked("Sallow", RoadMessages.birthDate), at: 3)
            try await bench.read()
            #expect(bench.status.issues["test/practice"]?["name-differs"] == 1)
            #expect(try bench.quarantine().count == 1)
            // From now on that is the name.
            try await bench.tell(linked("Sallow", nil), at: 4)
            try await bench.read()
            #expect(try bench.quarantine().count == 1)
            #expect(try await bench.types() == ["booking-booked-1"])
        }
    }

    @Test(
        "A message that waits for its patient is read by itself when the link arrives, and not for another practice's")
    func waiting() async throws {
        try await RoadBench.run { bench in
            let waiting = PracticeMessage {
                $0.number = nil
                $0.localId = "L1"
                $0.bookings = [Self.booking]
            }
            try await bench.tell(waiting, at: 0)
            try await bench.read()
            #expect(try await bench.count(.awaitingIdentity) == 1)
            let link = { (ods: String) in
                PracticeMessage {
                    $0.ods = ods
                    $0.localId = "L1"
                }
            }
            try await bench.tell(link("Y90002"), at: 1)
            try await bench.read()
            #expect(try await bench.count(.awaitingIdentity) == 1)
            try await bench.tell(link(RoadBench.practice), at: 1)
            try await bench.read()
            #expect(try await bench.count(.awaitingIdentity) == 0)
            #expect(try await bench.types() == ["booking-booked-1"])
        }
    }

    @Test(
        "A number of ten equal digits, or with a wrong check digit, stops the message",
        arguments: ["9999999999", "1111111111", "9990001007"])
    func numbers(_ number: String) async throws {
        try await RoadBench.run { bench in
            try await bench.tell(
                PracticeMessage {
                    $0.bookings = [Self.booking]; $0.number = number
                }, at: 0)
            try await bench.read()
            #expect(try bench.quarantine() == ["nhs-number-invalid"])
        }
    }

    @Test("A practice by what is no code is not believed, and the one that came with the message counts")
    func shape() async throws {
        try await RoadBench.run { bench in
            try await bench.tell(
                PracticeMessage {
                    $0.ods = "The Surgery"; $0.bookings = [Self.booking]
                }, at: 0)
            try await bench.tell(
                PracticeMessage {
                    $0.ods = "y90003"; $0.bookings = [Self.booking]
                }, at: 0)
            try await bench.read()
            #expect(bench.status.issues["test/practice"]?["ods-code-invalid"] == 1)
            let practices = try await bench.entities(of: RoadMessages.number).map(\.key.practice)
            #expect(practices.sorted() == [RoadBench.practice, "Y90003"])
        }
    }

    @Test("With the operator's register a practice that did not exist on the day of the message stops it")
    func register() async throws {
        let register = try OrganisationRegister(
            "Y90001,20200101\n\"Y90002\",2020-01-01,2026-06-14\nY90004,2026-06-16\n# a note\n\n")
        #expect(register.count == 3)
        try await RoadBench.run(organisations: register) { bench in
            for ods in ["Y90001", "Y90002", "Y90003", "Y90004"] {
                try await bench.tell(
                    PracticeMessage {
                        $0.ods = ods; $0.bookings = [Self.booking]
                    }, at: 0)
            }
            try await bench.read()
            #expect(try bench.quarantine() == Array(repeating: "practice-not-registered", count: 3))
            #expect(try await bench.types() == ["booking-booked-1"])
        }
    }

    @Test(
        "The register is read as the Organisation Data Service publishes it, and what is no code is refused by its line"
    )
    func registerFile() throws {
        let published =
            #""Y90001","THE SURGERY, OLD TOWN","Y54","QXX","1 HIGH ST","","","","","AB1 2CD","19740401","20250331","C","B""#
        let register = try OrganisationRegister(published + "\r\n")
        for (day, isThere) in [
            ("1974-03-31", false), ("1974-04-01", true), ("2025-03-31", true), ("2025-04-01", false),
        ] {
            let day = try #require(PartialDate(day)?.civilDate)
            #expect(register.hasOrganisation("Y90001", on: day) == isThere)
        }
        #expect(throws: OrganisationRegister.Fault(line: 2)) { try OrganisationRegister("Y90001\nno code") }
        #expect(throws: OrganisationRegister.Fault(line: 1)) { try OrganisationRegister("Y90001,yesterday") }
    }
}
