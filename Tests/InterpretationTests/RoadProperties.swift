import CanonicalModel
import Storage
import Testing

/// What must hold whatever arrives in whatever order.
@Suite("What always holds on the road") struct RoadProperties {
    private typealias Messages = RoadMessages

    @Test("Whatever the order of arrival, the latest observed state stands", arguments: UInt64(1)...12)
    func latestStands(seed: UInt64) async throws {
        var random = RoadRandom(seed: seed)
        var snapshots = (0..<8).map { minute in Snapshot(minute: minute, random: &random) }
        let bookings = last(snapshots) { $0.bookings.mapValues { "\"\($0)\"" } }
        let drugs = last(snapshots) { $0.drugs.mapValues { "\"\($0)\"" } }
        snapshots.shuffle(using: &random)
        let order = snapshots
        try await RoadBench.run { bench in
            try await bench.hand(Messages.demographics())
            for (index, snapshot) in order.enumerated() {
                try await snapshot.hand(to: bench)
                if index % 3 == 0 { try await bench.read() }
            }
            try await bench.read()
            let states = try await bench.entities(of: Messages.number)
            #expect(states.count == bookings.count + drugs.count)
            for state in states {
                let expected = state.key.kind == .booking ? bookings[state.key.id] : drugs[state.key.id]
                #expect(state.text.contains(expected ?? "?"), "minutes \(order.map(\.minute))")
            }
            // What the consumer heard last of each thing is how it stands.
            var heard: [EntityKey: String] = [:]
            for event in try await bench.told() { for key in event.entities { heard[key] = event.text } }
            #expect(heard.count == states.count)
            for state in states { #expect(heard[state.key]?.contains(state.text) == true) }
        }
    }

    @Test("Every message delivered once more tells nothing new", arguments: UInt64(21)...26)
    func replayed(seed: UInt64) async throws {
        var random = RoadRandom(seed: seed)
        let snapshots = (0..<6).map { minute in Snapshot(minute: minute, random: &random) }.shuffled(using: &random)
        let again = snapshots.shuffled(using: &random)
        try await RoadBench.run { bench in
            try await bench.hand(Messages.demographics())
            for snapshot in snapshots { try await snapshot.hand(to: bench) }
            try await bench.read()
            #expect(try await bench.told().isEmpty == false)
            #expect(try await bench.told("clinic").isEmpty == false)
            let states = try await bench.entities(of: Messages.number).map(\.text)
            try await bench.hand(Messages.demographics())
            for snapshot in again { try await snapshot.hand(to: bench) }
            try await bench.read()
            #expect(try await bench.types() == [])
            #expect(try await bench.types("clinic") == [])
            #expect(try await bench.entities(of: Messages.number).map(\.text) == states)
            #expect(try await bench.count(.read) == 2 * (1 + 2 * snapshots.count))
        }
    }

    /// For each id the value of the snapshot that was observed last.
    private func last(_ snapshots: [Snapshot], _ values: (Snapshot) -> [String: String]) -> [String: String] {
        snapshots.sorted { $0.minute < $1.minute }.reduce(into: [:]) { $0.merge(values($1)) { $1 } }
    }
}

/// What a system says at one time: of each thing an arbitrary value, of some things nothing.
private struct Snapshot {
    let minute: Int
    let bookings: [String: String]
    let drugs: [String: String]

    init(minute: Int, random: inout RoadRandom) {
        func some(_ ids: [String], _ words: String) -> [String: String] {
            var values: [String: String] = [:]
            for id in ids where Int.random(in: 0..<4, using: &random) > 0 {
                values[id] = "\(words) \(Int.random(in: 0..<3, using: &random))"
            }
            return values
        }
        self.minute = minute
        bookings = some(["b1", "b2", "b3"], "Clinic")
        drugs = some(["d1", "d2"], "Drug")
    }

    func hand(to bench: RoadBench) async throws {
        let rows = bookings.sorted { $0.key < $1.key }.map { RoadMessages.Appointment(id: $0.key, details: $0.value) }
        try await bench.hand(RoadMessages.appointments(rows), observed: minute)
        try await bench.hand(RoadMessages.medication(drugs), observed: minute)
    }
}

/// The same seed, the same numbers (xorshift, Marsaglia 2003).
struct RoadRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
