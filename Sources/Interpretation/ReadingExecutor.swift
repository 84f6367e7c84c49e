import Dispatch
import Synchronization

/// The threads that messages are read and mapped on. They are not the cooperative pool's, so that a message that takes
/// long keeps neither health, status nor delivery waiting.
final class ReadingExecutor: TaskExecutor {
    private let queues: [DispatchQueue]
    private let next = Mutex(0)

    /// - Parameter width: how many messages are read at once; at least 1.
    init(width: Int) {
        queues = (0..<max(1, width)).map { DispatchQueue(label: "interpretation.read.\($0)") }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let queue = next.withLock { index in
            index = (index + 1) % queues.count
            return queues[index]
        }
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
