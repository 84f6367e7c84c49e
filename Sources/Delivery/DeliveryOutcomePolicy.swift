package import HTTPTransfer
package import struct Foundation.Date

/// What an answer, or its absence, means for the event (events.md, *Delivery rules*).
package enum DeliveryOutcomePolicy {
    /// - `now`: for a `Retry-After` that is a date.
    package static func outcome(of response: HTTPTransferResponse, now: Date) -> DeliveryOutcome {
        let status = response.status
        let because = "status-\(status)"
        switch status {
        case 200...299: return .accepted
        case 408, 425, 429, 500...599:
            let after = response.header("retry-after").flatMap { RetryAfter.delay($0, now: now) }
            return .retry(after: after, because: because)
        case 401, 403, 404, 405, 407, 421, 300...399: return .endpointFault(because: because)
        case 410: return .gone(because: because, status: status)
        // 400, 409, 413, 415 and 422 by name; any other is treated as 400 is (RFC 9110, section 15).
        case 400...499: return .rejected(because: because, status: status)
        // Neither a final answer nor a status of HTTP: nothing that an event could have caused.
        default: return .endpointFault(because: "status-unknown")
        }
    }

    package static func outcome(of fault: HTTPTransferFault) -> DeliveryOutcome {
        let because = fault.code.rawValue
        switch fault.code {
        case .timeout, .connectionCutOff, .connectionRefused, .connectionFailed, .nameNotResolved, .busy, .cancelled,
            .closed, .other:
            return .retry(after: nil, because: because)
        case .tls, .requestInvalid, .answerMalformed, .answerTooLarge: return .endpointFault(because: because)
        }
    }
}
