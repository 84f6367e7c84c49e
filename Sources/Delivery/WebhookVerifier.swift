import Crypto
package import Foundation

/// Checks a Standard Webhooks signature, as a consumer does. Comparison takes the same time wherever codes differ.
package struct WebhookVerifier: Sendable {
    /// Why a request is not taken as genuine.
    package enum Refusal: String, Sendable {
        case headersMissing = "signature-missing"
        case timestampInvalid = "timestamp-invalid"
        /// Older or newer than the tolerance: it may be a replay.
        case timestampOutOfRange = "timestamp-out-of-range"
        case noMatch = "signature-wrong"
    }

    /// Signatures looked at in one header.
    private static let signatureLimit = 16

    private let secrets: [WebhookSecret]
    private let tolerance: Duration

    package init(secrets: [WebhookSecret], tolerance: Duration = .seconds(300)) {
        self.secrets = secrets
        self.tolerance = tolerance
    }

    /// - `header`: looks a header up by its lower-case name.
    /// - Returns: nil when one of the secrets made one of the signatures.
    package func check(header: (String) -> String?, body: [UInt8], now: Date) -> Refusal? {
        guard let id = header("webhook-id"), let timestamp = header("webhook-timestamp"),
            let signatures = header("webhook-signature")
        else { return .headersMissing }
        guard let seconds = Int64(timestamp), String(seconds) == timestamp else { return .timestampInvalid }
        guard abs(Double(seconds) - now.timeIntervalSince1970) <= tolerance.seconds else { return .timestampOutOfRange }
        let codes = signatures.split(separator: " ").prefix(Self.signatureLimit).compactMap { signature in
            signature.hasPrefix("v1,") ? Data(base64Encoded: String(signature.dropFirst(3))) : nil
        }
        var matches = false
        for secret in secrets {
            let expected = WebhookSigner.code(secret, id: id, timestamp: timestamp, body: body)
            // swift-crypto compares a code with bytes in constant time.
            for code in codes where expected == code { matches = true }
        }
        return matches ? nil : .noMatch
    }
}
