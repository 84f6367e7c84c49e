import CanonicalModel

extension GatewayConfiguration {
    /// What the gateway runs with, for the log and `check`: names, kinds, places and numbers. Secrets are not in a
    /// configuration at all; the paths of their files, and the query and path of a URL, which may hold a key, are left
    /// out here.
    package var redactedDescription: String {
        var lines = [
            "eventSource \(gateway.eventSource)",
            "listen \(gateway.listen.address):\(gateway.listen.port)",
            "mappings \(gateway.mappings.joined(separator: ", "))",
            "testPatients \(gateway.testPatients.rawValue)",
        ]
        for source in sources {
            switch source.kind {
            case .directory(let settings):
                lines.append("source \(source.name): directory \(settings.path), \(settings.afterwards.rawValue)")
            case .http: lines.append("source \(source.name): http, token [redacted]")
            }
        }
        for consumer in consumers {
            let events = consumer.events.map(\.text).joined(separator: ", ")
            lines.append("consumer \(consumer.name): \(consumer.origin), \(consumer.audience.rawValue), \(events)")
        }
        return lines.joined(separator: "\n")
    }
}

extension ConsumerConfiguration {
    /// Scheme, host and port of the URL, the part that is safe to show.
    package var origin: String {
        guard let host = url.firstRange(of: "://") else { return "[redacted]" }
        let rest = url[host.upperBound...]
        return String(url[..<host.upperBound] + rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" })
    }
}
