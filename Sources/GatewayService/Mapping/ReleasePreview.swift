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
    /// Each of them, in the order of the message.
    package let reasons: [Reason]

    /// Why a part would not leave.
    package struct Reason: Sendable, Equatable {
        /// For instance `recordSummary.sections.allergies.items[2]`.
        package let place: String
        package let rule: ReleaseRule
    }

    /// `grant` stands for a decision of the practice about the patient, and about who acts for the patient, and beats what
    /// the message says of it; `settings` are the operator's, where there are any; `today` is the day in London.
    package init(
        of message: CanonicalMessage, transport: TransportContext, audience: Audience, grant: OnlineAccessGrant?,
        settings: ReleaseSettings? = nil, today: CivilDate
    ) {
        let practice =
            message.string(CanonicalFields.Message.practice, CanonicalFields.odsCode) ?? transport[.odsCode] ?? ""
        let evidence = ReleaseEvidence(
            standing: Self.standing(message, transport, grant: grant), practice: practice, today: today)
        let policy = ReleasePolicy(settings: settings ?? ReleaseSettings())
        var parts: [String: [String]] = [:]
        var withheld: [ReleaseRule: Int] = [:]
        var reasons: [Reason] = []
        let places = MessagePlaces(message)
        for subject in Self.subjects(message) {
            switch policy.decide(subject, for: audience, on: evidence) {
            case .denied(let rule):
                withheld[rule, default: 0] += 1
                reasons.append(Reason(place: places.text(of: subject.node), rule: rule))
            case .permitted(let view):
                withheld.merge(view.withheld, uniquingKeysWith: +)
                reasons += view.places.map { Reason(place: places.text(of: $0.node), rule: $0.rule) }
                parts[Self.place(of: subject.kind), default: []].append(String(decoding: view.content, as: UTF8.self))
            }
        }
        self.message = Self.joined(parts)
        self.withheld = withheld
        self.reasons = reasons
    }

    /// Each rule with its count, in the order in which rules are asked.
    package var withheldByRule: [(rule: String, count: Int)] {
        ReleaseRule.allCases.compactMap { rule in withheld[rule].map { (rule.rawValue, $0) } }
    }

    /// A line for each part that would not leave: the rule and where in the message.
    package func explanation() -> String {
        let width = reasons.map(\.rule.rawValue.count).max() ?? 0
        return reasons.map { reason in
            let rule = reason.rule.rawValue
            return rule + String(repeating: " ", count: width - rule.count + 2) + reason.place + "\n"
        }.joined()
    }

    private static func standing(
        _ message: CanonicalMessage, _ transport: TransportContext, grant: OnlineAccessGrant?
    ) -> PatientStanding {
        let patient = CanonicalFields.Message.patient
        var standing = PatientStanding(
            // Of the number the policy asks nothing; the daemon would know it by a link.
            nhsNumber: message.string(patient, CanonicalFields.Patient.nhsNumber) ?? transport[.nhsNumber] ?? "",
            birthDate: message.string(patient, CanonicalFields.Patient.birthDate) ?? transport[.birthDate],
            restricted: message.string(patient, CanonicalFields.Patient.restricted).map { $0 == "true" },
            access: grant ?? message.grantedAccess)
        standing.proxies = grant.map { [ProxyGrant(id: "asked", services: $0)] } ?? message.proxies
        standing.declined = message.accessFlag(CanonicalFields.OnlineAccess.declined)
        standing.enhancedReview = message.accessFlag(CanonicalFields.OnlineAccess.enhancedReview)
        standing.dissent = message.accessFlag(CanonicalFields.OnlineAccess.dissent)
        return standing
    }

    private static func subjects(_ message: CanonicalMessage) -> [ReleaseSubject] {
        func subject(_ kind: ReleaseSubject.Kind, _ node: Int) -> ReleaseSubject {
            var isConfidential = message.nodes[node].isConfidential
            // A section is marked item by item.
            if case .recordSection = kind { isConfidential = false }
            return ReleaseSubject(kind: kind, message: message, node: node, isConfidential: isConfidential)
        }
        var subjects = message.all(CanonicalFields.Message.bookings, in: 0).map { subject(.booking, $0) }
        subjects += message.all(CanonicalFields.Message.prescriptions, in: 0).map { subject(.prescription, $0) }
        if let record = message.first(CanonicalFields.Message.recordSummary, in: 0),
            let sections = message.first(CanonicalFields.sections, in: record)
        {
            subjects += message.children(of: sections).map { node in
                subject(.recordSection(CanonicalShapes.field(message.nodes[node].field).name), node)
            }
        }
        subjects += message.all(CanonicalFields.Message.onlineAccess, in: 0).map { subject(.onlineAccess, $0) }
        if let slots = slots(message) { subjects.append(ReleaseSubject(kind: .slotList, message: slots)) }
        return subjects
    }

    private static func slots(_ message: CanonicalMessage) -> CanonicalMessage? {
        let nodes = message.all(CanonicalFields.Message.slots, in: 0)
        let slots = nodes.map { String(decoding: CanonicalJSONWriter.write(message, node: $0), as: UTF8.self) }
        return slots.isEmpty ? nil : read("{\"slots\":[\(slots.joined(separator: ","))]}")
    }

    /// The list or the section of the message that a part belongs to.
    private static func place(of kind: ReleaseSubject.Kind) -> String {
        switch kind {
        case .booking: "bookings"
        case .prescription: "prescriptions"
        case .recordSection(let name): name
        case .onlineAccess: "onlineAccess"
        case .slotList: "slots"
        }
    }

    private static func joined(_ parts: [String: [String]]) -> CanonicalMessage {
        var fields: [String] = []
        var sections: [String] = []
        for (place, contents) in parts {
            switch place {
            case "bookings", "prescriptions": fields.append("\"\(place)\":[\(contents.joined(separator: ","))]")
            case "onlineAccess": fields.append("\"\(place)\":\(contents.joined())")
            // Of slots the view is a message by itself.
            case "slots": fields.append(String(contents.joined().dropFirst().dropLast()))
            default: sections.append("\"\(place)\":\(contents.joined(separator: ","))")
            }
        }
        if !sections.isEmpty { fields.append("\"recordSummary\":{\"sections\":{\(sections.joined(separator: ","))}}") }
        return read("{\(fields.filter { !$0.isEmpty }.joined(separator: ","))}") ?? CanonicalMessage()
    }

    private static func read(_ json: String) -> CanonicalMessage? {
        try? CanonicalReader.read(Array(json.utf8), as: CanonicalShapes.message)
    }
}

/// Where the nodes of a message stand, for people.
private struct MessagePlaces {
    private var places: [Int: String] = [:]

    init(_ message: CanonicalMessage) {
        if !message.nodes.isEmpty { visit(0, "", message) }
    }

    func text(of node: Int) -> String { places[node].flatMap { $0.isEmpty ? nil : $0 } ?? "slots" }

    private mutating func visit(_ node: Int, _ path: String, _ message: CanonicalMessage) {
        places[node] = path
        guard message.nodes[node].isObject else { return }
        var positions: [FieldID: Int] = [:]
        for child in message.children(of: node) {
            let field = CanonicalShapes.field(message.nodes[child].field)
            let position = positions[field.id, default: 0]
            positions[field.id] = position + 1
            let name = field.isList ? "\(field.name)[\(position)]" : field.name
            visit(child, path.isEmpty ? name : "\(path).\(name)", message)
        }
    }
}
