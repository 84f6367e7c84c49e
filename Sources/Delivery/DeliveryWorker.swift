package import HTTPTransfer
package import Logging
import ServiceLifecycle
package import Storage
package import Telemetry

import Synchronization

import struct Foundation.Date

/// Delivers one consumer's events.
///
/// It keeps **invariant 3: within a lane events arrive in order, each at least once** (architecture):
///
/// - *In order*: an event is sent only as the leased head of its lane, and a lane is leased to one attempt at a time,
///   so the next event of a lane is not even read before the one before it is accepted, dead or suppressed. A failed
///   event stays at the head. The number in `lanesequence` is assigned in the transaction that leases the head, once,
///   and every retry repeats it.
/// - *At least once*: an event leaves its lane only in a transaction that follows the consumer's answer. A crash between
///   the answer and that transaction lets the lease run out, and the event goes again under the same id: the consumer
///   tells repeats by the id.
/// - *Fenced*: a worker that comes back after its lease ran out changes nothing, since the store refuses its fencing
///   token. A lease outlasts the longest attempt, so the same event is not under way twice.
/// - *Permitted*: the policy is asked again in the transaction that leases (invariant 4); what it no longer permits
///   leaves the lane unsent, without a number, and audited.
///
/// Up to `concurrency` lanes go at once. Each is a task that delivers a head, settles it and leases the next due lane in
/// one transaction, until nothing is due. The dispatching loop only starts such tasks: when the signal is raised, when
/// the next event is due, when the breaker lets a probe through. One worker knows nothing of another consumer's.
///
/// On graceful shutdown no lane is leased any more, what is under way is finished and settled, and a lease that was not
/// used yet is given back.
package final class DeliveryWorker: Service {
    private struct State {
        var breaker: Breaker
        var inFlight = 0
        var storeFailures = 0
        var lastOutlook: ContinuousClock.Instant?
    }

    /// A lease outlasts an attempt by this much, for settling it.
    private static let leaseMargin: Duration = .seconds(30)
    private static let outlookInterval: Duration = .seconds(2)

    private let settings: ConsumerSettings
    private let ledger: DeliveryLedger
    private let courier: Mutex<DeliveryCourier>
    private let retry: RetryPolicy
    private let signal: Signal
    private let board: StatusBoard
    private let clock: WallClock
    private let logger: Logger
    private let state: Mutex<State>

    /// - `permission`: the release policy, asked for every event in the transaction that leases it.
    /// - `signal`: raised when events are queued for this consumer; no other worker may wait on it.
    /// - `retry`: its `giveUpAfter` is replaced by the consumer's own.
    package init(
        _ settings: ConsumerSettings, store: any MessageStore, client: CurlClient, permission: @escaping SendPermission,
        signal: Signal, board: StatusBoard, logger: Logger, clock: WallClock = .system,
        retry: RetryPolicy = RetryPolicy(), breaker: Breaker = Breaker()
    ) {
        self.settings = settings
        self.ledger = DeliveryLedger(
            store: store, consumer: settings.name, permission: permission,
            leaseTime: settings.timeout + Self.leaseMargin)
        self.courier = Mutex(DeliveryCourier(settings: settings, client: client, clock: clock))
        var retry = retry
        retry.giveUpAfter = settings.giveUpAfter
        self.retry = retry
        self.signal = signal
        self.board = board
        self.clock = clock
        self.logger = logger
        self.state = Mutex(State(breaker: breaker))
    }

    /// Signs and authorises with the secrets of `fresh` from the next attempt on. Nothing else of it is taken over.
    package func replaceSecrets(with fresh: ConsumerSettings) {
        courier.withLock { courier in
            var settings = courier.settings
            settings.bearerToken = fresh.bearerToken
            settings.signingSecrets = fresh.signingSecrets
            courier = DeliveryCourier(settings: settings, client: courier.client, clock: courier.clock)
        }
    }

    /// Delivers until it is told to stop.
    package func run() async throws {
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { lanes in
                while !isStopping {
                    let pause = await dispatch(&lanes)
                    if !isStopping { await signal.wait(atMost: pause) }
                }
            }
        } onGracefulShutdown: {
            self.signal.raise()
        }
    }

    private var isStopping: Bool { Task.isShuttingDownGracefully || Task.isCancelled }

    // MARK: Dispatching

    /// Starts what may be started.
    /// - Returns: how long there is nothing to do unless the signal is raised.
    private func dispatch(_ lanes: inout DiscardingTaskGroup) async -> Duration {
        let now = clock.now
        let free = state.withLock {
            max(0, $0.breaker.allowance(now: now, concurrency: settings.concurrency) - $0.inFlight)
        }
        do {
            var isHungry = false
            if free > 0 {
                let leased = try await ledger.lease(upTo: free, now: now)
                note(leased)
                state.withLock { $0.inFlight += leased.deliveries.count }
                for delivery in leased.deliveries { lanes.addTask { await self.runLane(from: delivery) } }
                if leased.hasMore { return .zero }
                isHungry = leased.deliveries.count < free
            }
            let due = try await outlook(isNeeded: isHungry)
            storeWorks()
            guard isHungry, let due else { return Self.outlookInterval }
            return min(max(.seconds(due.timeIntervalSince(now)), .milliseconds(20)), Self.outlookInterval)
        } catch {
            return storeFailed(error)
        }
    }

    /// Tells the status board what waits, every couple of seconds.
    /// - `isNeeded`: ask the store even if that was done just now.
    private func outlook(isNeeded: Bool) async throws -> Date? {
        let isTime = state.withLock { state in
            let now = ContinuousClock.now
            if let last = state.lastOutlook, now - last < Self.outlookInterval { return false }
            state.lastOutlook = now
            return true
        }
        guard isNeeded || isTime else { return nil }
        let (backlog, due) = try await ledger.outlook(now: clock.now)
        let condition = state.withLock { $0.breaker.state.name }
        board.update(consumer: settings.name) { line in
            line.backlog = backlog.waiting
            line.oldestWaiting = backlog.oldest
            line.state = condition
        }
        return due
    }

    // MARK: A lane

    /// Delivers a lane's head and then, as long as there are any, other due heads.
    private func runLane(from first: PreparedDelivery) async {
        var current: PreparedDelivery? = first
        while let delivery = current {
            current = await settle(delivery, as: isStopping ? nil : courier.withLock { $0 }.attempt(delivery))
        }
        state.withLock { $0.inFlight -= 1 }
        signal.raise()
    }

    /// - `outcome`: nil when there was no attempt.
    /// - Returns: the next delivery for this task.
    private func settle(_ delivery: PreparedDelivery, as outcome: DeliveryOutcome?) async -> PreparedDelivery? {
        let now = clock.now
        let reopening = note(outcome, now: now)
        // A task that is being cancelled took its request back: that is no failure of the consumer.
        let ending =
            Task.isCancelled && outcome != .accepted
            ? DeliveryEnding(settlement: .returned)
            : DeliveryEnding(of: outcome, delivery.lease, settings, retry, reopening: reopening, now: now)
        while true {
            let mayLease =
                !isStopping
                && state.withLock { state in
                    state.breaker.allowance(now: now, concurrency: settings.concurrency) >= state.inFlight
                }
            do {
                let settled = try await ledger.settle(
                    delivery, as: ending.settlement, audit: ending.audit, thenLease: mayLease, now: clock.now)
                if settled.wasHeld { report(ending, delivery) }
                note(settled.next)
                return settled.next.deliveries.first
            } catch {
                // What the consumer took must be written down: only the end of the lease ends trying to.
                let pause = storeFailed(error)
                guard !Task.isCancelled, clock.now.addingTimeInterval(pause.seconds) < delivery.leasedUntil else {
                    return nil
                }
                try? await Task.sleep(for: pause)
            }
        }
    }

    /// Feeds the breaker.
    /// - Returns: when it lets a probe through, if it is open.
    private func note(_ outcome: DeliveryOutcome?, now: Date) -> Date? {
        guard let outcome, !Task.isCancelled else { return nil }
        let (opened, closed, reopening) = state.withLock { state in
            var opened: Date?
            var closed = false
            switch outcome {
            case .accepted, .rejected: closed = state.breaker.succeed()
            case .retry: opened = state.breaker.fail(now: now)
            case .endpointFault: opened = state.breaker.endpointFault(now: now)
            case .gone: state.breaker.pause()
            }
            guard case .open(let until) = state.breaker.state else { return (opened, closed, nil as Date?) }
            return (opened, closed, until)
        }
        let fields = ["consumer": settings.name]
        if opened != nil {
            logger.event(.breakerOpened, level: .warning, "Deliveries to this consumer are paused", fields)
        }
        if closed { logger.event(.breakerClosed, "Deliveries to this consumer go on", fields) }
        if case .gone = outcome {
            logger.event(
                .endpointFault, level: .error, "The consumer says it is gone: nothing is sent until a restart", fields)
        }
        return reopening
    }

    // MARK: Saying what happened

    private func note(_ leased: DeliveryLedger.Lease) {
        for (event, rule) in leased.suppressed {
            board.count(consumer: settings.name, "suppressed")
            logger.event(
                .eventSuppressed, "No longer permitted: not sent",
                ["consumer": settings.name, "event": event.id, "rule": rule])
        }
        if leased.undecided > 0 {
            board.fail(consumer: settings.name, "policy-failed", at: clock.now)
            board.count(consumer: settings.name, "undecided", by: leased.undecided)
        }
        // A task leases one at a time and stops early at its bound; the loop goes on from there.
        if leased.hasMore { signal.raise() }
    }

    private func report(_ ending: DeliveryEnding, _ delivery: PreparedDelivery) {
        let fields = [
            "consumer": settings.name, "event": delivery.lease.event.id, "lane": delivery.lease.lane,
            "attempt": String(delivery.lease.attempts + 1), "because": ending.because ?? "",
        ].filter { !$0.value.isEmpty }
        if let because = ending.because { board.fail(consumer: settings.name, because, at: clock.now) }
        switch ending.settlement {
        case .delivered:
            board.count(consumer: settings.name, "delivered", at: clock.now)
            logger.event(.eventDelivered, level: .debug, "Delivered", fields)
        case .retry:
            board.count(consumer: settings.name, "retried")
            if ending.isEndpointFault {
                logger.event(.endpointFault, level: .error, "The endpoint refuses every event", fields)
            } else {
                logger.event(.eventRetry, level: .notice, "Not delivered, to be tried again", fields)
            }
        case .deadLetter:
            board.count(consumer: settings.name, "dead-lettered")
            logger.event(.eventDeadLettered, level: .error, "Not delivered, now a dead letter", fields)
        case .suppressed, .returned: break
        }
    }

    private func storeWorks() {
        state.withLock { $0.storeFailures = 0 }
    }

    /// - Returns: how long to wait before the store is asked again.
    private func storeFailed(_ error: any Error) -> Duration {
        let failures = state.withLock { state in
            state.storeFailures += 1
            return state.storeFailures
        }
        if failures == 1, !Task.isCancelled {
            // Another error than the store's own could carry anything.
            let what = (error as? StoreFault)?.description ?? String(describing: type(of: error))
            logger.event(
                .storeFailed, level: .error, "The store failed; deliveries wait for it",
                ["consumer": settings.name, "error": what])
            board.fail(consumer: settings.name, EventCode.storeFailed.rawValue, at: clock.now)
        }
        return min(.milliseconds(100 << min(failures, 6)), .seconds(5))
    }
}
