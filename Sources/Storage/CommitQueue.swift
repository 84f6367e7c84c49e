import GRDB
import Synchronization

/// Group commit. Whatever was submitted while the last transaction reached the disk is the next transaction, in the
/// order of submission. Each unit of work has a savepoint of its own, and nobody is answered before the fsync of the
/// commit (architecture, invariant 1).
final class CommitQueue: Sendable {
    typealias Unit<Value> = @Sendable (Database) throws -> Value

    /// What a submission is for: sources can come again, the gateway's own workers cannot give back what they hold.
    enum Purpose { case admission, work }

    private typealias Acknowledgement = @Sendable () -> Void

    private struct Submission: Sendable {
        let units: Int
        let bytes: Int
        let run: @Sendable (Database) throws -> Acknowledgement
        let fail: @Sendable (StoreFault) -> Void
    }

    private struct State {
        var waiting: [Submission] = []
        /// Waiting or being committed.
        var units = 0
        var bytes = 0
        var isDraining = false
        var isClosed = false
    }

    private let pool: DatabasePool
    private let queue: BlockingQueue
    private let limits: CommitLimits
    private let state = Mutex(State())

    init(pool: DatabasePool, queue: BlockingQueue, limits: CommitLimits) {
        self.pool = pool
        self.queue = queue
        self.limits = limits
    }

    /// Units of work waiting or being committed.
    var outstanding: Int { state.withLock { $0.units } }

    /// Commits units of work.
    /// - Parameters:
    ///   - units: the work, in the order in which it runs.
    ///   - bytes: about how much memory the submission holds while it waits.
    ///   - purpose: decides how long the queue may be before it refuses.
    /// - Returns: what became of each unit, after the disk has it.
    /// - Throws: ``StoreFault`` when the queue is full or closed, or when the transaction as a whole was lost. No unit
    ///   was committed then.
    func submit<Value: Sendable>(_ units: [Unit<Value>], bytes: Int = 0, for purpose: Purpose) async throws
        -> [Result<Value, any Error>]
    {
        guard !units.isEmpty else { return [] }
        return try await withCheckedThrowingContinuation { continuation in
            let place = pool.path
            let submission = Submission(
                units: units.count, bytes: bytes,
                run: { database in
                    let results = try units.map { try Self.attempt($0, in: database, place: place) }
                    return { continuation.resume(returning: results) }
                },
                fail: { continuation.resume(throwing: $0) })
            enqueue(submission, for: purpose)
        }
    }

    /// Refuses new work, finishes what was submitted, and runs `last` after it.
    func close(_ last: @escaping @Sendable () throws -> Void) async throws {
        let wasClosed = state.withLock { state in
            defer { state.isClosed = true }
            return state.isClosed
        }
        if wasClosed { return }
        try await queue.run(last)
    }

    private func enqueue(_ submission: Submission, for purpose: Purpose) {
        let refusal: StoreFault? = state.withLock { state in
            if state.isClosed { return .closed("commit", place: pool.path) }
            guard hasRoom(in: state, for: submission, purpose) else { return .busy("commit", place: pool.path) }
            state.waiting.append(submission)
            state.units += submission.units
            state.bytes += submission.bytes
            // Started under the lock, so that what `close` runs last can only come after it.
            if !state.isDraining { queue.start { self.drain() } }
            state.isDraining = true
            return nil
        }
        if let refusal { submission.fail(refusal) }
    }

    private func hasRoom(in state: State, for submission: Submission, _ purpose: Purpose) -> Bool {
        if state.units == 0 { return true }
        let units = state.units + submission.units
        switch purpose {
        case .admission: return units <= limits.units && state.bytes + submission.bytes <= limits.bytes
        case .work: return units <= limits.units + limits.reservedUnits
        }
    }

    private func drain() {
        while true {
            let batch: [Submission] = state.withLock { state in
                let batch = state.waiting
                state.waiting = []
                if batch.isEmpty { state.isDraining = false }
                return batch
            }
            if batch.isEmpty { return }
            commit(batch)
        }
    }

    private func commit(_ batch: [Submission]) {
        let outcome = Result {
            try pool.writeWithoutTransaction { database in
                var acknowledgements: [Acknowledgement] = []
                try database.inTransaction(.immediate) {
                    acknowledgements = try batch.map { try $0.run(database) }
                    return .commit
                }
                return acknowledgements
            }
        }
        state.withLock { state in
            state.units -= batch.reduce(0) { $0 + $1.units }
            state.bytes -= batch.reduce(0) { $0 + $1.bytes }
        }
        switch outcome {
        case .success(let acknowledgements):
            for acknowledge in acknowledgements { acknowledge() }
        case .failure(let error):
            let fault = StoreFault(error, operation: "commit", place: pool.path)
            for submission in batch { submission.fail(fault) }
        }
    }

    /// Runs one unit in a savepoint.
    /// - Throws: when SQLite gave up the whole transaction and not only the unit, as it does when the disk is full.
    private static func attempt<Value>(_ unit: Unit<Value>, in database: Database, place: String) throws
        -> Result<Value, any Error>
    {
        do {
            var value: Value?
            try database.inSavepoint {
                value = try unit(database)
                return .commit
            }
            guard let value else { throw StoreFault.closed("commit", place: place) }
            return .success(value)
        } catch {
            guard database.isInsideTransaction else { throw error }
            return .failure(StoreFault.stripped(error, operation: "commit", place: place))
        }
    }
}

/// How much may wait to be written.
package struct CommitLimits: Sendable {
    /// Units of work waiting or being written before a source is refused.
    package var units: Int
    /// Bytes of message bodies waiting or being written before a source is refused. A single larger message still
    /// passes when nothing else waits.
    package var bytes: Int
    /// Units beyond `units` that only the gateway's own workers may use.
    package var reservedUnits: Int

    package init(units: Int = 2048, bytes: Int = 128 << 20, reservedUnits: Int = 2048) {
        self.units = units
        self.bytes = bytes
        self.reservedUnits = reservedUnits
    }
}
