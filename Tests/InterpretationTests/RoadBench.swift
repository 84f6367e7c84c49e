import CanonicalModel
import Documents
import Foundation
import GRDB
import Interpretation
import Logging
import MessageMapping
import Release
import Storage
import Synchronization
import Telemetry
import Testing

/// The road from an accepted message to a queued event: the real interpreter over a real store, with the mappings of the
/// repository and one of the tests' own (`RoadMessages.standing`).
final class RoadBench: Sendable {
    typealias Consumer = InterpretationSettings.Consumer

    static let noon = Date(timeIntervalSince1970: 1_781_521_200)  // 2026-06-15T12:00:00+01:00
    static let source = "drop"
    static let practice = "Y90001"
    static let app = Consumer(name: "app", audience: .patient, events: [EventPattern("*")])
    static let clinic = Consumer(name: "clinic", audience: .directCareOrganisation, events: [EventPattern("*")])
    static let everything = OnlineAccessGrant(appointments: true, prescriptions: true, record: .full)

    let store: SQLiteMessageStore
    let status = StatusBoard()
    private let database: String
    private let mappings: MessageReaderBox
    private let interpreter: Interpreter
    private let reviews: ReviewWorker
    private let settings: InterpretationSettings
    private let policy: ReleaseSettings
    private let splitting: FileSplitWorker
    /// What the interpreter takes for now.
    private let time: BenchTime

    /// Runs `body` over a new store in a folder of its own.
    static func run(
        consumers: [Consumer] = [app, clinic], implied: OnlineAccessGrant? = everything,
        acceptsTestPatients: Bool = true, limits: DocumentLimits = DocumentLimits(),
        policy: ReleaseSettings = ReleaseSettings(), organisations: OrganisationRegister? = nil,
        _ body: (RoadBench) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("road-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        let settings = InterpretationSettings(
            consumers: consumers, impliedAccess: implied.map { [source: $0] } ?? [:], practice: nil,
            acceptsTestPatients: acceptsTestPatients, organisations: organisations)
        let reader = MessageReader(mappings: try mappings.get(), limits: limits)
        let database = folder.appendingPathComponent("store.db").path
        let store = try await SQLiteMessageStore.open(at: database)
        try await body(RoadBench(store, database: database, reader: reader, settings: settings, policy: policy))
        #expect(try await store.verifyAudit().isIntact)
        try await store.close()
    }

    private init(
        _ store: SQLiteMessageStore, database: String, reader: MessageReader, settings: InterpretationSettings,
        policy: ReleaseSettings, time: BenchTime = BenchTime(noon)
    ) {
        let mappings = MessageReaderBox(reader)
        let release = ReleasePolicy(settings: policy)
        let logger = Logger(label: "road") { _ in SwiftLogNoOpLogHandler() }
        self.settings = settings
        self.policy = policy
        self.mappings = mappings
        reviews = ReviewWorker(
            store: store, settings: settings, policy: release, queued: { _ in }, status: status, logger: logger,
            clock: WallClock { time.now })
        self.store = store
        self.database = database
        self.time = time
        interpreter = Interpreter(
            store: store, reader: { mappings.reader }, settings: settings, policy: release, accepted: Signal(),
            queued: { _ in }, status: status, logger: Logger(label: "road") { _ in SwiftLogNoOpLogHandler() },
            clock: WallClock { time.now })
        splitting = FileSplitWorker(
            store: store, reader: { mappings.reader }, files: Signal(), accepted: Signal(), status: status,
            logger: Logger(label: "road") { _ in SwiftLogNoOpLogHandler() }, clock: WallClock { time.now })
    }

