import CanonicalModel
import Delivery
import Foundation
import HTTPTransfer
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import Storage
import Synchronization
import Telemetry
import Testing

@Suite("A worker over a real store to a real consumer", .timeLimit(.minutes(1)))
struct WorkerTests {
    @Test("A consumer that says it is gone gets nothing more, and only the refused event is a dead letter")
    func gone() async throws {
        var setting = Setting([.numbered(1, lane: 1), .numbered(2, lane: 1), .numbered(1, lane: 2)])
        setting.consumer.concurrency = 1
        let end = try await withWorker(setting, answer: { _ in .gone }) { bench in
            try await bench.wait { $0.state == "paused" && $0.backlog == 2 }
            try await bench.queue(.numbered(1, lane: 3))
            // It has looked at the queue again, and so has had its chance to send.
            try await bench.wait { $0.backlog == 3 }
        }
        #expect(end.posts.map(\.id) == ["e-1-1"])
        #expect(end.line.counts["dead-lettered"] == 1)
        #expect(end.line.lastError == "status-410")
        #expect(end.backlog.deadLetters == 1)
        #expect(end.backlog.waiting == 3)
    }

    @Test("With hold, the later events of a lane wait behind a dead letter, and other lanes go on")
    func hold() async throws {
        var setting = Setting([
            .numbered(1, lane: 1), .numbered(2, lane: 1), .numbered(3, lane: 1), .numbered(1, lane: 2),
        ])
        setting.consumer.onDeadLetter = .hold
        let end = try await withWorker(setting, answer: { $0.id == "e-1-1" ? .badRequest : .ok }) { bench in
            try await bench.wait { $0.counts["dead-lettered"] == 1 && $0.counts["delivered"] == 1 }
            // Younger than what the held lane holds, and so leased after it if that could be leased at all.
            try await bench.queue(.numbered(1, lane: 3))
            try await bench.wait { $0.counts["delivered"] == 2 }
        }
        #expect(end.posts.map(\.id).sorted() == ["e-1-1", "e-2-1", "e-3-1"])
        #expect(end.backlog.deadLetters == 1)
        #expect(end.backlog.waiting == 2)
        #expect(end.next == nil)
    }

    @Test("With continue, a lane goes on behind a dead letter, and the next event alone names the lost number")
    func goOn() async throws {
        var setting = Setting((1...4).map { .numbered($0, lane: 1) })
        setting.consumer.onDeadLetter = .continue
        let end = try await withWorker(setting, answer: { $0.id == "e-1-2" ? .badRequest : .ok }) { bench in
            try await bench.wait { $0.counts["delivered"] == 3 }
        }
        #expect(end.posts.map(\.id) == ["e-1-1", "e-1-2", "e-1-3", "e-1-4"])
        #expect(end.posts.map(\.lanesequence) == (1...4).map { "00000000000\($0)" })
        #expect(end.posts.map(\.lanegap) == [nil, nil, "000000000002", nil])
        #expect(end.backlog.deadLetters == 1)
        #expect(end.backlog.waiting == 0)
    }

    @Test("An event older than giveUpAfter is a dead letter after one failed attempt, and a younger one is tried on")
    func givenUp() async throws {
        let old = Date(timeIntervalSinceNow: -2 * 3600)
        var setting = Setting([.numbered(1, lane: 1, at: old), .numbered(1, lane: 2)])
        setting.consumer.giveUpAfter = .seconds(3600)
        let end = try await withWorker(setting, answer: { _ in .serviceUnavailable }) { bench in
            try await bench.wait { $0.counts["dead-lettered", default: 0] > 0 && $0.counts["retried", default: 0] > 2 }
        }
        #expect(end.posts.count { $0.id == "e-1-1" } == 1)
        #expect(end.posts.count { $0.id == "e-2-1" } > 2)
        #expect(end.line.counts["dead-lettered"] == 1)
        #expect(end.backlog.deadLetters == 1)
        #expect(end.backlog.waiting == 1)
    }

