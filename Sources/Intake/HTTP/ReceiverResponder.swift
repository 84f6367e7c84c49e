import CanonicalModel
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Storage
import Synchronization
import Telemetry

/// Answers requests: `POST /v1/messages/{source}` and `GET /health`.
struct ReceiverResponder: HTTPResponder {
    typealias Context = BasicRequestContext

    private static let prefix = "/v1/messages/"

    let sources: ReceiverSources
    let messageSize: Int
    let admission: ReceiverAdmission
    let store: any MessageStore
    let fileSign: FileSign
    let status: StatusBoard
    let accepted: Signal
    let logger: Logger
    let clock: WallClock

    func respond(to request: Request, context: Context) async throws -> Response {
        do {
            let path = request.uri.path
            if path == "/health" { return try health(request) }
            guard path.hasPrefix(Self.prefix) else { throw ReceiverProblem.notFound }
            return try await receive(request, sourceName: String(path.dropFirst(Self.prefix.count)))
        } catch let problem as ReceiverProblem {
            return problem.response
        }
    }

    private func health(_ request: Request) throws(ReceiverProblem) -> Response {
        guard request.method == .get || request.method == .head else { throw .method(allowed: "GET, HEAD") }
        return json(.ok, request.method == .head ? "" : #"{"status":"running"}"#)
    }

    private func receive(_ request: Request, sourceName: String) async throws(ReceiverProblem) -> Response {
        switch sources.directory.find(sourceName, token: ReceiverHeaders.bearerToken(request.headers)) {
        case .unauthorised: throw .unauthorised
        case .unknown: throw .unknownSource
        case .source: break
        }
        do {
            return try await receive(request, from: sourceName)
        } catch {
            status.count(source: sourceName, "refused")
            var fields = ["source": sourceName, "status": "\(error.status.code)"]
            fields["reason"] = error.reason
            logger.event(.messageRefused, level: .warning, "A request is refused", fields)
            throw error
        }
    }

    private func receive(_ request: Request, from source: String) async throws(ReceiverProblem) -> Response {
        guard request.method == .post else { throw .method(allowed: "POST") }
        guard ReceiverHeaders.isReadable(contentType: request.headers) else { throw .unsupported }
        let context = try ReceiverHeaders.context(request.headers)
        let key = try ReceiverHeaders.idempotencyKey(request.headers)

        guard admission.enter() else { throw .busy }
        var body = ReceiverBody(request, messageSize: messageSize, headSize: fileSign.headSize, admission: admission)
        defer { admission.leave(bytes: body.reserved) }
        try await body.readBeginning()
        let beginning = body.beginning
        guard body.isLarge else {
            guard !beginning.isEmpty else { throw .empty }
            let arrival = Arrival(
                source: source, body: beginning, transport: context, deliveryKey: key, acceptedAt: clock.now)
            return try await accept(from: source) { try await store.accept(arrival) }
        }
        guard fileSign.holds(beginning, context) else { throw .tooLarge }
        let file = FileArrival(source: source, transport: context, deliveryKey: key, acceptedAt: clock.now)
        return try await accept(from: source) { try await store.acceptFile(file) { try await body.next() } }
    }

    private func accept(from source: String, _ attempt: () async throws -> Acceptance) async throws(ReceiverProblem)
        -> Response
    {
        let acceptance: Acceptance
        do {
            acceptance = try await attempt()
        } catch let problem as ReceiverProblem {
            throw problem
        } catch let fault as StoreFault where fault.isBusy {
            throw .busy
        } catch {
            let cause = (error as? StoreFault)?.description ?? "\(type(of: error))"
            status.fail(source: source, "store-failed", at: clock.now)
            logger.event(
                .storeFailed, level: .error, "A message could not be kept and is not accepted",
                ["source": source, "cause": cause])
            throw .storeFailed
        }
        if case .conflict = acceptance { throw .conflict }
        accepted.raise()
        let id = acceptance.id.rawValue
        let fields = ["source": source, "messageId": id]
        switch acceptance {
        case .accepted:
            status.count(source: source, "accepted", at: clock.now)
            logger.event(.messageAccepted, "A message is accepted", fields)
            return json(.accepted, "{\"id\":\"\(id)\"}")
        case .repeated:
            status.count(source: source, "repeated", at: clock.now)
            logger.event(.messageRepeated, "A delivery was accepted before", fields)
            return json(.ok, "{\"id\":\"\(id)\"}")
        case .conflict: throw .conflict
        }
    }

    private func json(_ status: HTTPResponse.Status, _ body: String) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: body)))
    }
}

/// The senders in force now. They are replaced as a whole when the configuration is read again.
final class ReceiverSources: Sendable {
    private let current: Mutex<ReceiverDirectory>

    init(_ sources: [ReceiverSource]) { current = Mutex(ReceiverDirectory(sources: sources)) }

    var directory: ReceiverDirectory { current.withLock { $0 } }

    func replace(with sources: [ReceiverSource]) { current.withLock { $0 = ReceiverDirectory(sources: sources) } }
}
