import CanonicalModel
import Foundation
import Storage
import Testing

@Suite("Accepting, over every store")
struct AcceptanceConformance {
    @Test("A message comes back as it came, whatever its size", arguments: StoreBackend.allCases)
    func roundTrip(_ backend: StoreBackend) async throws {
        try await backend.withPlace { place in
            let large = (0..<3_670_016).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
            let context = TransportContext(["odsCode": "A12345", "message": "Überweisung", "": ""])
            var store = try await place.open()
            var bodies: [[UInt8]] = []
            for length in [0, 1, 1 << 20, (1 << 20) + 1, large.count] {
                bodies.append(Array(large.prefix(length)))
                let arrival = Arrival(
                    source: "practice", body: bodies[bodies.count - 1], transport: context, acceptedAt: noon + 0.25)
                _ = try await store.accept(arrival)
            }
            try await store.close()
            store = try await place.open()
            let messages = try await store.everyMessage()
            #expect(messages.map(\.body) == bodies)
            #expect(messages.allSatisfy { $0.transport == context && $0.acceptedAt == noon + 0.25 })
            #expect(messages.allSatisfy { $0.source == "practice" })
            try await store.close()
        }
    }

    @Test(
        "A delivery key names one message of its source, and another one under it is a conflict",
        arguments: StoreBackend.allCases)
    func deliveryKey(_ backend: StoreBackend) async throws {
        try await backend.withStore { store in
            let first = try await store.accept(arrival("a", key: "k"))
            #expect(try await store.accept(arrival("a", key: "k")) == .repeated(first.id))
            #expect(try await store.accept(arrival("b", key: "k")) == .conflict(first.id))
            #expect(try await store.accept(arrival("a", key: "k", context: ["localId": "7"])) == .conflict(first.id))
            #expect(try await store.accept(arrival("a", source: "other", key: "k")) != .repeated(first.id))
            let second = try await store.accept(arrival("a", key: "l"))
            #expect(second == .accepted(second.id))
            #expect(try await store.everyMessage().count == 3)
        }
    }

    @Test("Without a key only the last message of its source and context is repeated", arguments: StoreBackend.allCases)
    func contentRepeats(_ backend: StoreBackend) async throws {
        try await backend.withStore { store in
            let full = try await store.accept(arrival("full", context: ["localId": "7"]))
            #expect(full == .accepted(full.id))
            #expect(try await store.accept(arrival("full", context: ["localId": "7"])) == .repeated(full.id))
            // Another context and another source in between change nothing for this one.
            let others = [
                try await store.accept(arrival("full", context: ["localId": "8"])),
                try await store.accept(arrival("full", context: ["localId": "7", "section": "x"])),
                try await store.accept(arrival("full", source: "other", context: ["localId": "7"])),
            ]
            #expect(others.allSatisfy { $0 == .accepted($0.id) })
            #expect(try await store.accept(arrival("full", context: ["localId": "7"])) == .repeated(full.id))
            let empty = try await store.accept(arrival("empty", context: ["localId": "7"]))
            let again = try await store.accept(arrival("full", context: ["localId": "7"]))
            #expect(empty == .accepted(empty.id))
            #expect(again == .accepted(again.id))
            #expect(try await store.everyMessage().count == 6)
        }
    }

    @Test(
        "Ids sort as text in the order of acceptance, even when the clock steps back", arguments: StoreBackend.allCases)
    func idOrder(_ backend: StoreBackend) async throws {
        try await backend.withPlace { place in
            var ids: [String] = []
            let steps: [Double] = [0, 0, 5, -3600, -3_153_600_000]
            for step in steps {
                let store = try await place.open()
                for count in 0..<3 {
                    ids.append(try await store.accept(arrival("\(step) \(count)", at: noon + step)).id.rawValue)
                }
                try await store.close()
            }
            #expect(ids == ids.sorted())
            #expect(Set(ids).count == ids.count)
            let form = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/
            #expect(ids.allSatisfy { $0.wholeMatch(of: form) != nil })
            let first = try #require(ids.first)
            #expect(UInt64(first.filter { $0 != "-" }.prefix(12), radix: 16) == 1_790_000_000_000)
        }
    }

