package import struct Foundation.Date
import Synchronization

/// What the daemon is doing now, kept by everyone who does it and written to the status file every few seconds. It holds
/// counts, times and codes, nothing about a patient.
package final class StatusBoard: Sendable {
    /// One source or one consumer.
    package struct Line: Sendable, Codable, Equatable {
        package var counts: [String: Int] = [:]
        package var lastSuccess: Date?
        package var lastError: String?
        package var lastErrorAt: Date?
        package var backlog: Int = 0
        package var oldestWaiting: Date?
        package var state: String = "running"

        package init() {}
    }

    private struct Lines {
        var sources: [String: Line] = [:]
        var consumers: [String: Line] = [:]
        var issues: [String: [String: Int]] = [:]
    }

    private let lines = Mutex(Lines())

    package init(sources: [String] = [], consumers: [String] = []) {
        lines.withLock {
            for name in sources { $0.sources[name] = Line() }
            for name in consumers { $0.consumers[name] = Line() }
        }
    }

    package var sources: [String: Line] { lines.withLock { $0.sources } }
    package var consumers: [String: Line] { lines.withLock { $0.consumers } }
    /// What messages lost or could not say, by mapping and code.
    package var issues: [String: [String: Int]] { lines.withLock { $0.issues } }

    /// Counts an issue that a mapping raised.
    package func count(issue code: String, of mapping: String, by amount: Int = 1) {
        lines.withLock { $0.issues[mapping, default: [:]][code, default: 0] += amount }
        GatewayMetrics.issues(mapping: mapping, code: code, by: amount)
    }

    package func count(source: String, _ what: String, by amount: Int = 1, at time: Date? = nil) {
        lines.withLock {
            $0.sources[source, default: Line()].counts[what, default: 0] += amount
            if let time { $0.sources[source]?.lastSuccess = time }
        }
        GatewayMetrics.source(source, what, by: amount)
    }

    package func count(consumer: String, _ what: String, by amount: Int = 1, at time: Date? = nil) {
        lines.withLock {
            $0.consumers[consumer, default: Line()].counts[what, default: 0] += amount
            if let time { $0.consumers[consumer]?.lastSuccess = time }
        }
        GatewayMetrics.consumer(consumer, what, by: amount)
    }

    /// `code` is a stable code, never a text from outside.
    package func fail(source: String, _ code: String, at time: Date) {
        lines.withLock {
            $0.sources[source, default: Line()].lastError = code
            $0.sources[source]?.lastErrorAt = time
        }
    }

    package func fail(consumer: String, _ code: String, at time: Date) {
        lines.withLock {
            $0.consumers[consumer, default: Line()].lastError = code
            $0.consumers[consumer]?.lastErrorAt = time
        }
    }

    package func update(source: String, _ change: (inout Line) -> Void) {
        lines.withLock { change(&$0.sources[source, default: Line()]) }
    }

    package func update(consumer: String, _ change: (inout Line) -> Void) {
        lines.withLock { change(&$0.consumers[consumer, default: Line()]) }
    }
}
