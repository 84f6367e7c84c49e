import CanonicalModel
import Foundation
import Interpretation
import Release
import Storage
import Testing

/// What must hold of everything that is ever queued, whatever is said, marked, granted and decided, in whatever order it
/// arrives (release-policy.md and events.md).
@Suite("What always holds of what is told") struct ReleaseRoadProperties {
    private static let carer = RoadBench.Consumer(name: "carer", audience: .proxy, events: [EventPattern("*")])
    private static let consumers = [RoadBench.app, carer, RoadBench.clinic]
    private static let policy = ReleaseSettings(sensitiveCodes: SensitiveCodes(codes: [RandomPractice.sensitive]))
    private static let count = 60

    private func run(_ body: (RoadBench) async throws -> Void) async throws {
        try await RoadBench.run(consumers: Self.consumers, implied: nil, policy: Self.policy, body)
    }

    private func hand(_ message: RandomPractice.Message, to bench: RoadBench) async throws {
        try await bench.hand(message.message.text(at: message.minute), accepted: 60)
    }

    @Test(
        "(a, d) What is told is inside the grant of the moment, and in a patient's lane is that patient's alone",
        arguments: UInt64(1)...4)
    func insideTheGrant(seed: UInt64) async throws {
        var practice = RandomPractice(seed: seed)
        let messages = practice.shuffled(practice.messages(Self.count))
        try await run { bench in
            var standings: [String: SimpleStanding] = [:]
            var told = 0
            for message in messages {
                let number = message.message.number ?? ""
                standings[number, default: SimpleStanding()].hear(message)
                try await hand(message, to: bench)
                try await bench.read()
                for consumer in Self.consumers {
                    for event in try await bench.told(consumer.name) {
                        let place: Comment = "seed \(seed): \(event.type) to \(consumer.name)"
                        #expect(event.patient == bench.key(number), place)
                        let others = RandomPractice.numbers.filter { $0 != number }
                        #expect(!others.contains { event.text.contains($0) }, place)
                        guard let standing = standings[number], !event.type.contains("withdrawn") else { continue }
                        check(event, standing, consumer.name, place)
                        told += 1
                    }
                }
            }
            #expect(told > 10, "seed \(seed) told too little")
        }
    }

