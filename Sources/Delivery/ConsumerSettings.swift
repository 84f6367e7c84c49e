package import CanonicalModel

/// What the configuration says about one consumer, with its secrets read. It is never printed.
package struct ConsumerSettings: Sendable {
    package var name: String
    /// Where its events are posted; `EndpointPolicy` has permitted it.
    package var url: String
    package var audience: Audience
    /// CloudEvents `source` of every event: the operator's own URI.
    package var eventSource: String
    /// Sent as `Authorization: Bearer`.
    package var bearerToken: String?
    /// Standard Webhooks secrets; several during a rotation, each signs. Without any, events go unsigned.
    package var signingSecrets: [WebhookSecret]
    /// Deliveries at once, each in another lane; 1...256.
    package var concurrency: Int
    /// For one attempt.
    package var timeout: Duration
    /// Age from queueing after which a failed attempt is the last one.
    package var giveUpAfter: Duration
    /// What becomes of a lane when one of its events is a dead letter.
    package var onDeadLetter: OnDeadLetter

    /// Whether the later events of a lane go on without a dead letter or wait for the operator.
    package enum OnDeadLetter: String, Sendable, CaseIterable, Codable { case `continue`, hold }

    package init(
        name: String, url: String, audience: Audience, eventSource: String, bearerToken: String? = nil,
        signingSecrets: [WebhookSecret] = [], concurrency: Int = 8, timeout: Duration = .seconds(30),
        giveUpAfter: Duration = .seconds(72 * 3600), onDeadLetter: OnDeadLetter = .continue
    ) {
        self.name = name
        self.url = url
        self.audience = audience
        self.eventSource = eventSource
        self.bearerToken = bearerToken
        self.signingSecrets = signingSecrets
        self.concurrency = min(max(concurrency, 1), 256)
        self.timeout = timeout
        self.giveUpAfter = giveUpAfter
        self.onDeadLetter = onDeadLetter
    }
}
