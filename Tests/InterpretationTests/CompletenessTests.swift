import CanonicalModel
import Foundation
import Interpretation
import Storage
import Telemetry
import Testing

/// What follows from what a list no longer names, and what is moved (events.md, *From messages to changes*). The bench's
/// noon is 15 June 2026.
@Suite("What a complete list does not name") struct CompletenessTests {
    private static let window = PracticeMessage.Window(
        from: "2026-06-15T00:00:00+01:00", to: "2026-07-15T00:00:00+01:00")
    private static let july2 = "2026-07-02T09:20:00+01:00"
    private static let july3 = "2026-07-03T09:20:00+01:00"

    private typealias Booking = PracticeMessage.Booking

    private static func list(_ bookings: [Booking], window: PracticeMessage.Window? = window) -> PracticeMessage {
        PracticeMessage {
            $0.bookings = bookings
            $0.window = window
        }
    }

    @Test("A booking to come that a complete list no longer names is cancelled, once, and says that this is inferred")
    func gone() async throws {
        try await RoadBench.run { bench in
            let stays = Booking(id: "b2", start: Self.july3)
            try await bench.tell(Self.list([Booking(id: "b1", start: Self.july2), stays]), at: 0)
            try await bench.read()
            #expect(try await bench.types() == ["booking-booked-1", "booking-booked-1"])
            for minute in [15.0, 30] { try await bench.tell(Self.list([stays]), at: minute) }
            try await bench.read()
            let told = try await bench.told()
            #expect(told.map(\.type) == ["booking-cancelled-1"])
            #expect(told.first?.cause == "inferred")
            #expect(told.first?.text.contains(#""inferred":true"#) == true)
            #expect(told.first?.text.contains(#""status":"cancelled""#) == true)
            // It is back: what the source says now counts.
            try await bench.tell(Self.list([Booking(id: "b1", start: Self.july2), stays]), at: 45)
            try await bench.read()
            #expect(try await bench.told().map(\.text).filter { $0.contains("inferred") } == [])
            #expect(try await bench.entities(of: RoadMessages.number).filter { $0.text.contains("cancelled") }.isEmpty)
        }
    }

    @Test(
        "Nothing is inferred of a booking that is past, outside the window, over already, or of a list without a window",
        arguments: [
            (Booking(id: "b1", start: "2026-06-15T08:00:00+01:00"), window),
            (Booking(id: "b1", start: "2026-06-15T12:10:00+01:00"), window),
            (Booking(id: "b1", start: "2026-07-15T00:00:00+01:00"), window),
            (Booking(id: "b1", start: "2026-07-20"), window), (Booking(id: "b1", start: "2026-07"), window),
            (Booking(id: "b1", start: july2, status: "fulfilled"), window),
            (Booking(id: "b1", start: july2, status: "cancelled"), window), (Booking(id: "b1", start: july2), nil),
        ] as [(PracticeMessage.Booking, PracticeMessage.Window?)])
    func nothing(_ booking: PracticeMessage.Booking, _ window: PracticeMessage.Window?) async throws {
        try await RoadBench.run { bench in
            try await bench.tell(Self.list([booking]), at: 0)
            try await bench.read()
            _ = try await bench.told()
            try await bench.tell(Self.list([], window: window), at: 15)
            try bench.move(toMoment: "2026-06-15T11:15:00Z")
            try await bench.read()
            #expect(try await bench.types() == [])
        }
    }

    @Test("A day without a time is in the window when all of it is")
    func days() async throws {
        try await RoadBench.run { bench in
            let days = ["2026-07-14", "2026-07-15"].map { Booking(id: $0, start: $0) }
            try await bench.tell(Self.list(days), at: 0)
            try await bench.tell(Self.list([]), at: 15)
            try await bench.read()
            let cancelled = try await bench.told().filter { $0.type == "booking-cancelled-1" }
            #expect(cancelled.map { $0.entities.first?.id } == ["2026-07-14"])
        }
    }

    @Test("Another system's, practice's or patient's bookings are not missing from a list")
    func others() async throws {
        try await RoadBench.run { bench in
            try await bench.tell(Self.list([Booking(id: "b1", start: Self.july2)]), at: 0)
            var elsewhere = Self.list([])
            elsewhere.ods = "Y90002"
            try await bench.tell(elsewhere, at: 15)
            var another = Self.list([])
            another.number = RoadMessages.otherNumber
            try await bench.tell(another, at: 15)
            try await bench.read()
            #expect(try await bench.types() == ["booking-booked-1"])
        }
    }

