import HTTPTransfer
import Storage
import Telemetry

/// Renders, signs and posts one event, and says what it came to.
struct DeliveryCourier: Sendable {
    let settings: ConsumerSettings
    let client: CurlClient
    let signer: WebhookSigner
    let clock: WallClock

    init(settings: ConsumerSettings, client: CurlClient, clock: WallClock) {
        self.settings = settings
        self.client = client
        self.signer = WebhookSigner(secrets: settings.signingSecrets)
        self.clock = clock
    }

    func attempt(_ delivery: PreparedDelivery) async -> DeliveryOutcome {
        let event = delivery.lease.event
        let envelope = EventEnvelope(
            event, lane: delivery.lease.lane, sequence: delivery.sequence, eventSource: settings.eventSource,
            audience: settings.audience, nhsNumber: delivery.nhsNumber)
        let body = envelope.json(delivery.content)
        var headers = [(name: "Content-Type", value: EventEnvelope.contentType)]
        if let token = settings.bearerToken { headers.append(("Authorization", "Bearer \(token)")) }
        headers += signer.headers(id: event.id, at: clock.now, body: body)
        do throws(HTTPTransferFault) {
            let response = try await client.send(
                HTTPTransferRequest(
                    method: "POST", url: settings.url, headers: headers, body: body, timeout: settings.timeout))
            return DeliveryOutcomePolicy.outcome(of: response, now: clock.now)
        } catch {
            return DeliveryOutcomePolicy.outcome(of: error)
        }
    }
}
