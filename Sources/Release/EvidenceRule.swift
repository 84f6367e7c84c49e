import CanonicalModel

/// One rule of the policy. It sees the whole question and answers at three depths: the entity, an item of a section, a
/// field.
protocol EvidenceRule: Sendable {
    /// The name under which what it denies is counted.
    var name: ReleaseRule { get }

    /// Whether nothing of the entity may leave.
    func denies(_ question: ReleaseQuestion) -> Bool

    /// Whether an item of a section is left out, as a whole.
    func withholds(item: Int, in question: ReleaseQuestion) -> Bool

    /// The fields that are left out at any depth.
    func withheldFields(_ question: ReleaseQuestion) -> Set<FieldID>
}

extension EvidenceRule {
    func denies(_ question: ReleaseQuestion) -> Bool { false }
    func withholds(item: Int, in question: ReleaseQuestion) -> Bool { false }
    func withheldFields(_ question: ReleaseQuestion) -> Set<FieldID> { [] }
}