    @Test("A booking that arrives after a later list which does not name it ends where it would have in order")
    func late() async throws {
        try await RoadBench.run { bench in
            try await bench.tell(Self.list([]), at: 30)
            try await bench.read()
            for minute in [0.0, 15] {
                let booking = Booking(id: "b1", start: Self.july2, comment: "at \(minute)")
                try await bench.tell(Self.list([booking], window: nil), at: minute)
                try await bench.read()
            }
            let state = try #require(try await bench.entities(of: RoadMessages.number).first)
            #expect(state.text.contains("cancelled") && state.text.contains("at 15"))
            // A list that came before says nothing of what was booked after it.
            let later = Booking(id: "b2", start: Self.july2)
            try await bench.tell(Self.list([later], window: nil), at: 31)
            try await bench.read()
            #expect(try await bench.told().last?.type == "booking-booked-1")
        }
    }

    @Test("A prescription that the whole list no longer names has ended and cannot be ordered; why is not made up")
    func prescriptions() async throws {
        try await RoadBench.run { bench in
            let list = { (drugs: [String]) in
                PracticeMessage {
                    $0.drugs = drugs.map { PracticeMessage.Drug(id: $0, name: "Drug \($0)") }
                    $0.allDrugs = true
                }
            }
            try await bench.tell(list(["d1", "d2"]), at: 0)
            try await bench.read()
            _ = try await bench.told()
            for minute in [15.0, 30] { try await bench.tell(list(["d2"]), at: minute) }
            try await bench.read()
            let told = try await bench.told()
            #expect(told.map(\.type) == ["prescription-ended-1"])
            #expect(told.first?.cause == "inferred")
            #expect(told.first?.text.contains(#""status":"unknown""#) == true)
            #expect(told.first?.text.contains(#""orderable":false"#) == true)
        }
    }

    // MARK: Moved

    @Test("Exactly one gone and one new of the same service and people is a move: one correlation, the end first")
    func moved() async throws {
        try await RoadBench.run { bench in
            let stays = Booking(id: "b9", start: Self.july3)
            try await bench.tell(Self.list([Booking(id: "b1", start: Self.july2), stays]), at: 0)
            try await bench.read()
            _ = try await bench.told()
            let changed = Booking(id: "b9", start: Self.july3, comment: "bring a list")
            let id = try await bench.tell(Self.list([Booking(id: "b2", start: Self.july3), changed]), at: 15)
            try await bench.read()
            let told = try await bench.told()
            #expect(told.map(\.type) == ["booking-cancelled-1", "booking-booked-1", "booking-changed-1"])
            #expect(told.map { $0.correlationID == id.rawValue } == [false, false, true])
            #expect(told[0].correlationID == told[1].correlationID)
        }
    }

    @Test("What is not alike, or not one against one, is no move", arguments: 0..<4)
    func notMoved(_ way: Int) async throws {
        try await RoadBench.run { bench in
            let before = [Booking(id: "b1", start: Self.july2), Booking(id: "b2", start: Self.july2)]
            try await bench.tell(Self.list(way == 0 ? before : [before[0]]), at: 0)
            try await bench.read()
            _ = try await bench.told()
            var after = [Booking(id: "b3", start: Self.july3)]
            switch way {
            case 1: after[0].service = "Another clinic"
            case 2: after[0].with = "Nurse Sallow"
            case 3: after.append(Booking(id: "b4", start: Self.july3))
            default: break
            }
            let id = try await bench.tell(Self.list(after), at: 15)
            try await bench.read()
            let told = try await bench.told()
            #expect(told.count == (way == 0 || way == 3 ? 3 : 2))
            #expect(Set(told.map(\.correlationID)) == [id.rawValue])
        }
    }

    @Test(
        "A booking that names the one it replaces ends it, whichever of them arrives first", arguments: [true, false])
    func replaces(inOrder: Bool) async throws {
        try await RoadBench.run { bench in
            let old = Self.list([Booking(id: "b1", start: Self.july2)], window: nil)
            let new = Self.list([Booking(id: "b2", start: Self.july3, replaces: "b1")], window: nil)
            let messages = [(old, 0.0), (new, 15)]
            for (message, minute) in inOrder ? messages : messages.reversed() {
                try await bench.tell(message, at: minute)
                try await bench.read()
            }
            let states = try await bench.entities(of: RoadMessages.number)
            #expect(states.map { $0.text.contains("cancelled") } == [true, false])
            let told = try await bench.told()
            if inOrder {
                #expect(told.map(\.type) == ["booking-booked-1", "booking-cancelled-1", "booking-booked-1"])
                #expect(told[1].correlationID == told[2].correlationID)
                // The source said that it is over; nothing is inferred.
                #expect(!told[1].text.contains("inferred"))
                // Which one it replaces is not the patient's to know when that one is withheld, so it is never told.
                #expect(!told[2].text.contains("replaces"))
            }
        }
    }

