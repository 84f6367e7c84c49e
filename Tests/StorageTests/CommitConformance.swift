import CanonicalModel
import Foundation
import Storage
import Testing

@Suite("Commits and what they keep, over every store")
struct CommitConformance {
    private static func standing(_ number: String, restricted: Bool? = nil) -> PatientStanding {
        PatientStanding(
            nhsNumber: number, birthDate: "1980-02-03", restricted: restricted,
            access: OnlineAccessGrant(appointments: true, record: .none))
    }

    @Test("A unit that throws is undone alone, and the units around it stand", arguments: StoreBackend.allCases)
    func savepoints(_ backend: StoreBackend) async throws {
        try await backend.withPlace { place in
            let store = try await place.open()
            let numbers = ["9990000018", "9990000026", "9990000034"]
            let units: [@Sendable (any StoreTransaction) throws -> Int] = numbers.enumerated().map { index, number in
                { transaction in
                    try transaction.save(Self.standing(number))
                    try transaction.queue(event("\(index)"))
                    if index == 1 { throw Refusal() }
                    return try transaction.backlog(of: "app").waiting
                }
            }
            let results = try await store.commit(units)
            #expect(try results[0].get() == 1)
            #expect(throws: Refusal.self) { try results[1].get() }
            #expect(try results[2].get() == 2)
            try await store.close()
            let reopened = try await place.open()
            for (number, stands) in zip(numbers, [true, false, true]) {
                let found = try await reopened.read { [key = reopened.patientKey(nhsNumber: number)] in
                    try $0.standing(of: key)
                }
                #expect((found != nil) == stands)
            }
            #expect(try await reopened.commit([@Sendable (any StoreTransaction) throws -> Int]()).isEmpty)
            try await reopened.close()
        }
    }

    @Test("Units run in the order they were submitted, and each sees the ones before", arguments: StoreBackend.allCases)
    func order(_ backend: StoreBackend) async throws {
        try await backend.withStore { store in
            let units: [@Sendable (any StoreTransaction) throws -> Int] = (0..<50).map { number in
                { transaction in
                    try transaction.queue(event("\(number)"))
                    return try transaction.backlog(of: "app").waiting
                }
            }
            let waiting = try await store.commit(units).map { try $0.get() }
            #expect(waiting == Array(1...50))
        }
    }

