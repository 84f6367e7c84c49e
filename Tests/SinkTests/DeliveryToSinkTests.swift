import CanonicalModel
import Delivery
import Foundation
import GatewayService
import HTTPTransfer
import Logging
import ServiceLifecycle
import Storage
import Synchronization
import Telemetry
import Testing

@Suite("Delivery over a real store to a real consumer", .timeLimit(.minutes(1)))
struct DeliveryToSinkTests {
    private static let secret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"

    private func event(_ number: Int, lane: Int) -> QueuedEvent {
        let patient = PatientKey(String(format: "%032x", lane))
        return QueuedEvent(
            id: "e-\(lane)-\(number)", consumer: "portal", patient: patient, type: "booking-booked-1", time: Date(),
            correlationID: nil, entities: [], content: Array(#"{"n":\#(number)}"#.utf8), source: "drop",
            queuedAt: Date())
    }

    /// Runs a worker against a sink until `isDone`, then stops both as an operator would.
    private func deliver(
        _ events: [QueuedEvent], to sink: SinkServer.Settings, secrets: [String] = [secret],
        breaker: Breaker = Breaker(failureLimit: .max),
        permission: @escaping SendPermission = {
            event, _ in .permitted(content: event.content)
        },
        until isDone: @escaping @Sendable (StatusBoard.Line) -> Bool
    ) async throws -> (SinkServer.Counters, StatusBoard.Line, DeliveryBacklog) {
        let folder = FileManager.default.temporaryDirectory.appending(path: "hatchway-delivery-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try await SQLiteMessageStore.open(at: folder.appending(path: "store.db").path)
        try await store.commit { transaction in for event in events { try transaction.queue(event) } }

        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        var sinkSettings = sink
        sinkSettings.secrets = [try #require(WebhookSecret(Self.secret))]
        let server = SinkServer(sinkSettings, journal: nil, say: { _ in }, onPort: { port.yield($0) })
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let quiet = logger
        let board = StatusBoard(consumers: ["portal"])
        let client = try CurlClient()
        let consumer = ServiceGroup(services: [server], logger: quiet)
        try await withThrowingTaskGroup { group in
            group.addTask { try await consumer.run() }
            var iterator = ports.makeAsyncIterator()
            let number = await iterator.next() ?? 0
            let settings = ConsumerSettings(
                name: "portal", url: "http://127.0.0.1:\(number)/", audience: .patient,
                eventSource: "https://hatchway.example",
                signingSecrets: try secrets.map { try #require(WebhookSecret($0)) })
            let worker = DeliveryWorker(
                settings, store: store, client: client, permission: permission, signal: Signal(), board: board,
                logger: quiet, retry: RetryPolicy(first: .milliseconds(1), longest: .milliseconds(5)),
                breaker: breaker)
            let gateway = ServiceGroup(services: [worker], logger: quiet)
            group.addTask { try await gateway.run() }
            while true {
                if let line = board.consumers["portal"], isDone(line) { break }
                try await Task.sleep(for: .milliseconds(10))
            }
            await gateway.triggerGracefulShutdown()
            try await group.next()
            await client.shutDown()
            await consumer.triggerGracefulShutdown()
            try await group.waitForAll()
        }
        let backlog = try await store.read { try $0.backlog(of: "portal") }
        try await store.close()
        return (server.counters, try #require(board.consumers["portal"]), backlog)
    }

    @Test("Over failures and cut connections every event arrives, in the order of its lane")
    func orderAndAtLeastOnce() async throws {
        var events: [QueuedEvent] = []
        for number in 1...12 { for lane in 1...20 { events.append(event(number, lane: lane)) } }
        var sink = SinkServer.Settings(port: 0)
        sink.fail = 0.15
        sink.cut = 0.15
        let total = events.count
        let (counters, line, backlog) = try await deliver(events, to: sink) { $0.counts["delivered"] == total }
        #expect(counters.new == total)
        #expect(counters.isClean)
        #expect(counters.failedOnPurpose > 0)
        #expect(counters.cutOnPurpose > 0)
        #expect(line.counts["retried", default: 0] > 0)
        #expect(line.counts["dead-lettered"] == nil)
        #expect(backlog.waiting == 0)
    }

    @Test("What the policy takes back is never sent, and leaves no gap in the lane")
    func suppressed() async throws {
        let events = (1...20).map { event($0, lane: 1) }
        let (counters, line, backlog) = try await deliver(
            events, to: SinkServer.Settings(port: 0),
            permission: { event, _ in
                event.id.hasSuffix("0") || event.id.hasSuffix("5")
                    ? .suppressed(rule: "dissent") : .permitted(content: event.content)
            }
        ) { $0.counts["delivered"] == 16 }
        #expect(counters.new == 16)
        #expect(counters.received == 16)
        #expect(counters.isClean)
        #expect(line.counts["suppressed"] == 4)
        #expect(backlog.waiting == 0)
    }

    @Test("An endpoint that refuses every event opens the breaker, and no event is lost")
    func endpointFault() async throws {
        let wrong = "whsec_ZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXp7fH1+f4CBgoM="
        let events = (1...30).map { event(1, lane: $0) }
        let (counters, line, backlog) = try await deliver(
            events, to: SinkServer.Settings(port: 0), secrets: [wrong], breaker: Breaker(first: .seconds(60))
        ) { $0.counts["retried", default: 0] > 0 }
        #expect(counters.new == 0)
        #expect(counters.badSignatures <= 8)
        #expect(line.lastError == "status-401")
        #expect(backlog.waiting == 30)
        #expect(backlog.deadLetters == 0)
    }
}