    @Test("When the old half of a move is withheld, nothing about the new half tells that there is another")
    func halfWithheld() async throws {
        try await RoadBench.run { bench in
            let hidden = Booking(id: "b1", start: Self.july2, isHidden: true)
            try await bench.tell(Self.list([hidden]), at: 0)
            let id = try await bench.tell(Self.list([Booking(id: "b2", start: Self.july3)]), at: 15)
            try await bench.read()
            let told = try await bench.told()
            #expect(told.map(\.type) == ["booking-booked-1"])
            #expect(told.first?.correlationID == id.rawValue)
        }
    }

    // MARK: Corrected mappings

    @Test("A corrected mapping tells only what differs, as changed and remapped, and cancels nothing")
    func corrected() async throws {
        try await RoadBench.run { bench in
            let full = Self.list([Booking(id: "b1", start: Self.july2), Booking(id: "b2", start: Self.july3)])
            let drugs = PracticeMessage { $0.drugs = [.init(id: "d1", name: "Pills"), .init(id: "d2", name: "Drops")] }
            try await bench.tell(full, at: 0)
            try await bench.tell(drugs, at: 0)
            try await bench.read()
            _ = try await bench.told()
            // A field renamed that says nothing here, and a list that loses a row by the correction.
            let renamed = PracticeMessage.mapping
                .replacingOccurrences(of: "%b.with", with: "%b.clinician")
                .replacingOccurrences(of: "{% for b in bookings %}", with: "{% for b in bookings.where(id != 'b2') %}")
            try bench.correct(renamed)
            try await bench.tell(full, at: 15)
            try await bench.tell(drugs, at: 15)
            try await bench.read()
            let told = try await bench.told()
            #expect(told.map(\.type) == ["booking-changed-1"])
            #expect(told.map(\.cause) == ["remapped"])
            #expect(bench.status.issues["test/practice"]?["rebaselined"] == 1)
            // A status read differently is no cancellation either.
            try bench.correct(
                renamed.replacingOccurrences(
                    of: #"status: "{{ %b.status }}""#, with: #"status: "{{ iif(%b.status = 'booked', 'cancelled') }}""#)
            )
            try await bench.tell(full, at: 30)
            try await bench.read()
            let again = try await bench.told()
            #expect(again.map(\.type) == ["booking-changed-1"])
            #expect(again.map(\.cause) == ["remapped"])
        }
    }

    @Test("After the first list of a corrected mapping, absence means again what it meant")
    func correctedOnce() async throws {
        try await RoadBench.run { bench in
            let both = Self.list([Booking(id: "b1", start: Self.july2), Booking(id: "b2", start: Self.july3)])
            try await bench.tell(both, at: 0)
            try await bench.read()
            try bench.correct(PracticeMessage.mapping + "\n# Corrected.\n")
            try await bench.tell(both, at: 15)
            try await bench.read()
            _ = try await bench.told()
            try await bench.tell(Self.list([Booking(id: "b2", start: Self.july3)]), at: 30)
            try await bench.read()
            #expect(try await bench.types() == ["booking-cancelled-1"])
        }
    }

    // MARK: Slots

    @Test("A practice's slots are told in a lane of the practice, when they change, to nobody's number")
    func slots() async throws {
        try await RoadBench.run { bench in
            let message = { (starts: [String]) in
                PracticeMessage {
                    $0.number = nil
                    $0.born = nil
                    $0.slots = starts.map { Booking(id: $0, start: $0) }
                }
            }
            for (minute, starts) in [[Self.july2], [Self.july2], [Self.july2, Self.july3]].enumerated() {
                try await bench.tell(message(starts), at: Double(minute))
            }
            try await bench.read()
            let told = try await bench.told()
            #expect(told.map(\.type) == ["slots-published-1", "slots-published-1"])
            #expect(Set(told.map(\.patient)) == [bench.key("practice \(RoadBench.practice)")])
            #expect(told.last?.text.hasPrefix(#"{"slots":[{"id":""#) == true)
        }
    }
}