    @Test("A closed store refuses, and what was begun is finished", arguments: StoreBackend.allCases)
    func closing(_ backend: StoreBackend) async throws {
        try await backend.withPlace { place in
            let store = try await place.open()
            async let begun = withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<50 { group.addTask { try await store.queue(event("\(number)")) } }
                try await group.waitForAll()
            }
            try await begun
            try await store.close()
            try await store.close()
            await #expect(throws: StoreFault.self) { try await store.accept(arrival("late")) }
            await #expect(throws: StoreFault.self) { try await store.everyMessage() }
            let reopened = try await place.open()
            #expect(try await reopened.read { try $0.backlog(of: "app").waiting } == 50)
            try await reopened.close()
        }
    }

    @Test(
        "A standing is found by the keyed hash of its number, and the last one counts", arguments: StoreBackend.allCases
    )
    func standings(_ backend: StoreBackend) async throws {
        try await backend.withStore { store in
            let key = store.patientKey(nhsNumber: "9990000018")
            #expect(key.rawValue.wholeMatch(of: /[0-9a-f]{32}/) != nil)
            #expect(key == store.patientKey(nhsNumber: "9990000018"))
            #expect(key != store.patientKey(nhsNumber: "9990000026"))
            #expect(try await store.read { try $0.standing(of: key) } == nil)
            for restricted in [nil, true, false] {
                let standing = Self.standing("9990000018", restricted: restricted)
                try await store.commit { try $0.save(standing) }
                #expect(try await store.read { try $0.standing(of: key) } == standing)
            }
        }
    }

    @Test("An entity is known by its whole key, and its last state counts", arguments: StoreBackend.allCases)
    func entities(_ backend: StoreBackend) async throws {
        try await backend.withStore { store in
            let states = [
                state(.booking, "b1"), state(.booking, "b2", practice: "B12345"), state(.prescription, "b1"),
                state(.recordSection, "problems"), state(.booking, "b1", of: bruno),
            ]
            for state in states { try await store.commit { try $0.save(state) } }
            let newer = state(.booking, "b1", content: "newer", confidential: true)
            try await store.commit { try $0.save(newer) }
            let found = try #require(try await store.read { try $0.entity(newer.key) })
            #expect(found.content == newer.content && found.digest == newer.digest && found.isConfidential)
            #expect(found.time == newer.time && found.timeKind == newer.timeKind && found.source == newer.source)
            #expect(found.mappingDigest == newer.mappingDigest && found.key == newer.key)
            let bookings = try await store.read { try $0.entities(of: alice, kinds: [.booking]) }
            #expect(bookings.map(\.key) == [states[0].key, states[1].key])
            #expect(try await store.read { try $0.entities(of: alice, kinds: []) }.count == 4)
            let unknown = state(.booking, "b1", practice: "C12345").key
            #expect(try await store.read { try $0.entity(unknown) } == nil)
        }
    }

    @Test(
        "What each consumer was told is kept apart, and a withdrawn view has no digest",
        arguments: StoreBackend.allCases)
    func releasedViews(_ backend: StoreBackend) async throws {
        try await backend.withStore { store in
            let key = state(.booking, "b1").key
            let digest = store.digest([1, 2])
            #expect(digest.bytes.count == 32 && digest == store.digest([1, 2]) && digest != store.digest([1]))
            let view = ReleasedView(key: key, consumer: "app", digest: digest, content: [1, 2])
            try await store.commit { try $0.save(view) }
            let told = try #require(try await store.read { try $0.released(key, to: "app") })
            #expect(told.digest == digest && told.content == [1, 2] && told.key == key)
            #expect(try await store.read { try $0.released(key, to: "clinic") } == nil)
            try await store.commit { try $0.save(ReleasedView(key: key, consumer: "app", digest: nil, content: [])) }
            let withdrawn = try #require(try await store.read { try $0.released(key, to: "app") })
            #expect(withdrawn.digest == nil && withdrawn.content.isEmpty)
        }
    }

    @Test("That a view was sent is kept until it is withdrawn, whatever is released", arguments: StoreBackend.allCases)
    func sentViews(_ backend: StoreBackend) async throws {
        try await backend.withStore { store in
            let key = state(.booking, "b1").key
            let view = ReleasedView(key: key, consumer: "app", digest: store.digest([1]), content: [1])
            func isSent() async throws -> Bool? {
                try await store.read { try $0.released(key, to: "app")?.isSent }
            }
            try await store.commit { try $0.markSent([key], to: "app") }
            #expect(try await isSent() == nil)
            try await store.commit { try $0.save(view) }
            #expect(try await isSent() == false)
            try await store.commit { try $0.markSent([key], to: "clinic") }
            #expect(try await isSent() == false)
            for _ in 0..<2 { try await store.commit { try $0.markSent([key], to: "app") } }
            try await store.commit { try $0.save(view) }
            #expect(try await isSent() == true)
            try await store.commit { try $0.markWithdrawn([key], from: "app") }
            #expect(try await isSent() == false)
        }
    }

    private func state(
        _ kind: EntityKind, _ id: String, practice: String = "A12345", of patient: PatientKey = alice,
        content: String = "{}", confidential: Bool = false
    ) -> EntityState {
        EntityState(
            key: EntityKey(system: "alpha", practice: practice, patient: patient, kind: kind, id: id),
            source: "practice", content: Array(content.utf8), digest: ContentDigest(Array(content.utf8)),
            isConfidential: confidential, time: noon, timeKind: .observed, mappingDigest: "m1")
    }
}
