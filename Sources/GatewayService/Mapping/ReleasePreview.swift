package import CanonicalModel
import MessageMapping
package import Release

/// What of one message would leave for an audience, asked of the release policy as the daemon asks it, but of nothing
/// except this message: what is known of the patient is what it says, with what came with it.
package struct ReleasePreview: Sendable {
    /// A message with the permitted parts alone.
    package let message: CanonicalMessage
    /// Entities, items and fields withheld, by the rule that withholds them.
    package let withheld: [ReleaseRule: Int]

    /// `grant` stands for a decision of the practice about the patient and beats what the message says of it; `today` is
    /// the day in London.
    package init(
        of message: CanonicalMessage, transport: TransportContext, audience: Audience, grant: OnlineAccessGrant?,
        today: CivilDate
    ) {
        let evidence = ReleaseEvidence(
            standing: Self.standing(message, transport, grant: grant ?? message.grantedAccess), today: today)
        var parts: [String: [String]] = [:]
        var withheld: [ReleaseRule: Int] = [:]
        for subject in Self.subjects(message) {
            switch ReleasePolicy().decide(subject, for: audience, on: evidence) {
            case .denied(let rule): withheld[rule, default: 0] += 1
            case .permitted(let view):
                withheld.merge(view.withheld, uniquingKeysWith: +)
                parts[Self.place(of: subject.kind), default: []].append(String(decoding: view.content, as: UTF8.self))
            }
        }
        self.message = Self.joined(parts)
        self.withheld = withheld
    }

    /// Each rule with its count, in the order in which rules are asked.
    package var withheldByRule: [(rule: String, count: Int)] {
        ReleaseRule.allCases.compactMap { rule in withheld[rule].map { (rule.rawValue, $0) } }
    }

    private static func standing(
        _ message: CanonicalMessage, _ transport: TransportContext, grant: OnlineAccessGrant?
    ) -> PatientStanding {
        let patient = CanonicalFields.Message.patient
        return PatientStanding(
            // Of the number the policy asks nothing; the daemon would know it by a link.
            nhsNumber: message.string(patient, CanonicalFields.Patient.nhsNumber) ?? transport[.nhsNumber] ?? "",
            birthDate: message.string(patient, CanonicalFields.Patient.birthDate) ?? transport[.birthDate],
            restricted: message.string(patient, CanonicalFields.Patient.restricted).map { $0 == "true" },
            access: grant)
    }

    private static func subjects(_ message: CanonicalMessage) -> [ReleaseSubject] {
        func subject(_ kind: ReleaseSubject.Kind, _ node: Int) -> ReleaseSubject {
            var isConfidential = message.nodes[node].isConfidential
            // A section is marked item by item.
            if case .recordSection = kind { isConfidential = false }
            return ReleaseSubject(kind: kind, message: message, node: node, isConfidential: isConfidential)
        }
        let bookings = message.all(CanonicalFields.Message.bookings, in: 0).map { subject(.booking, $0) }
        let prescriptions = message.all(CanonicalFields.Message.prescriptions, in: 0)
            .map { subject(.prescription, $0) }
        guard let record = message.first(CanonicalFields.Message.recordSummary, in: 0),
            let sections = message.first(CanonicalFields.sections, in: record)
        else { return bookings + prescriptions }
        return bookings + prescriptions
            + message.children(of: sections).map { node in
                subject(.recordSection(CanonicalShapes.field(message.nodes[node].field).name), node)
            }
    }

    /// The list or the section of the message that a part belongs to.
    private static func place(of kind: ReleaseSubject.Kind) -> String {
        switch kind {
        case .booking: "bookings"
        case .prescription: "prescriptions"
        case .recordSection(let name): name
        }
    }

    private static func joined(_ parts: [String: [String]]) -> CanonicalMessage {
        var fields: [String] = []
        var sections: [String] = []
        for (place, contents) in parts {
            if place == "bookings" || place == "prescriptions" {
                fields.append("\"\(place)\":[\(contents.joined(separator: ","))]")
            } else {
                sections.append("\"\(place)\":\(contents.joined(separator: ","))")
            }
        }
        if !sections.isEmpty { fields.append("\"recordSummary\":{\"sections\":{\(sections.joined(separator: ","))}}") }
        let text = "{\(fields.joined(separator: ","))}"
        return (try? CanonicalReader.read(Array(text.utf8), as: CanonicalShapes.message)) ?? CanonicalMessage()
    }
}
