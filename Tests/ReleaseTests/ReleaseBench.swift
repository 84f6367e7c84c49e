import CanonicalModel
import MessageMapping
import Release
import Testing

/// Asks the policy as the gateway does, with evidence that permits unless a test says otherwise.
struct ReleaseBench {
    /// An adult in July 2024, with everything granted by name.
    static let today = "2024-07-15"
    static let everything = OnlineAccessGrant(appointments: true, prescriptions: true, record: .full)

    var audience = Audience.patient
    var birthDate: String? = "1980-02-03"
    var restricted: Bool?
    var access: OnlineAccessGrant? = everything
    var implied: OnlineAccessGrant?
    var isKnown = true
    var isConfidential = false
    var today = Self.today
    /// Beside whoever has what ``access`` grants, so that a proxy by name has as much as the patient.
    var otherProxies: [ProxyGrant] = []
    var settings = ReleaseSettings()
    var practice = ""
    /// What else is known of the patient.
    var standing: @Sendable (inout PatientStanding) -> Void = { _ in }

    func booking(_ json: String) throws -> ReleaseDecision { try decide(.booking, json, "booking") }
    func prescription(_ json: String) throws -> ReleaseDecision { try decide(.prescription, json, "prescription") }

    func section(_ name: String, _ json: String) throws -> ReleaseDecision {
        try decide(.recordSection(name), json, CanonicalShapes.shape(named: name)?.name ?? "allergies")
    }

    func access(_ json: String) throws -> ReleaseDecision { try decide(.onlineAccess, json, "onlineAccess") }

    func decide(_ subject: ReleaseSubject) throws -> ReleaseDecision {
        let day = try #require(PartialDate(today)?.civilDate)
        var standing: PatientStanding?
        if isKnown {
            var known = PatientStanding(
                nhsNumber: "9990000018", birthDate: birthDate, restricted: restricted, access: access)
            let named = access.map { [ProxyGrant(id: "x1", services: $0)] } ?? []
            known.proxies = named.isEmpty && otherProxies.isEmpty ? nil : named + otherProxies
            self.standing(&known)
            standing = known
        }
        let evidence = ReleaseEvidence(standing: standing, implied: implied, practice: practice, today: day)
        return ReleasePolicy(settings: settings).decide(subject, for: audience, on: evidence)
    }

    private func decide(_ kind: ReleaseSubject.Kind, _ json: String, _ shape: String) throws -> ReleaseDecision {
        let message = try CanonicalReader.read(Array(json.utf8), as: CanonicalShapes.required(shape))
        return try decide(ReleaseSubject(kind: kind, message: message, isConfidential: isConfidential))
    }

    /// The same bench with something changed.
    func with(_ change: (inout ReleaseBench) -> Void) -> ReleaseBench {
        var bench = self
        change(&bench)
        return bench
    }
}

extension ReleaseDecision {
    var view: PermittedView? {
        if case .permitted(let view) = self { return view }
        return nil
    }

    var text: String? { view.map { String(decoding: $0.content, as: UTF8.self) } }

    var rule: ReleaseRule? {
        if case .denied(let rule) = self { return rule }
        return nil
    }
}