    @Test("A delivery under way when the worker is told to stop is finished and settled, and none begins after it")
    func shutdown() async throws {
        let isStopping = Signal()
        var setting = Setting([.numbered(1, lane: 1), .numbered(2, lane: 1)])
        setting.onShutdown = { isStopping.raise() }
        let answer: @Sendable (Post) async -> HTTPResponse.Status = { _ in
            await isStopping.wait(atMost: .seconds(25))
            // The answer takes its time even then.
            try? await Task.sleep(for: .milliseconds(300))
            return .ok
        }
        let end = try await withWorker(setting, answer: answer) { bench in
            while bench.consumer.posts.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
            #expect(bench.board.consumers["portal"]?.counts["delivered"] == nil)
        }
        #expect(end.posts.map(\.id) == ["e-1-1"])
        #expect(end.line.counts == ["delivered": 1])
        #expect(end.backlog.waiting == 1)
        #expect(end.next?.event.id == "e-1-2")
        #expect(end.next?.attempts == 0)
    }

    @Test("After 401 the breaker is open, and nothing of any lane is sent before its time is over")
    func refused() async throws {
        let start = Date()
        var setting = Setting([.numbered(1, lane: 1, at: start), .numbered(1, lane: 2, at: start)])
        setting.consumer.concurrency = 1
        setting.breaker = Breaker(first: .seconds(60))
        setting.clock = WallClock { start }
        let end = try await withWorker(setting, answer: { _ in .unauthorized }) { bench in
            try await bench.wait { $0.state == "breaker-open" }
            try await bench.queue(.numbered(1, lane: 3, at: start))
            // It has looked at the queue again, and so has had its chance to send.
            try await bench.wait { $0.backlog == 3 }
        }
        #expect(end.posts.map(\.id) == ["e-1-1"])
        #expect(end.line.counts == ["retried": 1])
        #expect(end.line.lastError == "status-401")
        #expect(end.backlog.waiting == 3)
        #expect(end.backlog.deadLetters == 0)
    }

    @Test("The head that met 401 is the probe, and once the consumer is mended its lane goes on in order")
    func mended() async throws {
        let isMended = Atomic(false)
        let start = Date()
        let time = Mutex(start)
        var setting = Setting([.numbered(1, lane: 1, at: start), .numbered(2, lane: 1, at: start)])
        setting.breaker = Breaker(first: .seconds(60))
        setting.clock = WallClock { time.withLock { $0 } }
        let answer: @Sendable (Post) async -> HTTPResponse.Status = { _ in
            isMended.load(ordering: .sequentiallyConsistent) ? .ok : .unauthorized
        }
        let end = try await withWorker(setting, answer: answer) { bench in
            try await bench.wait { $0.counts["retried"] == 1 }
            // The probe meets 401 too, and the next one waits for twice as long.
            time.withLock { $0 += 61 }
            bench.signal.raise()
            try await bench.wait { $0.counts["retried"] == 2 }
            isMended.store(true, ordering: .sequentiallyConsistent)
            time.withLock { $0 += 121 }
            bench.signal.raise()
            try await bench.wait { $0.counts["delivered"] == 2 && $0.state == "running" }
        }
        #expect(end.posts.map(\.id) == ["e-1-1", "e-1-1", "e-1-1", "e-1-2"])
        #expect(end.posts.map(\.lanesequence) == [1, 1, 1, 2].map { "00000000000\($0)" })
        #expect(end.line.counts == ["retried": 2, "delivered": 2])
        #expect(end.backlog == DeliveryBacklog(waiting: 0, oldest: nil, deadLetters: 0))
    }
}

// MARK: The bench

/// What a consumer reads of an event it gets.
private struct Post: Decodable, Sendable {
    let id: String
    let lanesequence: String
    let lanegap: String?
}

private struct Setting: Sendable {
    var events: [QueuedEvent]
    /// Its URL is replaced by the server's.
    var consumer = ConsumerSettings(
        name: "portal", url: "", audience: .patient, eventSource: "https://hatchway.example")
    var breaker = Breaker(failureLimit: .max)
    var clock = WallClock.system
    /// Called once the worker knows that it is to stop.
    var onShutdown: @Sendable () -> Void = {}

    init(_ events: [QueuedEvent]) { self.events = events }
}

/// A worker at work, as a test sees it.
private struct Bench: Sendable {
    let consumer: Consumer
    let store: any MessageStore
    let signal: Signal
    let board: StatusBoard

    func queue(_ event: QueuedEvent) async throws {
        try await store.commit { try $0.queue(event) }
        signal.raise()
    }

    /// The suite's time limit ends it when the condition never holds.
    func wait(until condition: (StatusBoard.Line) -> Bool) async throws {
        while let line = board.consumers["portal"], !condition(line) {
            try await Task.sleep(for: .milliseconds(10))
        }
    }
}

