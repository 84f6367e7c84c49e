/// What an attempt came to. `because` is a stable code for log, status and dead letter, never a text from outside.
package enum DeliveryOutcome: Sendable, Equatable {
    case accepted
    /// The consumer or the way to it is busy or away; `after` is what it asked for.
    case retry(after: Duration?, because: String)
    /// The endpoint is at fault and would refuse every event alike: the breaker opens, the event stays.
    case endpointFault(because: String)
    /// The consumer does not want this event, now or later.
    case rejected(because: String, status: Int)
    /// 410: as ``rejected(because:status:)``, and the consumer wants no further event either.
    case gone(because: String, status: Int)
}
