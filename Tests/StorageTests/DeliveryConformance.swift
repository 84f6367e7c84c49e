import Foundation
import Storage
import Testing

@Suite("Lanes, over every store")
struct DeliveryConformance {
    @Test("A lane gives its events in order, one at a time, as they were queued", arguments: StoreBackend.allCases)
    func oneAtATime(_ backend: StoreBackend) async throws {
        try await backend.withStore { store in
            try await store.queue(event("1"), event("2"))
            let first = try #require(try await store.lease())
            #expect(first.event == event("1"))
            #expect(first.attempts == 0 && first.sequence == nil)
            #expect(try await store.lease() == nil)
            #expect(try await store.settle(first, .delivered))
            let second = try #require(try await store.lease())
            #expect(second.event == event("2"))
            #expect(second.lane == first.lane && second.fence > first.fence)
            #expect(try await store.settle(second, .delivered))
            #expect(try await store.lease(at: noon + 1000) == nil)
        }
    }

    @Test("Lanes of other patients and consumers go on beside a leased one", arguments: StoreBackend.allCases)
    func lanesAreParallel(_ backend: StoreBackend) async throws {
        try await backend.withStore { store in
            try await store.queue(event("1"), event("2", of: bruno), event("1", for: "clinic"))
            let mine = try #require(try await store.lease())
            let other = try #require(try await store.lease())
            let clinic = try #require(try await store.lease(of: "clinic"))
            #expect(Set([mine.event.patient, other.event.patient]) == [alice, bruno])
            #expect(Set([mine.lane, other.lane, clinic.lane]).count == 3)
            #expect(mine.lane.wholeMatch(of: /[0-9a-z]{26,32}/) != nil)
        }
    }

    @Test(
        "The lane whose head has waited longest comes first, and none before it is due",
        arguments: StoreBackend.allCases)
    func longestWaiting(_ backend: StoreBackend) async throws {
        try await backend.withStore { store in
            try await store.queue(event("late", at: noon + 20), event("early", of: bruno, at: noon + 10))
            #expect(try await store.lease(at: noon + 9) == nil)
            #expect(try await store.read { try $0.nextDue(for: "app", now: noon) } == noon + 10)
            #expect(try await store.lease(at: noon + 30)?.event.id == "early")
            #expect(try await store.read { try $0.nextDue(for: "app", now: noon + 30) } == noon + 20)
            #expect(try await store.lease(at: noon + 30)?.event.id == "late")
            #expect(try await store.read { try $0.nextDue(for: "app", now: noon + 30) } == nil)
            #expect(try await store.read { try $0.nextDue(for: "clinic", now: noon) } == nil)
        }
    }

    @Test("A retry keeps the head and its number, and counts its attempts", arguments: StoreBackend.allCases)
    func retry(_ backend: StoreBackend) async throws {
        try await backend.withPlace { place in
            let store = try await place.open()
            try await store.queue(event("1"), event("2"))
            let first = try #require(try await store.lease())
            #expect(try await store.number(first) == LaneSequence(number: 1, gap: []))
            #expect(try await store.number(first) == LaneSequence(number: 1, gap: []))
            #expect(try await store.settle(first, .retry(at: noon + 60, because: "timeout")))
            #expect(try await store.lease(at: noon + 59) == nil)
            #expect(try await store.read { try $0.nextDue(for: "app", now: noon) } == noon + 60)
            try await store.close()

            let reopened = try await place.open()
            let again = try #require(try await reopened.lease(at: noon + 60))
            #expect(again.event.id == "1" && again.attempts == 1 && again.sequence == 1)
            #expect(try await reopened.number(again) == LaneSequence(number: 1, gap: []))
            #expect(try await reopened.settle(again, .returned))
            let third = try #require(try await reopened.lease(at: noon + 60))
            #expect(third.event.id == "1" && third.attempts == 1)
            #expect(try await reopened.settle(third, .delivered))
            let next = try #require(try await reopened.lease(at: noon + 60))
            #expect(try await reopened.number(next) == LaneSequence(number: 2, gap: []))
            try await reopened.close()
        }
    }

    @Test("An expired lease may be taken over, and then the old one settles nothing", arguments: StoreBackend.allCases)
    func fencing(_ backend: StoreBackend) async throws {
        try await backend.withStore { store in
            try await store.queue(event("1"), event("2"))
            let slow = try #require(try await store.lease(for: 30))
            #expect(try await store.lease(at: noon + 29) == nil)
            let taken = try #require(try await store.lease(at: noon + 30))
            #expect(taken.event.id == "1" && taken.fence > slow.fence && taken.attempts == 1)
            for outcome: DeliverySettlement in [
                .delivered, .retry(at: noon, because: "x"), .deadLetter(because: "x", status: 400, hold: true),
                .suppressed(rule: "x"), .returned,
            ] {
                #expect(try await store.settle(slow, outcome) == false)
            }
            await #expect(throws: StoreFault.self) { try await store.number(slow) }
            #expect(try await store.number(taken).number == 1)
            #expect(try await store.settle(taken, .delivered))
            #expect(try await store.settle(taken, .delivered) == false)
            #expect(try await store.lease(at: noon + 31)?.event.id == "2")
        }
    }