    private func check(_ event: QueuedEvent, _ standing: SimpleStanding, _ consumer: String, _ place: Comment) {
        let text = event.text
        #expect(!standing.isRestricted, place)
        if consumer == "clinic" {
            #expect(event.type.hasPrefix("booking") || !standing.dissents, place)
            #expect(!text.contains(RandomPractice.sensitive), place)
            return
        }
        // Not even that something is not marked.
        #expect(!text.contains("confidential") && !text.contains("ready"), place)
        let grants = standing.grants(consumer)
        #expect(!grants.isEmpty, place)
        for grant in grants {
            if event.type.hasPrefix("booking") { #expect(grant.appointments, place) }
            if event.type.hasPrefix("prescription") { #expect(grant.prescriptions, place) }
            if event.type.hasPrefix("record") {
                #expect(!standing.hasDeclined && grant.record != "none", place)
                if grant.record == "summary" { #expect(!text.contains("problems"), place) }
                if grant.from != nil { #expect(!text.contains("2024-05-31"), place) }
            }
            if grant.record != "full" { #expect(!text.contains("words") && !text.contains("note"), place) }
        }
    }

    @Test(
        "(b, c) Distinct stated times end in one state in any order, and the whole input again is no news",
        arguments: UInt64(11)...14)
    func anyOrder(seed: UInt64) async throws {
        var practice = RandomPractice(seed: seed)
        let messages = practice.messages(Self.count)
        var ends: [[String]] = []
        for order in [messages, practice.shuffled(messages), practice.shuffled(messages)] {
            try await run { bench in
                for (index, message) in order.enumerated() {
                    try await hand(message, to: bench)
                    if index % 7 == 0 { try await bench.read() }
                }
                try await bench.read()
                var end = try await state(of: bench)
                for consumer in Self.consumers { end += try await heard(consumer.name, from: bench) }
                ends.append(end)
                for message in practice.shuffled(messages) { try await hand(message, to: bench) }
                try await bench.read()
                for consumer in Self.consumers {
                    #expect(try await bench.types(consumer.name) == [], "seed \(seed), \(consumer.name)")
                }
                #expect(try bench.quarantine() == [])
            }
        }
        let first = try #require(ends.first)
        #expect(first.count > 10)
        for end in ends.dropFirst() {
            for line in Set(end).symmetricDifference(first).sorted() { Issue.record("seed \(seed): \(line)") }
        }
    }

    private func state(of bench: RoadBench) async throws -> [String] {
        var lines: [String] = []
        for number in RandomPractice.numbers {
            lines += try await bench.entities(of: number).map { "\(number) \($0.key.kind) \($0.key.id) \($0.text)" }
            let key = bench.key(number)
            var standing = try await bench.store.read { try $0.standing(of: key) }
            standing?.learned = nil
            lines.append("\(number) \(standing?.access.map { "\($0)" } ?? "-") \(standing?.proxies?.count ?? 0)")
        }
        return lines
    }

    /// What a consumer knows of each thing after all it was told: the last word, unless that took everything back.
    private func heard(_ consumer: String, from bench: RoadBench) async throws -> [String] {
        var known: [EntityKey: String] = [:]
        for event in try await bench.told(consumer) {
            for key in event.entities {
                guard !event.type.contains("withdrawn") else {
                    known[key] = nil
                    continue
                }
                let view = try await bench.store.read { try $0.released(key, to: consumer) }
                known[key] = view.map { String(decoding: $0.content, as: UTF8.self) } ?? ""
            }
        }
        let numbers = Dictionary(uniqueKeysWithValues: RandomPractice.numbers.map { (bench.key($0), $0) })
        return known.map { "\(consumer) \(numbers[$0.key.patient] ?? "?") \($0.key.kind) \($0.key.id) \($0.value)" }
    }

    @Test("(e) A change to what a consumer may not see sends it nothing at all", arguments: UInt64(21)...23)
    func unseen(seed: UInt64) async throws {
        var practice = RandomPractice(seed: seed)
        try await run { bench in
            let open = PracticeMessage {
                $0.access = .init(appointments: true, prescriptions: true, record: "detailed", from: "2024-06-01")
                $0.proxies = [.init(id: "x1", services: .init(prescriptions: true, record: "summary"))]
            }
            try await bench.tell(open, at: 0)
            let record = { (words: String, hidden: Int) in
                PracticeMessage {
                    $0.problems =
                        [
                            .init(id: "i1", text: "Seen", snomed: "195967001", note: "note \(words)"),
                            .init(id: "i2", text: "Hidden \(words)", snomed: RandomPractice.sensitive, isHidden: true),
                            .init(id: "i3", text: "Held \(words)", ready: false),
                            .init(id: "i4", text: "Old \(words)", snomed: nil, recorded: "2024-05-31"),
                            .init(id: "i5", text: "Undated \(words)", recorded: nil),
                        ] + (0..<hidden).map { .init(id: "h\($0)", text: words, isHidden: true) }
                    $0.bookings = [
                        .init(id: "b1", start: "2026-07-02T09:00:00+01:00", comment: words),
                        .init(id: "b2", start: "2026-07-02T09:00:00+01:00", service: words, isHidden: true),
                    ]
                }
            }
            try await bench.tell(record("first", 0), at: 1)
            try await bench.read()
            #expect(
                try await bench.types() == ["online-access-granted-1", "booking-booked-1", "record-summary-updated-1"])
            #expect(try await bench.types("carer") == ["online-access-granted-1"])
            for minute in 2..<8 {
                let words = practice.chance(2) ? "other \(minute)" : "first"
                try await bench.tell(record(words, practice.chance(2) ? minute : 0), at: Double(minute))
                try await bench.read()
                #expect(try await bench.types() == [])
                #expect(try await bench.types("carer") == [])
            }
        }
    }
}
