import CanonicalModel

/// The model as the policy sees it: sets of fields, made once from its declaration.
enum ModelFields {
    static let booking = CanonicalShapes.required("booking").id
    static let prescription = CanonicalShapes.required("prescription").id
    static let onlineAccess = CanonicalShapes.required("onlineAccess").id

    /// The shape of each record section by its name.
    static let sections: [String: ShapeID] = {
        var sections: [String: ShapeID] = [:]
        for index in CanonicalShapes.required("sections").fields {
            let field = CanonicalShapes.fields[index]
            if case .object(let shape) = field.type { sections[field.name] = shape }
        }
        return sections
    }()

    /// `~`: absent below record level `full`.
    static let freeText = fields { $0.isFreeText }
    /// `@`: identifies a person.
    static let identifying = fields { $0.isIdentifying }

    /// The members of sections.
    static let items = sectionFields("items")
    static let state = sectionFields("state")
    static let withheldReason = sectionFields("withheldReason")

    /// When an item happened or was recorded (rule 3).
    static let dates = fields {
        ["recorded", "date", "onset", "authored", "firstIssued", "issued"].contains($0.name)
            && itemShapes.contains($0.shape)
    }

    /// Entries within entries, and where entries and codes say what they are (rule 9).
    static let entries: Set<FieldID> = [
        CanonicalShapes.required("testResult", "children"), CanonicalShapes.required("consultationSection", "entries"),
    ]
    static let codes = fields { ["code", "medication", "vaccine", "type"].contains($0.name) && $0.type == codeType }
    static let codings: Set<FieldID> = [CanonicalShapes.required("code", "coding")]
    static let codingSystem = CanonicalShapes.required("coding", "system")
    static let codingCode = CanonicalShapes.required("coding", "code")
    private static let codeType = FieldType.object(CanonicalShapes.required("code").id)

    /// The marks on items and on what is inside them.
    static let confidential = fields { $0.name == "confidential" && $0.type == .boolean }
    static let ready = fields { $0.name == "ready" && $0.type == .boolean }
    static let id = fields { $0.name == "id" }

    /// Fields that name an item of a section, by that section.
    static let links: [FieldID: String] = {
        var links = [CanonicalShapes.required("problem", "partOf"): "problems"]
        for field in CanonicalShapes.fields where itemShapes.contains(field.shape) {
            if field.name == "consultation" { links[field.id] = "consultations" }
            if field.name == "problems" { links[field.id] = "problems" }
        }
        return links
    }()

    /// Fields that tell of something else, which the audience may not see, and the marks of what it does not see.
    static let tellingOfOthers: Set<FieldID> = confidential.union(ready).union(withheldReason).union([
        CanonicalShapes.required("consultationEntry", "item"),
        CanonicalShapes.required("booking", "replaces"),
        // A line on a form tells of the lines before it.
        CanonicalShapes.required("form", "item"),
    ])

    private static let itemShapes: Set<ShapeID> = Set(confidential.map { CanonicalShapes.field($0).shape })

    private static func fields(_ isMember: (ShapeField) -> Bool) -> Set<FieldID> {
        Set(CanonicalShapes.fields.filter(isMember).map(\.id))
    }

    private static func sectionFields(_ name: String) -> Set<FieldID> {
        Set(sections.values.compactMap { CanonicalShapes.field(name, of: CanonicalShapes.shape($0))?.id })
    }
}
