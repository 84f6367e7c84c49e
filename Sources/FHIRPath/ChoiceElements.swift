/// FHIR's elements of several types, which JSON writes with the type behind the name: `value[x]` as `valueQuantity`.
/// A table, so that a release of FHIR that adds one adds a word.
enum ChoiceElements {
    /// Every name that an element goes by; none when it is not one of several types.
    static func spellings(of name: String) -> [String] {
        elements.contains(name) ? types.map { name + $0 } : []
    }

    private static let elements: Set<String> = [
        "abatement", "age", "allowed", "asNeeded", "author", "bodySite", "born", "content", "deceased",
        "defaultValue", "definition", "diagnosis", "dose", "effective", "entity", "event", "fixed", "indication",
        "item", "location", "maxValue", "medication", "minValue", "module", "multipleBirth", "occurrence", "onset",
        "pattern", "performed", "procedure", "product", "rate", "reason", "reported", "scheduled", "serviced",
        "subject", "substance", "target", "timing", "topic", "usage", "value",
    ]

    private static let types = [
        "Address", "Age", "Annotation", "Attachment", "Base64Binary", "Boolean", "Canonical", "Code",
        "CodeableConcept", "Coding", "ContactPoint", "Count", "Date", "DateTime", "Decimal", "Distance", "Dosage",
        "Duration", "Expression", "HumanName", "Id", "Identifier", "Instant", "Integer", "Markdown", "Money", "Oid",
        "Period", "PositiveInt", "Quantity", "Range", "Ratio", "Reference", "SampledData", "Signature", "String",
        "Time", "Timing", "UnsignedInt", "Uri", "Url", "Uuid",
    ]
}
