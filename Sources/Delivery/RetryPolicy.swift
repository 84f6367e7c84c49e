package import struct Foundation.Date

/// When a failed event is tried again: exponential backoff with full jitter (a wait drawn evenly from zero to the
/// backoff), so that consumers that come back are not met by everyone at once.
package struct RetryPolicy: Sendable {
    /// What follows a failed attempt.
    package enum Decision: Sendable, Equatable {
        case retry(at: Date)
        /// It is older than `giveUpAfter`.
        case giveUp
    }

    /// The backoff after the first failure.
    package var first: Duration
    /// No backoff is longer.
    package var longest: Duration
    package var giveUpAfter: Duration
    /// Draws a number from 0 up to 1.
    private let random: @Sendable () -> Double

    package init(
        first: Duration = .seconds(1), longest: Duration = .seconds(900), giveUpAfter: Duration = .seconds(72 * 3600),
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) {
        self.first = first
        self.longest = longest
        self.giveUpAfter = giveUpAfter
        self.random = random
    }

    /// - `attempts`: made before the one that failed.
    /// - `queuedAt`: an event that waited behind another one still gets its one attempt, however old it is.
    /// - `requested`: the consumer's `Retry-After`; the wait is never shorter.
    package func afterFailure(attempts: Int, queuedAt: Date, now: Date, requested: Duration? = nil) -> Decision {
        let deadline = queuedAt.addingTimeInterval(giveUpAfter.seconds)
        guard now < deadline else { return .giveUp }
        var wait = backoff(attempts: attempts).seconds * random()
        if let requested { wait = max(wait, requested.seconds) }
        // The last attempt is made when the time is up, not a backoff later.
        return .retry(at: min(now.addingTimeInterval(wait), deadline))
    }

    /// The upper end of the wait.
    package func backoff(attempts: Int) -> Duration {
        var backoff = first
        var doublings = attempts
        while doublings > 0, backoff < longest {
            backoff = backoff * 2
            doublings -= 1
        }
        return min(backoff, longest)
    }
}

extension Duration {
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