/// What is left when the worker has stopped.
private struct End: Sendable {
    let posts: [Post]
    let line: StatusBoard.Line
    let backlog: DeliveryBacklog
    /// What another worker could send at once.
    let next: LeasedEvent?
}

/// Answers each event with the status that the test chooses, and keeps what it got.
private final class Consumer: Sendable {
    private let received = Mutex<[Post]>([])
    private let answer: @Sendable (Post) async -> HTTPResponse.Status

    init(answer: @escaping @Sendable (Post) async -> HTTPResponse.Status) { self.answer = answer }

    var posts: [Post] { received.withLock { $0 } }

    func respond(to request: Request) async throws -> Response {
        let body = try await request.body.collect(upTo: 1 << 20)
        let post = try JSONDecoder().decode(Post.self, from: Data(body.readableBytesView))
        received.withLock { $0.append(post) }
        return Response(status: await answer(post))
    }
}

/// The worker, and a word when it is told to stop.
private struct AnnouncedWorker: Service {
    let worker: DeliveryWorker
    let onShutdown: @Sendable () -> Void

    func run() async throws {
        try await withGracefulShutdownHandler {
            try await worker.run()
        } onGracefulShutdown: {
            onShutdown()
        }
    }
}

/// Runs a worker and a consumer for the length of `body`, then stops both as an operator would.
private func withWorker(
    _ setting: Setting, answer: @escaping @Sendable (Post) async -> HTTPResponse.Status,
    _ body: (Bench) async throws -> Void
) async throws -> End {
    let folder = FileManager.default.temporaryDirectory.appending(path: "worker-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let store = try await SQLiteMessageStore.open(at: folder.appending(path: "store.db").path)
    try await store.commit { transaction in for event in setting.events { try transaction.queue(event) } }
    let bench = Bench(
        consumer: Consumer(answer: answer), store: store, signal: Signal(), board: StatusBoard(consumers: ["portal"]))
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let (ports, port) = AsyncStream.makeStream(of: Int.self)
    let server = Application(
        responder: CallbackResponder { (request: Request, _: BasicRequestContext) in
            try await bench.consumer.respond(to: request)
        },
        configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
        onServerRunning: { port.yield($0.localAddress?.port ?? 0) }, logger: logger)
    let client = try CurlClient()
    let outside = ServiceGroup(services: [server], logger: logger)
    let quiet = logger
    try await withThrowingTaskGroup { group in
        group.addTask { try await outside.run() }
        var iterator = ports.makeAsyncIterator()
        let number = await iterator.next() ?? 0
        var settings = setting.consumer
        settings.url = "http://127.0.0.1:\(number)/"
        let worker = DeliveryWorker(
            settings, store: store, client: client, permission: { event, _ in .permitted(content: event.content) },
            signal: bench.signal, board: bench.board, logger: quiet, clock: setting.clock,
            retry: RetryPolicy(first: .milliseconds(1), longest: .milliseconds(5)), breaker: setting.breaker)
        let gateway = ServiceGroup(
            services: [AnnouncedWorker(worker: worker, onShutdown: setting.onShutdown)], logger: quiet)
        group.addTask { try await gateway.run() }
        try await body(bench)
        await gateway.triggerGracefulShutdown()
        try await group.next()
        await client.shutDown()
        await outside.triggerGracefulShutdown()
        try await group.waitForAll()
    }
    let backlog = try await store.read { try $0.backlog(of: "portal") }
    let now = setting.clock.now
    let next = try await store.commit {
        try $0.leaseLane(of: "portal", now: now, until: now.addingTimeInterval(1))
    }
    try await store.close()
    return End(
        posts: bench.consumer.posts, line: try #require(bench.board.consumers["portal"]), backlog: backlog, next: next)
}

extension QueuedEvent {
    fileprivate static func numbered(_ number: Int, lane: Int, at time: Date = Date()) -> QueuedEvent {
        QueuedEvent(
            id: "e-\(lane)-\(number)", consumer: "portal", patient: PatientKey(String(format: "%032x", lane)),
            type: "booking-booked-1", time: time, correlationID: nil, entities: [],
            content: Array(#"{"n":\#(number)}"#.utf8), source: "drop", queuedAt: time)
    }
}
