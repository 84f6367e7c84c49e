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
            try await bench.wait { $0.state == "paused" }
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
