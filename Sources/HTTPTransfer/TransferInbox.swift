import CLibCURL
import Synchronization

/// Where tasks leave requests for the thread of a ``CurlClient`` and wake it. It is the only state that both sides
/// touch.
final class TransferInbox: Sendable {
    typealias Answer = CheckedContinuation<Result<HTTPTransferResponse, HTTPTransferFault>, Never>

    /// A request and the task that waits for its answer.
    struct Submission: Sendable {
        let id: UInt64
        let request: HTTPTransferRequest
        let answer: Answer
    }

    /// What the thread has to do since it looked last.
    struct Orders {
        var submissions: [Submission] = []
        var cancellations: [UInt64] = []
        var isClosing = false
    }

    private struct State {
        var orders = Orders()
        var lastID: UInt64 = 0
        /// Submitted and not answered yet.
        var open = 0
        var hasEnded = false
        var waitingForEnd: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    private let limit: Int
    /// libcurl allows `curl_multi_wakeup` from any thread; every other use of the handle belongs to the client's thread.
    nonisolated(unsafe) private let multi: UnsafeMutableRawPointer

    init(limit: Int, multi: UnsafeMutableRawPointer) {
        self.limit = limit
        self.multi = multi
    }

    // MARK: The tasks' side

    func newID() -> UInt64 {
        state.withLock {
            $0.lastID += 1
            return $0.lastID
        }
    }

    func submit(_ submission: Submission) {
        let refusal: HTTPTransferFault.Code? = state.withLock { state in
            // Under the lock, so that a cancellation is either seen here or finds the submission.
            if Task.isCancelled { return .cancelled }
            if state.orders.isClosing || state.hasEnded { return .closed }
            if state.open >= limit { return .busy }
            state.open += 1
            state.orders.submissions.append(submission)
            curl_multi_wakeup(multi)
            return nil
        }
        if let refusal { submission.answer.resume(returning: .failure(HTTPTransferFault(refusal))) }
    }

    func cancel(_ id: UInt64) {
        state.withLock { state in
            guard !state.hasEnded, state.open > 0 else { return }
            state.orders.cancellations.append(id)
            curl_multi_wakeup(multi)
        }
    }

    /// Refuses new requests and returns when every earlier one is answered and the thread is gone.
    func close() async {
        await withCheckedContinuation { waiter in
            let hasEnded = state.withLock { state in
                if state.hasEnded { return true }
                state.waitingForEnd.append(waiter)
                state.orders.isClosing = true
                curl_multi_wakeup(multi)
                return false
            }
            if hasEnded { waiter.resume() }
        }
    }

    /// Refuses new requests without waiting.
    func beginClosing() {
        state.withLock { state in
            guard !state.hasEnded else { return }
            state.orders.isClosing = true
            curl_multi_wakeup(multi)
        }
    }

    // MARK: The thread's side

    func takeOrders() -> Orders {
        state.withLock { state in
            let orders = state.orders
            state.orders = Orders(isClosing: orders.isClosing)
            return orders
        }
    }

    func answer(_ submission: Submission, _ result: Result<HTTPTransferResponse, HTTPTransferFault>) {
        state.withLock { $0.open -= 1 }
        submission.answer.resume(returning: result)
    }

    /// Says that the handle must not be touched any more. What was submitted at the last moment is refused.
    func end() {
        let (late, waiting) = state.withLock { state in
            state.hasEnded = true
            let late = state.orders.submissions
            let waiting = state.waitingForEnd
            state.orders = Orders(isClosing: true)
            state.waitingForEnd = []
            return (late, waiting)
        }
        for submission in late { submission.answer.resume(returning: .failure(HTTPTransferFault(.closed))) }
        for waiter in waiting { waiter.resume() }
    }
}
