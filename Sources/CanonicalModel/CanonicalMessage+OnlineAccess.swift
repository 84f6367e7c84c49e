extension CanonicalMessage {
    /// What the message says the practice granted to its patient by name; nil where it says nothing of it.
    ///
    /// What the release policy's rules do not tell apart yet is granted as no record: one that is granted only from a day
    /// on (rule 3), a declined one (rule 6), one under enhanced review (rule 7).
    package var grantedAccess: OnlineAccessGrant? {
        guard let access = first(CanonicalFields.Message.onlineAccess, in: 0) else { return nil }
        let isHeldBack =
            string(CanonicalFields.OnlineAccess.declined, in: access) == "true"
            || string(CanonicalFields.OnlineAccess.enhancedReview, in: access) == "true"
        guard let services = first(CanonicalFields.OnlineAccess.services, in: access) else {
            return isHeldBack ? OnlineAccessGrant() : nil
        }
        let isProspective = first(CanonicalFields.OnlineAccess.recordProspectiveFrom, in: services) != nil
        let level = string(CanonicalFields.OnlineAccess.record, in: services).flatMap(RecordLevel.init)
        return OnlineAccessGrant(
            appointments: string(CanonicalFields.OnlineAccess.appointments, in: services) == "true",
            prescriptions: string(CanonicalFields.OnlineAccess.prescriptions, in: services) == "true",
            record: isHeldBack || isProspective ? .none : level ?? .none)
    }
}
