import CanonicalModel
import Storage

import struct Foundation.Date

/// An event that may be sent now: leased, permitted and numbered.
struct PreparedDelivery: Sendable {
    let lease: LeasedEvent
    let leasedUntil: Date
    let content: [UInt8]
    let sequence: LaneSequence
    let nhsNumber: String?
}

/// The transactions of one consumer's deliveries.
struct DeliveryLedger: Sendable {
    /// What one transaction leased.
    struct Lease: Sendable {
        var deliveries: [PreparedDelivery] = []
        /// Events that the policy took back, with its rule.
        var suppressed: [(event: QueuedEvent, rule: String)] = []
        /// Events that the policy could not decide.
        var undecided = 0
        /// It stopped at its bound and not for want of events.
        var hasMore = false
    }

    /// What ending one delivery came to.
    struct Settled: Sendable {
        /// False when the lease had passed to somebody else, and nothing was written.
        var wasHeld = false
        var next = Lease()
    }

    /// Events that one transaction takes off their lanes unsent.
    private static let unsentLimit = 100
    /// The rule that suppresses a withdrawal of what the consumer was never sent.
    static let neverTold = "never-told"
    /// How long an event waits that the policy could not decide.
    private static let undecidedWait: Double = 60

    private enum Step: Sendable {
        case settled(Bool)
        case leased(Lease)
    }

    let store: any MessageStore
    let consumer: String
    let permission: SendPermission
    /// How long an attempt may take with everything around it.
    let leaseTime: Duration

    /// Leases lanes whose heads are due, asks the policy about each head, and numbers it.
    func lease(upTo count: Int, now: Date) async throws -> Lease {
        try await store.commit { try self.lease(upTo: count, now: now, in: $0) }
    }

    /// Ends a lease, writes the audit with it, and takes the next lane in the same transaction.
    func settle(
        _ delivery: PreparedDelivery, as settlement: DeliverySettlement, audit: AuditEntry?, thenLease: Bool, now: Date
    ) async throws -> Settled {
        let event = delivery.lease.event
        let settle: @Sendable (any StoreTransaction) throws -> Step = { transaction in
            let wasHeld = try transaction.settle(delivery.lease, as: settlement)
            if wasHeld, let audit { try transaction.audit(audit) }
            // Only now: a withdrawal that is tried again, or replayed, still takes back what was sent.
            if wasHeld, settlement == .delivered, event.isWithdrawal {
                try transaction.markWithdrawn(event.entities, from: event.consumer)
            }
            return .settled(wasHeld)
        }
        let lease: @Sendable (any StoreTransaction) throws -> Step = { transaction in
            .leased(try self.lease(upTo: 1, now: now, in: transaction))
        }
        let results = try await store.commit(thenLease ? [settle, lease] : [settle])
        var settled = Settled()
        for (index, result) in results.enumerated() {
            switch result {
            case .success(.settled(let wasHeld)): settled.wasHeld = wasHeld
            case .success(.leased(let next)): settled.next = next
            case .failure(let error):
                // The settlement stands without the next lease; the worker asks again and meets the error there.
                if index == 0 { throw error }
                settled.next.hasMore = true
            }
        }
        return settled
    }

    private func lease(upTo count: Int, now: Date, in transaction: any StoreTransaction) throws -> Lease {
        var result = Lease()
        let until = now.addingTimeInterval(leaseTime.seconds)
        while result.deliveries.count < count {
            guard result.suppressed.count + result.undecided < Self.unsentLimit else {
                result.hasMore = true
                break
            }
            guard let lease = try transaction.leaseLane(of: consumer, now: now, until: until) else { break }
            switch try decide(lease.event, transaction) {
            case .permitted(let content, let narrowed):
                try noteSending(of: lease.event, narrowed, in: transaction)
                result.deliveries.append(
                    PreparedDelivery(
                        lease: lease, leasedUntil: until, content: content,
                        sequence: try transaction.assignSequence(to: lease),
                        nhsNumber: try transaction.standing(of: lease.event.patient)?.nhsNumber))
            case .suppressed(let rule):
                _ = try transaction.settle(lease, as: .suppressed(rule: rule))
                try noteSuppression(of: lease.event, in: transaction)
                try transaction.audit(.of(lease.event, action: "suppressed", at: now, rule: rule))
                result.suppressed.append((lease.event, rule))
            case nil:
                let later = now.addingTimeInterval(Self.undecidedWait)
                _ = try transaction.settle(lease, as: .retry(at: later, because: "policy-failed"))
                result.undecided += 1
            }
        }
        return result
    }

