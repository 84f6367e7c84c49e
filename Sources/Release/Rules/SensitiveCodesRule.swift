import CanonicalModel

/// Rule 9: entries whose codes are in the sensitive refsets are withheld from organisations. The members of the refsets
/// come from the operator's file; without one nobody can say that an entry is not sensitive, so no record leaves.
///
/// An entry without a SNOMED CT code counts as a member: what it is cannot be looked up. One member anywhere inside makes
/// the entry one. Appointments carry no codes and go.
struct SensitiveCodesRule: EvidenceRule {
    var name: ReleaseRule { .sensitiveCodes }

    func denies(_ question: ReleaseQuestion) -> Bool {
        guard question.audience == .directCareOrganisation else { return false }
        switch question.subject.kind {
        case .booking, .slotList: return false
        case .onlineAccess: return false
        case .prescription:
            return question.settings.sensitiveCodes.map { isMember(question.subject.node, $0, in: question.message) }
                ?? true
        case .recordSection: return question.settings.sensitiveCodes == nil || question.subject.shape == nil
        }
    }

    func withholds(item: Int, in question: ReleaseQuestion) -> Bool {
        guard question.audience == .directCareOrganisation, let codes = question.settings.sensitiveCodes else {
            return false
        }
        return isMember(item, codes, in: question.message)
    }

    private func isMember(_ node: Int, _ sensitive: SensitiveCodes, in message: CanonicalMessage) -> Bool {
        var codes = 0
        for index in node..<Int(message.nodes[node].end) where ModelFields.codings.contains(message.nodes[index].field)
        {
            guard let code = snomed(index, in: message) else { continue }
            if sensitive.codes.contains(code) { return true }
            codes += 1
        }
        return codes == 0 || hasUncodedEntry(node, in: message)
    }

    /// An entry inside an entry (a result of a panel, a line of a consultation) is one like any other.
    private func hasUncodedEntry(_ node: Int, in message: CanonicalMessage) -> Bool {
        (node..<Int(message.nodes[node].end)).contains { index in
            let isEntry = index == node || ModelFields.entries.contains(message.nodes[index].field)
            guard isEntry, message.nodes[index].isObject else { return false }
            return !message.children(of: index).contains { child in
                ModelFields.codes.contains(message.nodes[child].field)
                    && message.children(of: child).contains {
                        ModelFields.codings.contains(message.nodes[$0].field) && snomed($0, in: message) != nil
                    }
            }
        }
    }

    /// The code of a coding of SNOMED CT; the dictionary of medicines (dm+d) takes its codes from there.
    private func snomed(_ coding: Int, in message: CanonicalMessage) -> String? {
        let systems = ["http://snomed.info/sct", "https://dmd.nhs.uk"]
        guard let system = message.string(ModelFields.codingSystem, in: coding), systems.contains(system) else {
            return nil
        }
        return message.string(ModelFields.codingCode, in: coding).flatMap { SNOMEDCode($0)?.rawValue }
    }
}
