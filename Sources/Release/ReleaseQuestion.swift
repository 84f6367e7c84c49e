import CanonicalModel

/// One entity, one audience, and the evidence: what every rule is asked.
struct ReleaseQuestion: Sendable {
    let subject: ReleaseSubject
    let audience: Audience
    let evidence: ReleaseEvidence

    var message: CanonicalMessage { subject.message }

    /// Patients and their proxies, whose access the practice grants.
    var isForPerson: Bool { audience == .patient || audience == .proxy }

    /// The practice's decision about this patient; without one, what the source implies about all its patients.
    var access: OnlineAccessGrant? { evidence.standing?.access ?? evidence.implied }

    /// Whether the practice decided about this patient by name.
    var isIndividualDecision: Bool { evidence.standing?.access != nil }

    /// The nodes at and inside a node.
    func nodes(in node: Int) -> Range<Int> { node..<Int(message.nodes[node].end) }

    /// The items of a section; nothing else has any.
    var items: [Int] {
        guard case .recordSection = subject.kind else { return [] }
        return message.children(of: subject.node).filter { ModelFields.items.contains(message.nodes[$0].field) }
    }
}
