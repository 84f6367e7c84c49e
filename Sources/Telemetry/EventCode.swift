package import Logging

/// The stable codes of log lines. Operators and their scripts search for these; the sentence beside one may change.
package enum EventCode: String, Sendable, CaseIterable {
    case gatewayStarted = "gateway-started"
    case gatewayStopping = "gateway-stopping"
    case gatewayStopped = "gateway-stopped"
    case configurationReloaded = "configuration-reloaded"
    case configurationRefused = "configuration-refused"

    case messageAccepted = "message-accepted"
    case messageRepeated = "message-repeated"
    case messageRefused = "message-refused"
    case messageRead = "message-read"
    case messageAwaiting = "message-awaiting-identity"
    case messageQuarantined = "message-quarantined"
    case fileStarted = "file-started"
    case fileProgress = "file-progress"
    case fileSplit = "file-split"
    case fileBroken = "file-broken"
    case linkLearned = "link-learned"
    case reviewBegun = "review-begun"

    case sourceFailed = "source-failed"
    case sourceRecovered = "source-recovered"

    case eventDelivered = "event-delivered"
    case eventRetry = "event-retry"
    case eventDeadLettered = "event-dead-lettered"
    case eventSuppressed = "event-suppressed"
    case endpointFault = "endpoint-fault"
    case breakerOpened = "breaker-opened"
    case breakerClosed = "breaker-closed"

    case storeFailed = "store-failed"
    case statusFileFailed = "status-file-failed"
}

extension Logger {
    /// Writes one coded line. `fields` must not carry anything about a patient but a keyed hash.
    package func event(
        _ code: EventCode, level: Logger.Level = .info, _ sentence: Logger.Message, _ fields: [String: String] = [:]
    ) {
        var metadata: Logger.Metadata = ["code": .string(code.rawValue)]
        for (key, value) in fields { metadata[key] = .string(value) }
        log(level: level, sentence, metadata: metadata)
    }
}
