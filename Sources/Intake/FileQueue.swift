import Dispatch

/// Runs blocking file calls on threads of their own, so that a slow disk never holds up the cooperative pool. At most
/// `width` run at a time.
struct FileQueue: Sendable {
    private let queues: [DispatchQueue]

    init(label: String, width: Int = 8) {
        queues = (0..<max(1, width)).map { DispatchQueue(label: "hatchway.files.\(label).\($0)") }
    }

    /// Calls of the same lane run one after another.
    func run<Value: Sendable>(lane: Int = 0, _ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { waiter in
            queues[lane % queues.count].async { waiter.resume(with: Result(catching: body)) }
        }
    }
}
