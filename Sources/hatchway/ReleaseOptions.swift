import ArgumentParser
import CanonicalModel

/// For whom a command shows a message.
struct ReleaseOptions: ParsableArguments {
    @Option(
        name: .customLong("for"),
        help: ArgumentHelp(
            "Show only what may be released to patient, proxy, directCareOrganisation or management; what is withheld is counted by rule.",
            valueName: "audience"))
    var audienceName: String?

    @Option(
        help: ArgumentHelp(
            "What the practice granted to the patient: appointments, prescriptions, record=LEVEL. It beats what the message says.",
            valueName: "services"))
    var grant: String?

    var audience: Audience? { audienceName.flatMap(Audience.init) }

    func validate() throws {
        if let audienceName, audience == nil {
            let known = Audience.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--for \(audienceName) is unknown; \(known) are known.")
        }
        if grant != nil, audienceName == nil { throw ValidationError("--grant goes with --for.") }
        _ = try access()
    }

    func access() throws(ValidationError) -> OnlineAccessGrant? {
        guard let grant else { return nil }
        var access = OnlineAccessGrant()
        for service in grant.split(separator: ",") {
            switch service {
            case "appointments": access.appointments = true
            case "prescriptions": access.prescriptions = true
            case _ where service.hasPrefix("record="):
                guard let level = RecordLevel(rawValue: String(service.dropFirst("record=".count))) else {
                    let known = RecordLevel.allCases.map(\.rawValue).joined(separator: ", ")
                    throw ValidationError("--grant record= takes one of \(known).")
                }
                access.record = level
            default:
                throw ValidationError(
                    "--grant takes appointments, prescriptions and record=LEVEL, with commas between.")
            }
        }
        return access
    }
}
