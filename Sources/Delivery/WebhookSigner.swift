import Crypto
package import Foundation

/// Signs what is sent, as Standard Webhooks say: HMAC-SHA-256 over `id.timestamp.body`, for each secret one signature.
package struct WebhookSigner: Sendable {
    private let secrets: [WebhookSecret]

    package init(secrets: [WebhookSecret]) { self.secrets = secrets }

    /// The three headers; none without a secret.
    package func headers(id: String, at time: Date, body: [UInt8]) -> [(name: String, value: String)] {
        guard !secrets.isEmpty else { return [] }
        let timestamp = String(Int64(time.timeIntervalSince1970.rounded(.down)))
        let signatures = secrets.map { secret in
            "v1," + Data(Self.code(secret, id: id, timestamp: timestamp, body: body)).base64EncodedString()
        }
        return [
            ("webhook-id", id), ("webhook-timestamp", timestamp),
            ("webhook-signature", signatures.joined(separator: " ")),
        ]
    }

    static func code(_ secret: WebhookSecret, id: String, timestamp: String, body: [UInt8]) -> HMAC<SHA256>.MAC {
        var hmac = HMAC<SHA256>(key: SymmetricKey(data: secret.key))
        hmac.update(data: Array("\(id).\(timestamp).".utf8))
        hmac.update(data: body)
        return hmac.finalize()
    }
}
