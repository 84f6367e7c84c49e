import CanonicalModel
package import Foundation
import Interpretation
import Logging
import MessageMapping
import Release
import Storage
import Synchronization
import Telemetry

/// A simulated practice on the road from accepted messages to queued events, over a real store.
package final class PracticeRoad {
    package typealias Happening = SimulatedPractice.Happening

    /// What one snapshot of the whole practice took.
    package struct Cost: Sendable {
        package let messages: Int
        package let seconds: Double
    }

    package private(set) var practice: SimulatedPractice
    private let folder: URL
    private let store: SQLiteMessageStore
    private let interpreter: Interpreter
    private let clock: PracticeClock

    package static func run<Value>(
        patients: Int, seed: UInt64, _ body: (PracticeRoad) async throws -> Value
    ) async throws -> Value {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("practice-\(UUID().uuidString)")
        let inbound = folder.appendingPathComponent("inbound/simulated")
        try FileManager.default.createDirectory(at: inbound, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(SimulatedPractice.mapping.utf8).write(to: inbound.appendingPathComponent("diary.yaml"))
        let store = try await SQLiteMessageStore.open(at: folder.appendingPathComponent("store.db").path)
        let reader = MessageReader(mappings: try MappingFolder.load([folder.path]))
        // Monday, 15 June 2026, 07:00 in London.
        let practice = SimulatedPractice(
            patients: patients, seed: seed, start: Date(timeIntervalSince1970: 1_781_503_200))
        let road = PracticeRoad(practice, folder, store, reader)
        let value = try await body(road)
        try await store.close()
        return value
    }

    private init(_ practice: SimulatedPractice, _ folder: URL, _ store: SQLiteMessageStore, _ reader: MessageReader) {
        let clock = PracticeClock(practice.now)
        self.practice = practice
        self.folder = folder
        self.store = store
        self.clock = clock
        let everything = OnlineAccessGrant(appointments: true, prescriptions: true, record: .full)
        let settings = InterpretationSettings(
            consumers: [.init(name: "app", audience: .patient, events: [EventPattern("*")])],
            impliedAccess: ["diary": everything], practice: nil, acceptsTestPatients: true)
        interpreter = Interpreter(
            store: store, reader: { reader }, settings: settings, policy: ReleasePolicy(), accepted: Signal(),
            queued: { _ in }, status: StatusBoard(),
            logger: Logger(label: "practice") { _ in SwiftLogNoOpLogHandler() },
            clock: WallClock { clock.now })
    }

    /// A quarter of an hour passes in the practice.
    package func pass() { practice.pass() }

    /// The practice's system says how things stand, of every patient, and the gateway reads it. `later` is in seconds after
    /// the practice's time.
    package func tell(later: TimeInterval = 0) async throws -> Cost {
        let moment = practice.now + later
        clock.now = moment + 1
        let watch = ContinuousClock()
        let start = watch.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for patient in practice.numbers.indices {
                let arrival = Arrival(
                    source: "diary", body: Array(practice.snapshot(of: patient, at: moment).utf8),
                    transport: TransportContext(), deliveryKey: "\(patient) \(moment.timeIntervalSince1970)",
                    acceptedAt: moment + 1)
                group.addTask { [store] in _ = try await store.accept(arrival) }
                // As many as a gateway takes in at once.
                if patient % 256 == 255 { try await group.waitForAll() }
            }
            try await group.waitForAll()
        }
        while try await interpreter.readBatch() > 0 {}
        let (seconds, attoseconds) = (watch.now - start).components
        return Cost(messages: practice.numbers.count, seconds: Double(seconds) + Double(attoseconds) / 1e18)
    }

    /// What the consumer is told, in the order of each lane; moves are numbered anew.
    package func hear() async throws -> [Happening] {
        let now = clock.now
        let numbers = Dictionary(
            uniqueKeysWithValues: practice.numbers.map { (store.patientKey(nhsNumber: $0), $0) })
        let events = try await store.commit { transaction in
            var events: [QueuedEvent] = []
            while let lease = try transaction.leaseLane(of: "app", now: now, until: now + 60) {
                _ = try transaction.assignSequence(to: lease)
                _ = try transaction.settle(lease, as: .delivered)
                events.append(lease.event)
            }
            return events
        }
        let correlations = Dictionary(grouping: events) { $0.correlationID ?? "" }
        return events.flatMap { event in
            event.entities.map { key in
                let correlation = event.correlationID ?? ""
                // A message that tells of nothing else gives its own id; a pair has one of its own.
                let isPair = correlations[correlation]?.count == 2 && correlation.count > 36
                return Happening(
                    type: event.type, number: numbers[event.patient] ?? "?", id: key.id,
                    move: isPair ? correlation.hashValue : nil)
            }
        }
    }

    /// The most that is kept of any patient that a snapshot has to be held against.
    package func mostKept() async throws -> (lists: Int, bookings: Int) {
        let keys = practice.numbers.map { store.patientKey(nhsNumber: $0) }
        let now = clock.now
        return try await store.read { reading in
            try keys.reduce((0, 0)) { most, key in
                let lists = try reading.completeLists(
                    system: "simulated", practice: "Y90001", patient: key, kind: .booking)
                let bookings = try reading.entities(
                    of: key, kind: .booking, system: "simulated", practice: "Y90001", startingAfter: now)
                return (max(most.0, lists.count), max(most.1, bookings.count))
            }
        }
    }
}

/// The practice's time.
private final class PracticeClock: Sendable {
    private let date: Mutex<Date>

    init(_ date: Date) { self.date = Mutex(date) }

    var now: Date {
        get { date.withLock { $0 } }
        set { date.withLock { $0 = newValue } }
    }
}
