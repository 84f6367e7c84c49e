import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// A Hummingbird server on a free port of this machine for the length of `body`.
func withServer<Value: Sendable>(
    answer: @escaping @Sendable (Request, BasicRequestContext) async throws -> Response,
    _ body: (String) async throws -> Value
) async throws -> Value {
    let (ports, port) = AsyncStream.makeStream(of: Int.self)
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let application = Application(
        responder: CallbackResponder(callback: answer),
        configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
        onServerRunning: { port.yield($0.localAddress?.port ?? 0) }, logger: logger)
    let services = ServiceGroup(services: [application], logger: logger)
    return try await withThrowingTaskGroup { group in
        group.addTask { try await services.run() }
        var iterator = ports.makeAsyncIterator()
        let number = await iterator.next() ?? 0
        let result: Result<Value, any Error>
        do { result = .success(try await body("http://127.0.0.1:\(number)")) } catch { result = .failure(error) }
        await services.triggerGracefulShutdown()
        try await group.waitForAll()
        return try result.get()
    }
}

/// Counts what a server saw.
final class Tally: Sendable {
    private let count = Mutex(0)

    var value: Int { count.withLock { $0 } }

    /// - Returns: the number of this call, from 1.
    @discardableResult
    func add() -> Int {
        count.withLock {
            $0 += 1
            return $0
        }
    }
}
