import CanonicalModel

/// What a person is told of the online services that they have: what is in force for them, and since when they are
/// registered. Why something is not open (declined, under review) and who else acts for the patient is not told.
enum OnlineAccessView {
    static func write(_ question: ReleaseQuestion) -> PermittedView {
        var view = CanonicalMessage()
        let root = view.begin(.message)
        let grant = question.access ?? OnlineAccessGrant()
        let level = DeclinedRule.hasDeclined(question) ? .none : grant.record
        let services = view.begin(CanonicalFields.OnlineAccess.services)
        view.append(CanonicalFields.OnlineAccess.appointments, grant.appointments ? "true" : "false")
        view.append(CanonicalFields.OnlineAccess.prescriptions, grant.prescriptions ? "true" : "false")
        view.append(CanonicalFields.OnlineAccess.record, level.rawValue)
        if level != .none, case .day(let day) = question.prospectiveFrom {
            view.append(CanonicalFields.OnlineAccess.recordProspectiveFrom, day.description)
        }
        view.end(services)
        if question.audience == .patient,
            let registered = question.message.first(CanonicalFields.OnlineAccess.registered, in: question.subject.node)
        {
            view.append(CanonicalFields.OnlineAccess.registered, question.message.bytes(registered))
        }
        view.end(root)
        return PermittedView(content: CanonicalJSONWriter.write(view))
    }
}
