package import struct Foundation.Date

/// Keeps a consumer that cannot take anything from being tried with every event: a pure state machine, one a consumer.
///
/// Closed, deliveries run as they come. Open, none. When its time is over, half open: one event goes as a probe; its
/// success closes the breaker, its failure opens it for twice as long.
package struct Breaker: Sendable, Equatable {
    package enum State: Sendable, Equatable {
        case closed
        case open(until: Date)
        /// The probe is on its way.
        case halfOpen
        /// The consumer said that it is gone (410): nothing is sent until the gateway is restarted or the consumer resumed.
        case paused
    }

    package private(set) var state: State = .closed
    private var failures = 0
    /// Doubles with every opening until one success.
    private var nextWait: Duration?
    private let failureLimit: Int
    private let first: Duration
    private let longest: Duration

    /// - `failureLimit`: failures in a row, in any lanes, that open it.
    package init(failureLimit: Int = 10, first: Duration = .seconds(5), longest: Duration = .seconds(300)) {
        self.failureLimit = failureLimit
        self.first = first
        self.longest = longest
    }

    /// How many deliveries may run at once now.
    /// - `concurrency`: what the consumer takes when all is well.
    package mutating func allowance(now: Date, concurrency: Int) -> Int {
        switch state {
        case .closed: return concurrency
        case .paused: return 0
        case .halfOpen: return 1
        case .open(let until):
            guard now >= until else { return 0 }
            state = .halfOpen
            return 1
        }
    }

    /// An answer that shows the endpoint working: accepted, or refused because of the event itself.
    /// - Returns: whether it was not closed before.
    @discardableResult
    package mutating func succeed() -> Bool {
        failures = 0
        switch state {
        case .closed, .paused: return false
        case .open, .halfOpen:
            nextWait = nil
            state = .closed
            return true
        }
    }

    /// A failure that the next attempt may not have.
    /// - Returns: when it may be tried again, if this failure opened the breaker.
    package mutating func fail(now: Date) -> Date? {
        failures += 1
        switch state {
        case .closed: return failures >= failureLimit ? open(now: now) : nil
        case .halfOpen: return open(now: now)
        case .open, .paused: return nil
        }
    }

    /// A failure that every event would have.
    /// - Returns: when it may be tried again, if this fault opened the breaker.
    package mutating func endpointFault(now: Date) -> Date? {
        switch state {
        case .closed, .halfOpen: return open(now: now)
        case .open, .paused: return nil
        }
    }

    package mutating func pause() { state = .paused }

    private mutating func open(now: Date) -> Date {
        let wait = min(nextWait ?? first, longest)
        nextWait = wait * 2
        failures = 0
        let until = now.addingTimeInterval(wait.seconds)
        state = .open(until: until)
        return until
    }
}

extension Breaker.State {
    /// For the status board.
    var name: String {
        switch self {
        case .closed: "running"
        case .open: "breaker-open"
        case .halfOpen: "breaker-half-open"
        case .paused: "paused"
        }
    }
}