    private static let mappings = Result {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("road-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let inbound = folder.appendingPathComponent("inbound/test")
        try FileManager.default.createDirectory(at: inbound, withIntermediateDirectories: true)
        for (name, text) in [
            ("standing", RoadMessages.standingMapping), ("bulk", RoadMessages.bulkMapping),
            ("lines", RoadMessages.linesMapping), ("practice", PracticeMessage.mapping),
        ] {
            try Data(text.utf8).write(to: inbound.appendingPathComponent("\(name).yaml"))
        }
        return try MappingFolder.load([Sample.root + "/Mappings", folder.path])
    }

    /// The same store under other settings, as after a restart.
    func restarted(
        consumers: [Consumer]? = nil, implied: OnlineAccessGrant?? = nil, policy: ReleaseSettings? = nil
    ) -> RoadBench {
        let impliedAccess = implied.map { $0.map { [Self.source: $0] } ?? [:] } ?? settings.impliedAccess
        let settings = InterpretationSettings(
            consumers: consumers ?? settings.consumers, impliedAccess: impliedAccess, practice: settings.practice,
            acceptsTestPatients: settings.acceptsTestPatients, organisations: settings.organisations)
        return RoadBench(
            store, database: database, reader: mappings.reader, settings: settings, policy: policy ?? self.policy,
            time: time)
    }

    /// Reads by a corrected mapping of the tests' own system from now on.
    func correct(_ mapping: String) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("road-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let inbound = folder.appendingPathComponent("inbound/test")
        try FileManager.default.createDirectory(at: inbound, withIntermediateDirectories: true)
        try Data(mapping.utf8).write(to: inbound.appendingPathComponent("practice.yaml"))
        mappings.reader = MessageReader(mappings: try MappingFolder.load([folder.path]))
    }

    // MARK: Telling it

    /// Accepts a message as a delivery of its own. `observed` is in minutes after noon and is what the transport says,
    /// `accepted` in seconds after noon; without it the message is accepted as soon as it was observed.
    @discardableResult
    func hand(
        _ body: String, _ context: [TransportContext.Key: String] = [:], observed: Int? = nil,
        accepted: Double? = nil,
        practice: String? = practice
    ) async throws -> MessageID {
        var transport = TransportContext()
        transport[.odsCode] = practice
        if let observed {
            transport[.observedAt] = InstantText.format(Self.noon.addingTimeInterval(Double(observed) * 60))
        }
        for (key, value) in context { transport[key] = value }
        let acceptance = try await store.accept(
            Arrival(
                source: Self.source, body: Array(body.utf8), transport: transport, deliveryKey: UUID().uuidString,
                acceptedAt: Self.noon.addingTimeInterval(accepted ?? max(0, Double(observed ?? 0) * 60))))
        return acceptance.id
    }

    /// Reads until nothing waits, files of many messages too.
    func read() async throws {
        repeat { while try await interpreter.readBatch() > 0 {} } while try await splitting.splitNext()
    }

    /// Looks again at everybody who is due, the settings considered.
    func review() async throws {
        try await reviews.noticeSettings()
        while try await reviews.reviewDue() > 0 {}
    }

    func move(toMoment text: String) throws { time.now = try #require(InstantText.date(text)) }

    func move(to day: String) throws { time.now = try #require(InstantText.date("\(day)T12:00:00Z")) }

    func save(_ standing: PatientStanding) async throws {
        try await store.commit { try $0.save(standing) }
    }

    // MARK: Asking it

    /// What was queued for a consumer since it was asked last, in order; everything is taken as delivered.
    func told(_ consumer: String = app.name) async throws -> [QueuedEvent] {
        let now = time.now
        return try await store.commit { transaction in
            var events: [QueuedEvent] = []
            while let lease = try transaction.leaseLane(of: consumer, now: now, until: now.addingTimeInterval(60)) {
                _ = try transaction.assignSequence(to: lease)
                #expect(try transaction.settle(lease, as: .delivered))
                events.append(lease.event)
            }
            return events
        }
    }

    func types(_ consumer: String = app.name) async throws -> [String] { try await told(consumer).map(\.type) }

    func count(_ state: MessageCount.State) async throws -> Int {
        try await store.read { try $0.messageCounts() }.filter { $0.state == state }.map(\.count).reduce(0, +)
    }

    func key(_ number: String) -> PatientKey { store.patientKey(nhsNumber: number) }

    func entities(of number: String) async throws -> [EntityState] {
        let patient = key(number)
        return try await store.read { try $0.entities(of: patient, kinds: []) }
    }

    func withheld(_ rule: String, from consumer: String = app.name) -> Int {
        status.consumers[consumer]?.counts["withheld.\(rule)"] ?? 0
    }

    /// The quarantined messages, in the order of acceptance, as `code` or `code at place`.
    func quarantine() throws -> [String] {
        try rows("SELECT code, place FROM message WHERE state = 'quarantined' ORDER BY sequence").map { row in
            let (code, place): (String, String) = (row[0], row[1])
            return place.isEmpty ? code : "\(code) at \(place)"
        }
    }

    /// Audited actions of a kind as `consumer rule count`.
    func audited(_ action: String) throws -> [String] {
        try rows("SELECT consumer, rule, count FROM audit WHERE action = '\(action)' ORDER BY sequence").map { row in
            let (consumer, rule, count): (String?, String?, Int) = (row[0], row[1], row[2])
            return [consumer, rule, "\(count)"].compactMap(\.self).joined(separator: " ")
        }
    }

    private func rows(_ sql: String) throws -> [Row] {
        try DatabaseQueue(path: database).read { try Row.fetchAll($0, sql: sql) }
    }
}

/// The mappings that a test reads by.
private final class MessageReaderBox: Sendable {
    private let value: Mutex<MessageReader>

    init(_ reader: MessageReader) { value = Mutex(reader) }

    var reader: MessageReader {
        get { value.withLock { $0 } }
        set { value.withLock { $0 = newValue } }
    }
}

/// A time that a test sets.
private final class BenchTime: Sendable {
    private let date: Mutex<Date>

    init(_ date: Date) { self.date = Mutex(date) }

    var now: Date {
        get { date.withLock { $0 } }
        set { date.withLock { $0 = newValue } }
    }
}

extension QueuedEvent {
    var text: String { String(decoding: content, as: UTF8.self) }
}

extension EntityState {
    var text: String { String(decoding: content, as: UTF8.self) }
}
