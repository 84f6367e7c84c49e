import CanonicalModel
import Delivery
import FHIRPath
import Foundation
import Yams

extension ConfigurationLoader {
    func consumer(_ node: Node, path: String) -> Named<ConsumerConfiguration>? {
        guard
            let section = ConfigurationSection(
                node, path: path,
                keys: ["name", "url", "audience", "events", "representation", "signing", "auth", "delivery"],
                findings: findings)
        else { return nil }
        let name = name(section)
        let url = url(section)
        section.requires("audience", hint: Audience.allCases.map(\.rawValue).joined(separator: " | "))
        let audience = section.word("audience", as: Audience.self)
        let events = events(section)
        let representation = section.word(
            "representation", as: ConsumerConfiguration.Representation.self, notBuilt: ["fhir-r4", "signal"])
        let secrets = signingSecrets(section)
        let bearer = bearerTokenFile(section)
        let delivery = delivery(section)
        guard let name, let url, let audience else { return nil }
        let consumer = ConsumerConfiguration(
            name: name.text, url: url, audience: audience, events: events,
            representation: representation ?? .canonical, signingSecretFiles: secrets, bearerTokenFile: bearer,
            delivery: delivery)
        return Named(name: name, item: consumer)
    }

    /// Plain http carries patient data in the clear: only to this machine (events.md, *Envelope*).
    private func url(_ section: ConfigurationSection) -> String? {
        section.requires("url", hint: "https://…, where events are posted")
        guard let value = section.value("url") else { return nil }
        if let refusal = EndpointPolicy.check(value.text) {
            findings.add(at: value, "events cannot be sent to this URL (\(refusal.rawValue))", hint: refusal.hint)
            return nil
        }
        return value.text
    }

    private func events(_ section: ConfigurationSection) -> [EventPattern] {
        section.requires("events", hint: "event types or patterns such as booking-*")
        let values = section.values("events")
        if section.has("events") && values.isEmpty {
            findings.add(at: section.place(of: "events"), "names no event", hint: "for instance [\"booking-*\"]")
        }
        return values.map { value in
            let pattern = EventPattern(value.text)
            if !EventType.allCases.contains(where: pattern.matches) {
                let near = NearestName.suggestion(for: value.text, among: EventType.allCases.map(\.rawValue))
                findings.add(
                    at: value, "`\(value.text)` matches no event type",
                    hint: near.map { "did you mean `\($0)`?" } ?? "for instance booking-* or booking-booked-1")
            }
            return pattern
        }
    }

    private func signingSecrets(_ section: ConfigurationSection) -> [String] {
        guard let signing = section.section("signing", keys: ["secretFiles"]) else { return [] }
        signing.requires("secretFiles", hint: "a list of files, the newest secret first")
        return signing.values("secretFiles").compactMap { value in
            guard let file = paths.secretFile(value) else { return nil }
            guard SecretFile.read(file).flatMap({ WebhookSecret($0) }) != nil else {
                findings.add(
                    at: value, "the file holds no Standard Webhooks secret", hint: "whsec_ and 24 to 64 bytes in base64"
                )
                return nil
            }
            return file
        }
    }

    private func bearerTokenFile(_ section: ConfigurationSection) -> String? {
        guard let auth = section.section("auth", keys: ["bearer"], notBuilt: ["oauth2", "mtls"]) else { return nil }
        guard let bearer = auth.section("bearer", keys: ["tokenFile"]) else { return nil }
        bearer.requires("tokenFile", hint: "a file with the token to present")
        return bearer.value("tokenFile").flatMap(paths.secretFile)
    }

    private func delivery(_ section: ConfigurationSection) -> DeliverySettings {
        var settings = DeliverySettings(
            concurrency: 8, timeout: .seconds(30), giveUpAfter: .seconds(72 * 3600), onDeadLetter: .continue)
        guard
            let delivery = section.section(
                "delivery", keys: ["concurrency", "timeout", "giveUpAfter", "onDeadLetter", "batch"])
        else { return settings }
        settings.concurrency = delivery.integer("concurrency", within: 1...256) ?? settings.concurrency
        settings.timeout =
            delivery.duration("timeout", within: .milliseconds(100)...(.seconds(600))) ?? settings.timeout
        settings.giveUpAfter =
            delivery.duration("giveUpAfter", within: .seconds(1)...(.seconds(90 * 86_400))) ?? settings.giveUpAfter
        settings.onDeadLetter =
            delivery.word("onDeadLetter", as: DeliverySettings.OnDeadLetter.self) ?? settings.onDeadLetter
        if let batch = delivery.value("batch"), batch.text != "1" {
            findings.add(at: batch, "batches are not built yet in this version", hint: "1, or leave it out")
        }
        return settings
    }
}