    @Test("Waiting messages come in order, in bounded helpings, at least one", arguments: StoreBackend.allCases)
    func helpings(_ backend: StoreBackend) async throws {
        try await backend.withStore { store in
            for number in 0..<6 { _ = try await store.accept(arrival("body \(number)", key: "\(number)")) }
            let all = try await store.everyMessage()
            #expect(all.map { String(decoding: $0.body, as: UTF8.self) } == (0..<6).map { "body \($0)" })
            #expect(all.map(\.sequence) == all.map(\.sequence).sorted())
            #expect(try await store.messagesToRead(after: 0, limit: 2, bytes: .max).map(\.id) == all[..<2].map(\.id))
            #expect(try await store.messagesToRead(after: 0, limit: 9, bytes: 18).map(\.id) == all[..<3].map(\.id))
            #expect(try await store.messagesToRead(after: 0, limit: 9, bytes: 1).map(\.id) == all[..<1].map(\.id))
            let rest = try await store.messagesToRead(after: all[3].sequence, limit: 9, bytes: .max)
            #expect(rest.map(\.id) == all[4...].map(\.id))
        }
    }

    @Test("Many concurrent deliveries are all durable, and each is one message", arguments: StoreBackend.allCases)
    func concurrentDeliveries(_ backend: StoreBackend) async throws {
        try await backend.withPlace { place in
            let store = try await place.open()
            let accepted = try await withThrowingTaskGroup(of: Acceptance.self) { group in
                for number in 0..<600 {
                    group.addTask { try await store.accept(arrival("body \(number % 200)", key: "\(number % 200)")) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let new = accepted.filter { $0 == .accepted($0.id) }
            #expect(new.count == 200)
            #expect(Set(accepted.map(\.id)).count == 200)
            try await store.close()
            let reopened = try await place.open()
            #expect(Set(try await reopened.everyMessage().map(\.id)) == Set(new.map(\.id)))
            try await reopened.close()
        }
    }

    @Test("A settled message is not read again, and the counts say where each one is", arguments: StoreBackend.allCases)
    func settling(_ backend: StoreBackend) async throws {
        try await backend.withStore { store in
            var ids: [MessageID] = []
            for number in 0..<4 {
                ids.append(try await store.accept(arrival("\(number)", at: noon + Double(number))).id)
            }
            let fates: [MessageFate] = [
                .read(mapping: "m", issues: 2), .quarantined(code: "unreadable", place: "/a/b"),
                .awaitingIdentity(system: "alpha", practice: "A12345", localID: "7"),
            ]
            for (id, fate) in zip(ids, fates) { try await store.commit { try $0.settle(id, as: fate) } }
            #expect(try await store.everyMessage().map(\.id) == [ids[3]])
            let counts = try await store.read { try $0.messageCounts() }
            let expected: [(MessageCount.State, Double)] = [
                (.accepted, 3), (.awaitingIdentity, 2), (.quarantined, 1), (.read, 0),
            ]
            #expect(
                counts
                    == expected.map {
                        MessageCount(source: "practice", state: $0.0, count: 1, oldest: noon + $0.1)
                    })
            await #expect(throws: StoreFault.self) {
                try await store.commit { try $0.settle(MessageID("none"), as: .read(mapping: "m", issues: 0)) }
            }
        }
    }

    @Test("A link wakes exactly the messages that awaited it, in their old place", arguments: StoreBackend.allCases)
    func waking(_ backend: StoreBackend) async throws {
        try await backend.withStore { store in
            var ids: [MessageID] = []
            for number in 0..<5 { ids.append(try await store.accept(arrival("\(number)")).id) }
            for (index, localID) in [(0, "7"), (1, "8"), (3, "7")] {
                let id = ids[index]
                try await store.commit {
                    try $0.settle(id, as: .awaitingIdentity(system: "alpha", practice: "A12345", localID: localID))
                }
            }
            let link = PatientLink(
                system: "alpha", practice: "A12345", localID: "7", nhsNumber: "9990000018", birthDate: "1980-02-03",
                learnedAt: noon)
            let woken = try await store.commit { transaction in
                try transaction.learn(link)
                return try transaction.wake(awaiting: link)
            }
            #expect(woken == 2)
            #expect(try await store.everyMessage().map(\.id) == [ids[0], ids[2], ids[3], ids[4]])
            #expect(try await store.read { try $0.link(system: "alpha", practice: "A12345", localID: "7") } == link)
            #expect(try await store.read { try $0.link(system: "alpha", practice: "A12346", localID: "7") } == nil)
            #expect(try await store.commit { try $0.wake(awaiting: link) } == 0)
        }
    }
}
