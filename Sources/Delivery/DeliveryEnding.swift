import Storage

import struct Foundation.Date

/// How the outcome of an attempt is written down: a pure decision.
struct DeliveryEnding: Sendable {
    let settlement: DeliverySettlement
    private(set) var audit: AuditEntry?
    /// The stable code of what went wrong, if anything did.
    private(set) var because: String?
    private(set) var isEndpointFault = false

    init(settlement: DeliverySettlement) { self.settlement = settlement }

    /// - `outcome`: nil when there was no attempt.
    /// - `reopening`: when an open breaker lets the next probe through.
    init(
        of outcome: DeliveryOutcome?, _ lease: LeasedEvent, _ settings: ConsumerSettings, _ retry: RetryPolicy,
        reopening: Date?, now: Date
    ) {
        let event = lease.event
        switch outcome {
        case nil: settlement = .returned
        case .accepted:
            settlement = .delivered
            audit = .of(event, action: "delivered", at: now)
        case .rejected(let because, let status), .gone(let because, let status):
            settlement = .deadLetter(because: because, status: status, hold: settings.onDeadLetter == .hold)
            audit = .of(event, action: "dead-letter", at: now, rule: because)
            self.because = because
        case .retry(_, let because), .endpointFault(let because):
            self.because = because
            var requested: Duration?
            if case .retry(let after, _) = outcome { requested = after }
            if case .endpointFault = outcome { isEndpointFault = true }
            let decision = retry.afterFailure(
                attempts: lease.attempts, queuedAt: event.queuedAt, now: now, requested: requested)
            switch decision {
            case .giveUp:
                settlement = .deadLetter(because: "given-up", status: nil, hold: settings.onDeadLetter == .hold)
                audit = .of(event, action: "dead-letter", at: now, rule: "given-up")
            case .retry(let time):
                // While the endpoint is at fault the event waits for the breaker and not for a backoff of its own.
                let due = isEndpointFault ? reopening ?? time : max(time, reopening ?? time)
                settlement = .retry(at: due, because: because)
            }
        }
    }
}
