/// Why a request has no answer. It names no URL, no header and no body, so it may be logged as it is.
package struct HTTPTransferFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// Stable, for logs and status.
    package enum Code: String, Sendable, CaseIterable {
        /// The request itself cannot be sent: its URL, method or a header is not allowed.
        case requestInvalid = "request-invalid"
        case nameNotResolved = "name-not-resolved"
        case connectionRefused = "connection-refused"
        /// No connection for another reason than a refusal, for instance no route.
        case connectionFailed = "connection-failed"
        /// The connection ended before the answer was complete.
        case connectionCutOff = "connection-cut-off"
        case timeout
        /// No trusted, encrypted connection: certificate, name or protocol.
        case tls = "tls-failed"
        /// What came back is not HTTP.
        case answerMalformed = "answer-malformed"
        /// The answer's headers are over the limit.
        case answerTooLarge = "answer-too-large"
        /// As many transfers wait as may wait.
        case busy = "too-many-transfers"
        case cancelled
        /// The client was shut down.
        case closed = "client-closed"
        case other = "transfer-failed"
    }

    package let code: Code
    /// libcurl's number of the error, 0 where it is not libcurl's.
    package let number: Int

    package init(_ code: Code, number: Int = 0) {
        self.code = code
        self.number = number
    }

    package var description: String { number == 0 ? code.rawValue : "\(code.rawValue) (curl \(number))" }
}
