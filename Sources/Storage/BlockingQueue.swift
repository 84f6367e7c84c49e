import Dispatch

/// One thread at a time for calls that block, so that none of them ever blocks the cooperative pool.
struct BlockingQueue: Sendable {
    private let queue: DispatchQueue

    init(label: String) { queue = DispatchQueue(label: label) }

    /// Runs `body` after everything submitted before it.
    func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try body() }) }
        }
    }

    func start(_ body: @escaping @Sendable () -> Void) { queue.async(execute: body) }
}
