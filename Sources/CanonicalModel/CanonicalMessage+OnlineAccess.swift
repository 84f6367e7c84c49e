extension CanonicalMessage {
    /// What the message says the practice granted to its patient by name; nil where it says nothing of it.
    package var grantedAccess: OnlineAccessGrant? {
        guard let access = first(CanonicalFields.Message.onlineAccess, in: 0),
            let services = first(CanonicalFields.OnlineAccess.services, in: access)
        else { return nil }
        return grant(services)
    }

    /// A word of the message about online access that is true or false; nil where it says nothing of it.
    package func accessFlag(_ field: FieldID) -> Bool? {
        string(CanonicalFields.Message.onlineAccess, field).map { $0 == "true" }
    }

    /// Who acts for the patient; nil where the message names nobody.
    package var proxies: [ProxyGrant]? {
        guard let access = first(CanonicalFields.Message.onlineAccess, in: 0) else { return nil }
        let proxies = all(CanonicalFields.OnlineAccess.proxies, in: access).compactMap { node -> ProxyGrant? in
            guard let id = string(CanonicalFields.Proxy.id, in: node),
                let services = first(CanonicalFields.Proxy.services, in: node)
            else { return nil }
            return ProxyGrant(
                id: id, services: grant(services), from: string(CanonicalFields.Proxy.from, in: node),
                until: string(CanonicalFields.Proxy.until, in: node))
        }
        return proxies.isEmpty ? nil : proxies
    }

    private func grant(_ services: Int) -> OnlineAccessGrant {
        let level = string(CanonicalFields.OnlineAccess.record, in: services).flatMap(RecordLevel.init)
        return OnlineAccessGrant(
            appointments: string(CanonicalFields.OnlineAccess.appointments, in: services) == "true",
            prescriptions: string(CanonicalFields.OnlineAccess.prescriptions, in: services) == "true",
            record: level ?? .none,
            recordProspectiveFrom: string(CanonicalFields.OnlineAccess.recordProspectiveFrom, in: services))
    }
}