    /// - Returns: nil when the policy failed on this event: it is not sent, and harms only itself.
    private func decide(_ event: QueuedEvent, _ transaction: any StoreTransaction) throws -> SendDecision? {
        do {
            if event.isWithdrawal, try isUnknown(event, transaction) { return .suppressed(rule: Self.neverTold) }
            return try permission(event, transaction)
        } catch let fault as StoreFault {
            throw fault
        } catch {
            return nil
        }
    }

    /// Whether this consumer was never sent anything of what a withdrawal takes back: telling it to forget a thing would
    /// tell it that there is one.
    private func isUnknown(_ withdrawal: QueuedEvent, _ store: any StoreReading) throws -> Bool {
        guard !withdrawal.entities.isEmpty else { return false }
        return try withdrawal.entities.allSatisfy { try store.released($0, to: consumer)?.isSent != true }
    }

    /// Before the request is made, so that a crash in between errs towards a withdrawal too many.
    private func noteSending(
        of event: QueuedEvent, _ narrowed: [EntityKey: [UInt8]?], in transaction: any StoreTransaction
    ) throws {
        if event.isWithdrawal { return }
        for (key, content) in narrowed {
            // What a later event tells is not this one's to note.
            guard let view = try current(key, of: event, in: transaction) else { continue }
            guard let content else {
                try forget(view, in: transaction)
                continue
            }
            try transaction.save(
                ReleasedView(
                    key: key, consumer: consumer, digest: store.digest(content), content: content, event: view.event))
        }
        let sent = event.entities.filter { narrowed[$0] != .some(nil) }
        for key in sent {
            // An earlier event of the same thing was suppressed, and its view with it: this one is sent all the same.
            guard let view = try current(key, of: event, in: transaction), view.digest == nil else { continue }
            try transaction.save(
                ReleasedView(key: key, consumer: consumer, digest: .unknown, content: view.content, event: view.event))
        }
        try transaction.markSent(sent, to: consumer)
    }

    /// The view that the consumer was to have by this event; nil when a later one has taken its place.
    private func current(_ key: EntityKey, of event: QueuedEvent, in transaction: any StoreTransaction) throws
        -> ReleasedView?
    {
        guard let view = try transaction.released(key, to: consumer), view.event ?? event.id == event.id else {
            return nil
        }
        return view
    }

    /// What was not sent is not what the consumer knows: the next message about it releases it again, if it may be told
    /// by then. Of what was sent earlier the consumer still knows an older state, which a withdrawal must find.
    private func noteSuppression(of event: QueuedEvent, in transaction: any StoreTransaction) throws {
        if event.isWithdrawal { return }
        for key in event.entities {
            guard let view = try current(key, of: event, in: transaction), view.digest != nil else { continue }
            try forget(view, in: transaction)
        }
    }

    private func forget(_ view: ReleasedView, in transaction: any StoreTransaction) throws {
        try transaction.save(
            ReleasedView(
                key: view.key, consumer: consumer, digest: view.isSent ? .unknown : nil,
                content: view.isSent ? view.content : [], event: view.event))
    }

    /// What waits, and when the next of it is due.
    func outlook(now: Date) async throws -> (backlog: DeliveryBacklog, due: Date?) {
        try await store.read { [consumer] in
            (try $0.backlog(of: consumer), try $0.nextDue(for: consumer, now: now))
        }
    }
}

extension QueuedEvent {
    /// Whether it says no more than that something may no longer be seen (events.md, *Event types*).
    var isWithdrawal: Bool { type.hasSuffix("-withdrawn-1") }
}

extension AuditEntry {
    static func of(_ event: QueuedEvent, action: String, at time: Date, rule: String? = nil) -> AuditEntry {
        AuditEntry(
            action: action, at: time, event: event.id, consumer: event.consumer, patient: event.patient,
            kind: event.entities.first?.kind, rule: rule)
    }
}
