import CanonicalModel

/// Writes the permitted view of an entity that no rule denies.
///
/// An organisation is told that entries of a section are withheld, though not which (`withheldReason`). A person is not.
///
/// What may remain is copied and the rest never touched, so that nothing withheld reaches the output by oversight.
/// Nothing about it can be inferred either (architecture.md, invariant 4): the view for a patient or proxy is the same,
/// byte for byte, as if the withheld entries did not exist. Three things beside the entries would tell of them. For
/// patients and proxies they go too, uncounted, since what they tell of is counted where it is withheld:
///
/// - The marks `confidential` and `ready`, and a section's `withheldReason`.
/// - Links. The name of a thing that is not there says that there is one. A link stays when the item that it names is in
///   this very view; what another section shows cannot be known here, and unknown is denied.
/// - The state of a section without permitted items. Were it `empty` only where the source has nothing, any other word
///   would give the withheld away; were it `empty` also where all is withheld, a patient with an allergy would be told
///   that there is none. So it is neither: with items a section is `present`, without any `undetermined`. What the source
///   `failed` to give or left `undetermined` stays so: that does not depend on what is withheld.
struct PermittedViewWriter {
    private let question: ReleaseQuestion
    private let source: CanonicalMessage
    /// The rule that leaves out each field that is left out.
    private let fieldRules: [FieldID: ReleaseRule]
    private let withheldItems: Set<Int>
    /// The ids of the items that stay.
    private let visible: Set<ArraySlice<UInt8>>
    private var withheld: [ReleaseRule: Int] = [:]
    private var places: [WithheldPlace] = []
    /// *Items excluded due to confidentiality and/or patient preferences.*
    private static let confidentialItems = "confidential-items"
    private var copy = CanonicalMessage()

    static func write(_ question: ReleaseQuestion, rules: [any EvidenceRule]) -> PermittedView {
        var writer = PermittedViewWriter(question, rules: rules)
        writer.copyEntity()
        return PermittedView(
            content: CanonicalJSONWriter.write(writer.copy), withheld: writer.withheld, places: writer.places)
    }

    private init(_ question: ReleaseQuestion, rules: [any EvidenceRule]) {
        self.question = question
        let source = question.message
        self.source = source

        var fieldRules: [FieldID: ReleaseRule] = [:]
        for rule in rules {
            for field in rule.withheldFields(question) where fieldRules[field] == nil { fieldRules[field] = rule.name }
        }
        self.fieldRules = fieldRules

        var withheldItems: Set<Int> = []
        var visible: Set<ArraySlice<UInt8>> = []
        for item in question.items {
            if let rule = rules.first(where: { $0.withholds(item: item, in: question) }) {
                withheldItems.insert(item)
                withheld[rule.name, default: 0] += 1
                places.append(WithheldPlace(node: item, rule: rule.name))
            } else if let id = source.children(of: item).first(where: {
                ModelFields.id.contains(source.nodes[$0].field)
            }) {
                visible.insert(source.bytes(id))
            }
        }
        self.withheldItems = withheldItems
        self.visible = visible
    }

    private mutating func copyEntity() {
        let root = copy.begin(.message)
        // What is not of the entity's shape is not what the rules were asked about.
        for node in source.children(of: question.subject.node)
        where CanonicalShapes.field(source.nodes[node].field).shape == question.subject.shape {
            copyNode(node)
        }
        if tellsReason, let field = question.subject.shape.flatMap(reasonField) {
            copy.append(field, Self.confidentialItems)
        }
        copy.end(root)
    }

    private mutating func copyNode(_ node: Int) {
        let field = source.nodes[node].field
        if let rule = fieldRules[field] {
            withheld[rule, default: 0] += 1
            places.append(WithheldPlace(node: node, rule: rule))
            return
        }
        if tellsReason, ModelFields.withheldReason.contains(field) { return }
        guard !withheldItems.contains(node), !(question.isForPerson && tellsOfWithheld(node)) else { return }
        if question.isForPerson, ModelFields.state.contains(field) {
            copy.append(field, state(told: source.bytes(node)))
        } else if tellsReason, ModelFields.state.contains(field) {
            copy.append(field, question.items.count > withheldItems.count ? "present" : "withheld")
        } else if source.nodes[node].isObject {
            let object = copy.begin(field)
            for child in source.children(of: node) { copyNode(child) }
            copy.end(object)
        } else {
            copy.append(field, source.bytes(node))
        }
    }

    /// Whether entries are withheld from somebody who may know that they are.
    private var tellsReason: Bool { !question.isForPerson && !withheldItems.isEmpty }

    private func reasonField(_ shape: ShapeID) -> FieldID? {
        CanonicalShapes.field("withheldReason", of: CanonicalShapes.shape(shape))?.id
    }

    private func tellsOfWithheld(_ node: Int) -> Bool {
        let field = source.nodes[node].field
        if ModelFields.tellingOfOthers.contains(field) { return true }
        guard let target = ModelFields.links[field] else { return false }
        return question.subject.kind != .recordSection(target) || !visible.contains(source.bytes(node))
    }

    private func state(told: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let staying = ["failed", "undetermined"]
        if staying.contains(where: { told.elementsEqual($0.utf8) }) { return told }
        return ArraySlice((question.items.count > withheldItems.count ? "present" : "undetermined").utf8)
    }
}
