import Foundation
import Storage
import Testing

/// Whatever happens in whatever order, a lane keeps its promises: order, one in flight, and every lost number named.
@Suite("What always holds of lanes")
struct LaneProperties {
    @Test(
        "Random queueing, leasing, settling and expiry never break order, exclusion or numbering",
        arguments: [1, 2, 3, UInt64.random(in: 4...UInt64.max)])
    func randomLives(_ seed: UInt64) async throws {
        print("lane property seed \(seed)")
        try await StoreBackend.sqlite.withStore { store in
            try await store.commit { transaction in
                var life = LaneLife(seed: seed)
                for _ in 0..<1500 { try life.step(transaction) }
                try life.finish(transaction)
                for violation in life.violations { Issue.record("seed \(seed): \(violation)") }
                #expect(life.delivered > 50, "seed \(seed) exercised too little")
                #expect(life.lost > 5, "seed \(seed) lost no number")
                #expect(life.stale > 0, "seed \(seed) let no lease go stale")
            }
        }
    }
}

/// A consumer's view and the workers' leases, driven at random and checked at each step.
private struct LaneLife {
    private struct Lease {
        let event: LeasedEvent
        let until: Date
        var number: Int64?
    }

    private struct Lane {
        /// Events queued and not yet gone, in order.
        var waiting: [String] = []
        var numbers: [String: Int64] = [:]
        var lost: [Int64] = []
        var lastNumber: Int64 = 0
        var lastFence: Int64 = 0
        /// The event that the last settled retry put off, and until when.
        var dueAt: [String: Date] = [:]
    }

    private(set) var violations: [String] = []
    private(set) var delivered = 0
    private(set) var lost = 0
    private(set) var stale = 0

    private let consumers = ["app", "clinic"]
    private let patients = [alice, bruno, PatientKey("00000000000000000000000000000c13")]
    private var random: SeededGenerator
    private var now = noon
    private var count = 0
    private var lanes: [String: Lane] = [:]
    private var leases: [Lease] = []

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func step(_ store: any StoreTransaction) throws {
        now += Double(Int.random(in: 0...3, using: &random))
        switch Int.random(in: 0..<10, using: &random) {
        case 0...3: try queue(store)
        case 4...6: try lease(store)
        default: try settle(store)
        }
    }

    /// Delivers everything that is left.
    mutating func finish(_ store: any StoreTransaction) throws {
        leases = []
        now += 10_000
        for consumer in consumers {
            while let leased = try store.leaseLane(of: consumer, now: now, until: now + 1) {
                check(leased)
                let index = leases.count
                leases.append(Lease(event: leased, until: now + 1))
                try assignNumber(index, store)
                try end(index, .delivered, store)
            }
        }
        for (name, lane) in lanes where !lane.waiting.isEmpty {
            violations.append("lane \(name) kept \(lane.waiting.count) events")
        }
    }

    private func name(_ consumer: String, _ patient: PatientKey) -> String { "\(consumer) \(patient)" }

    private mutating func queue(_ store: any StoreTransaction) throws {
        guard let consumer = consumers.randomElement(using: &random),
            let patient = patients.randomElement(using: &random)
        else { return }
        count += 1
        let id = "e\(count)"
        try store.queue(event(id, for: consumer, of: patient, at: now))
        lanes[name(consumer, patient), default: Lane()].waiting.append(id)
    }

    private mutating func lease(_ store: any StoreTransaction) throws {
        guard let consumer = consumers.randomElement(using: &random) else { return }
        let until = now + Double(Int.random(in: 1...12, using: &random))
        let due = try store.nextDue(for: consumer, now: now)
        guard let leased = try store.leaseLane(of: consumer, now: now, until: until) else {
            if let due, due <= now { violations.append("due at \(due) but not leased at \(now)") }
            return
        }
        if due.map({ $0 > now }) ?? true {
            violations.append("leased although the next is due \(String(describing: due))")
        }
        check(leased)
        leases.append(Lease(event: leased, until: until))
        if Bool.random(using: &random) { try assignNumber(leases.count - 1, store) }
    }

    private mutating func check(_ leased: LeasedEvent) {
        let lane = name(leased.event.consumer, leased.event.patient)
        if lanes[lane]?.waiting.first != leased.event.id { violations.append("\(leased.event.id) is not the head") }
        if let due = lanes[lane]?.dueAt[leased.event.id], due > now { violations.append("leased before it was due") }
        if leased.fence <= lanes[lane]?.lastFence ?? 0 { violations.append("fence \(leased.fence) did not grow") }
        if leases.contains(where: { $0.event.lane == leased.lane && $0.until > now }) {
            violations.append("two of lane \(lane) in flight")
        }
        if leased.sequence != lanes[lane]?.numbers[leased.event.id] { violations.append("a number was forgotten") }
        lanes[lane]?.lastFence = leased.fence
    }

    private mutating func assignNumber(_ index: Int, _ store: any StoreTransaction) throws {
        let leased = leases[index].event
        let lane = name(leased.event.consumer, leased.event.patient)
        let place = try store.assignSequence(to: leased)
        let known = lanes[lane]?.numbers[leased.event.id]
        let expected = known ?? (lanes[lane]?.lastNumber ?? 0) + 1
        if place.number != expected { violations.append("number \(place.number) instead of \(expected)") }
        if place.gap != lanes[lane]?.lost { violations.append("gap \(place.gap)") }
        lanes[lane]?.numbers[leased.event.id] = place.number
        if known == nil { lanes[lane]?.lastNumber = place.number }
        leases[index].number = place.number
    }

    private mutating func settle(_ store: any StoreTransaction) throws {
        guard let index = leases.indices.randomElement(using: &random) else { return }
        // A delivered event always has a number, as the delivery worker sees to.
        let outcomes: [DeliverySettlement] = [
            .delivered, .delivered, .retry(at: now + 5, because: "timeout"), .returned,
            .deadLetter(because: "rejected", status: 422, hold: false), .suppressed(rule: "restricted"),
        ]
        guard let outcome = outcomes.randomElement(using: &random) else { return }
        let isCurrent = isCurrent(leases[index].event)
        if isCurrent, outcome == .delivered { try assignNumber(index, store) }
        try end(index, outcome, store)
    }

    private func isCurrent(_ leased: LeasedEvent) -> Bool {
        lanes[name(leased.event.consumer, leased.event.patient)]?.lastFence == leased.fence
    }

    private mutating func end(_ index: Int, _ outcome: DeliverySettlement, _ store: any StoreTransaction) throws {
        let lease = leases.remove(at: index)
        let id = lease.event.event.id
        let lane = name(lease.event.event.consumer, lease.event.event.patient)
        let isCurrent = isCurrent(lease.event)
        if try store.settle(lease.event, as: outcome) != isCurrent {
            violations.append("a \(isCurrent ? "current" : "stale") lease settled the other way")
        }
        guard isCurrent else {
            stale += 1
            return
        }
        switch outcome {
        case .delivered:
            delivered += 1
            lanes[lane]?.lost = []
        case .deadLetter, .suppressed:
            if let number = lanes[lane]?.numbers[id] {
                lost += 1
                lanes[lane]?.lost.append(number)
            }
        case .retry(let at, _):
            lanes[lane]?.dueAt[id] = at
            return
        case .returned:
            return
        }
        lanes[lane]?.waiting.removeFirst()
    }
}
