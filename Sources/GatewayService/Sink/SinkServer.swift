package import Delivery
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

package import Foundation

/// A consumer for trying things out: takes events, checks what a consumer should check, and says what it sees.
package final class SinkServer: Service {
    package struct Settings: Sendable {
        package var port: Int
        /// The share of requests answered with 503, from 0 to 1.
        package var fail = 0.0
        /// The share of requests whose connection is cut before the answer, half of them after the event was taken in.
        package var cut = 0.0
        package var delay: Duration = .zero
        /// Without any, signatures are not asked for.
        package var secrets: [WebhookSecret] = []
        package var isVerbose = false

        package init(port: Int) { self.port = port }
    }

    /// What was received so far.
    package struct Counters: Sendable, Equatable, Codable {
        package var received = 0
        package var new = 0
        package var repeated = 0
        package var failedOnPurpose = 0
        package var cutOnPurpose = 0
        package var orderFaults = 0
        package var badSignatures = 0
        package var malformed = 0

        /// Whether nothing was seen that a gateway must not do.
        package var isClean: Bool { orderFaults == 0 && badSignatures == 0 && malformed == 0 }
    }

    private struct State {
        var ledger = SinkLedger()
        var counters = Counters()
    }

    private enum Fate { case answer, fail, cutUntaken, cutTaken }

    private static let bodyLimit = 64 << 20

    private let settings: Settings
    private let verifier: WebhookVerifier?
    private let journal: FileHandle?
    private let say: @Sendable (String) -> Void
    private let onPort: @Sendable (Int) async -> Void
    private let state = Mutex(State())

    /// - `journal`: gets one JSON line for every request, before it is answered.
    /// - `say`: prints a line for people.
    /// - `onPort`: told the port once it listens, for a `port` of 0.
    package init(
        _ settings: Settings, journal: FileHandle?, say: @escaping @Sendable (String) -> Void,
        onPort: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        self.settings = settings
        self.verifier = settings.secrets.isEmpty ? nil : WebhookVerifier(secrets: settings.secrets)
        self.journal = journal
        self.say = say
        self.onPort = onPort
    }

    package var counters: Counters { state.withLock { $0.counters } }

    /// Serves on 127.0.0.1 until it is told to stop.
    package func run() async throws {
        var logger = Logger(label: "sink")
        logger.logLevel = .error
        let application = Application(
            responder: CallbackResponder { (request: Request, context: SinkContext) in
                try await self.respond(to: request, context)
            },
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: settings.port)),
            onServerRunning: { await self.onPort($0.localAddress?.port ?? 0) }, logger: logger)
        try await application.run()
    }

    private func respond(to request: Request, _ context: SinkContext) async throws -> Response {
        guard request.method == .post else { return summary }
        let body = Array(buffer: try await request.body.collect(upTo: Self.bodyLimit))
        if let refusal = refusal(request.headers, body) {
            note("bad-signature", nil, "refused: \(refusal.rawValue)") { $0.badSignatures += 1 }
            return Response(status: .unauthorized)
        }
        guard let envelope = SinkLedger.Envelope(body) else {
            note("malformed", nil, "refused: not a CloudEvent in a lane") { $0.malformed += 1 }
            return Response(status: .badRequest)
        }
        if settings.delay > .zero { try await Task.sleep(for: settings.delay) }
        let fate = drawFate()
        switch fate {
        case .fail:
            note("failed", envelope, "failed on purpose") { $0.failedOnPurpose += 1 }
            return Response(status: .serviceUnavailable)
        case .cutUntaken:
            note("cut", envelope, "cut off on purpose, not taken") { $0.cutOnPurpose += 1 }
        case .answer, .cutTaken:
            take(envelope, body, isCut: fate == .cutTaken)
        }
        if fate != .answer { try? await context.channel.close() }
        return Response(status: .noContent)
    }

    private func drawFate() -> Fate {
        if Double.random(in: 0..<1) < settings.fail { return .fail }
        guard Double.random(in: 0..<1) < settings.cut else { return .answer }
        return Bool.random() ? .cutTaken : .cutUntaken
    }

    private func refusal(_ headers: HTTPFields, _ body: [UInt8]) -> WebhookVerifier.Refusal? {
        verifier?.check(
            header: { name in HTTPField.Name(name).flatMap { headers[$0] } }, body: body, now: Date())
    }

    /// Takes an event in, in the order of arrival.
    private func take(_ envelope: SinkLedger.Envelope, _ body: [UInt8], isCut: Bool) {
        state.withLock { state in
            state.counters.received += 1
            if isCut { state.counters.cutOnPurpose += 1 }
            var remark = ""
            let outcome: String
            switch state.ledger.receive(envelope) {
            case .new:
                state.counters.new += 1
                outcome = "new"
            case .again:
                state.counters.repeated += 1
                outcome = "again"
                remark = "again"
            case .orderFault(let reason):
                state.counters.orderFaults += 1
                outcome = "order-fault"
                remark = "ORDER: \(reason)"
            }
            // Inside the lock, so that the journal's order is the order of taking in.
            write(outcome, envelope)
            if isCut { remark += remark.isEmpty ? "answer cut off" : ", answer cut off" }
            tell(envelope, remark)
            if settings.isVerbose { say(JSONIndenter.indent(body)) }
        }
    }

    private func note(
        _ outcome: String, _ envelope: SinkLedger.Envelope?, _ remark: String, _ count: (inout Counters) -> Void
    ) {
        state.withLock { state in
            state.counters.received += 1
            count(&state.counters)
            write(outcome, envelope)
            tell(envelope, remark)
        }
    }

    private func tell(_ envelope: SinkLedger.Envelope?, _ remark: String) {
        guard let envelope else {
            say(remark)
            return
        }
        let parts = [
            envelope.type, String(envelope.lane.prefix(12)), "#\(envelope.sequence)", envelope.summary,
            remark.isEmpty ? "" : "[\(remark)]",
        ]
        say(parts.filter { !$0.isEmpty }.joined(separator: "  "))
    }

    private func write(_ outcome: String, _ envelope: SinkLedger.Envelope?) {
        guard let journal else { return }
        let line: [String: Any] = [
            "id": envelope?.id ?? "", "type": envelope?.type ?? "", "lane": envelope?.lane ?? "",
            "lanesequence": envelope?.sequence ?? 0, "outcome": outcome,
        ]
        guard var data = try? JSONSerialization.data(withJSONObject: line, options: .sortedKeys) else { return }
        data.append(UInt8(ascii: "\n"))
        try? journal.write(contentsOf: data)
    }

    private var summary: Response {
        let counters = counters
        let object = [
            "received": counters.received, "new": counters.new, "repeated": counters.repeated,
            "failedOnPurpose": counters.failedOnPurpose, "cutOnPurpose": counters.cutOnPurpose,
            "orderFaults": counters.orderFaults, "badSignatures": counters.badSignatures,
            "malformed": counters.malformed,
        ]
        let data = (try? JSONSerialization.data(withJSONObject: object, options: .sortedKeys)) ?? .init()
        return Response(
            status: .ok, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: data)))
    }
}

/// A request's context that knows its connection, to cut it.
private struct SinkContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }
}
