extension CanonicalMessage {
    /// What the message says the practice granted to its patient by name; nil where it says nothing of it.
    package var grantedAccess: OnlineAccessGrant? {
        guard let access = first(CanonicalFields.Message.onlineAccess, in: 0),
            let services = first(CanonicalFields.OnlineAccess.services, in: access)
        else { return nil }
        return OnlineAccessGrant(
            appointments: string(CanonicalFields.OnlineAccess.appointments, in: services) == "true",
            prescriptions: string(CanonicalFields.OnlineAccess.prescriptions, in: services) == "true",
            record: string(CanonicalFields.OnlineAccess.record, in: services).flatMap(RecordLevel.init) ?? .none)
    }
}