    @Test("A lease that ran out but that nobody took still settles", arguments: StoreBackend.allCases)
    func lateSettlement(_ backend: StoreBackend) async throws {
        try await backend.withStore { store in
            try await store.queue(event("1"))
            let lease = try #require(try await store.lease(for: 1))
            #expect(try await store.settle(lease, .delivered))
            #expect(try await store.lease(at: noon + 1000) == nil)
        }
    }

    @Test("Numbers lost to dead letters are named until an event is accepted", arguments: StoreBackend.allCases)
    func gaps(_ backend: StoreBackend) async throws {
        try await backend.withStore { store in
            for number in 1...6 { try await store.queue(event("\(number)")) }
            func head() async throws -> LeasedEvent { try #require(try await store.lease()) }
            for expected in [LaneSequence(number: 1, gap: []), LaneSequence(number: 2, gap: [1])] {
                let lost = try await head()
                #expect(try await store.number(lost) == expected)
                #expect(try await store.settle(lost, .deadLetter(because: "rejected", status: 422, hold: false)))
            }
            // Suppressed before it had a number: no trace in the numbering.
            #expect(try await store.settle(try await head(), .suppressed(rule: "restricted")))
            let numbered = try await head()
            #expect(try await store.number(numbered) == LaneSequence(number: 3, gap: [1, 2]))
            #expect(try await store.settle(numbered, .suppressed(rule: "restricted")))
            let accepted = try await head()
            #expect(accepted.event.id == "5")
            #expect(try await store.number(accepted) == LaneSequence(number: 4, gap: [1, 2, 3]))
            #expect(try await store.settle(accepted, .delivered))
            #expect(try await store.number(try await head()) == LaneSequence(number: 5, gap: []))
        }
    }

    @Test("Of very many lost numbers only the last are named", arguments: StoreBackend.allCases)
    func longGap(_ backend: StoreBackend) async throws {
        try await backend.withStore { store in
            let lost = 300
            for number in 0...lost { try await store.queue(event("\(number)")) }
            try await store.commit { transaction in
                for _ in 0..<lost {
                    guard let lease = try transaction.leaseLane(of: "app", now: noon, until: noon + 30) else { return }
                    _ = try transaction.assignSequence(to: lease)
                    _ = try transaction.settle(lease, as: .deadLetter(because: "x", status: 422, hold: false))
                }
            }
            let last = try await store.number(try #require(try await store.lease()))
            #expect(last == LaneSequence(number: 301, gap: Array(45...300)))
        }
    }

    @Test("A lane held at a dead letter gives nothing more, and other lanes go on", arguments: StoreBackend.allCases)
    func holding(_ backend: StoreBackend) async throws {
        try await backend.withStore { store in
            try await store.queue(event("1"), event("2"))
            let lease = try #require(try await store.lease())
            #expect(try await store.settle(lease, .deadLetter(because: "rejected", status: nil, hold: true)))
            try await store.queue(event("3"))
            #expect(try await store.lease(at: noon + 1000) == nil)
            #expect(try await store.read { try $0.nextDue(for: "app", now: noon) } == nil)
            try await store.queue(event("4", of: bruno))
            #expect(try await store.lease()?.event.id == "4")
        }
    }

    @Test("The backlog counts what waits and what is dead, for that consumer alone", arguments: StoreBackend.allCases)
    func backlog(_ backend: StoreBackend) async throws {
        try await backend.withStore { store in
            try await store.queue(event("1", at: noon - 5), event("2"), event("3"), event("1", for: "clinic"))
            let dead = try #require(try await store.lease())
            #expect(
                try await store.read { try $0.backlog(of: "app") }
                    == DeliveryBacklog(waiting: 3, oldest: noon - 5, deadLetters: 0))
            _ = try await store.settle(dead, .deadLetter(because: "rejected", status: 400, hold: false))
            _ = try await store.settle(try #require(try await store.lease()), .delivered)
            #expect(
                try await store.read { try $0.backlog(of: "app") }
                    == DeliveryBacklog(waiting: 1, oldest: noon, deadLetters: 1))
            #expect(
                try await store.read { try $0.backlog(of: "nobody") }
                    == DeliveryBacklog(waiting: 0, oldest: nil, deadLetters: 0))
        }
    }

    @Test("An event id is queued to a consumer once, even after it was delivered", arguments: StoreBackend.allCases)
    func queuedOnce(_ backend: StoreBackend) async throws {
        try await backend.withStore { store in
            try await store.queue(event("1"), event("1"))
            _ = try await store.settle(try #require(try await store.lease()), .delivered)
            try await store.queue(event("1"))
            #expect(try await store.lease() == nil)
        }
    }
}
