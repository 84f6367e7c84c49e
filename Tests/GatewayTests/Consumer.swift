import Delivery
import Foundation
import GatewayService
import Logging
import ServiceLifecycle
import Synchronization
import Testing

/// The sink as consumer, inside the test, so that it outlives every daemon and can be asked what it saw.
final class Consumer: Sendable {
    /// One line of the sink's journal.
    struct Request: Sendable, Decodable {
        let id: String
        let type: String
        let lane: String
        let lanesequence: String
        let outcome: String
    }

    private let journal: URL
    private let said = Mutex<[String]>([])
    private let running = Mutex<SinkServer?>(nil)

    private init(journal: URL) { self.journal = journal }

    /// Runs a body beside a sink that fails and cuts off some requests.
    static func with(
        fail: Double = 0, cut: Double = 0, _ body: (_ consumer: Consumer, _ port: Int) async throws -> Void
    ) async throws {
        let journal = FileManager.default.temporaryDirectory.appending(path: "sink-\(UUID().uuidString).jsonl")
        try Data().write(to: journal)
        defer { try? FileManager.default.removeItem(at: journal) }
        let consumer = Consumer(journal: journal)
        var settings = SinkServer.Settings(port: 0)
        settings.fail = fail
        settings.cut = cut
        settings.isVerbose = true
        settings.secrets = [try #require(WebhookSecret(Daemon.secret))]
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let server = SinkServer(
            settings, journal: try FileHandle(forWritingTo: journal),
            say: { line in consumer.said.withLock { $0.append(line) } }, onPort: { port.yield($0) })
        consumer.running.withLock { $0 = server }
        var logger = Logger(label: "consumer")
        logger.logLevel = .critical
        let group = ServiceGroup(services: [server], logger: logger)
        try await withThrowingTaskGroup { tasks in
            tasks.addTask { try await group.run() }
            var iterator = ports.makeAsyncIterator()
            try await body(consumer, await iterator.next() ?? 0)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    var counters: SinkServer.Counters? { running.withLock { $0?.counters } }

    /// Every request that got as far as being understood, in order.
    func requests() throws -> [Request] {
        try String(contentsOf: journal, encoding: .utf8).split(separator: "\n").compactMap {
            try? JSONDecoder().decode(Request.self, from: Data($0.utf8))
        }
    }

    /// The envelopes as they came.
    func envelopes() throws -> [[String: Any]] {
        try said.withLock { $0 }.filter { $0.hasPrefix("{") }.compactMap {
            try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
        }
    }
}
