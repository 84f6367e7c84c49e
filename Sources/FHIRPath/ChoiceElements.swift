import Documents

/// FHIR's elements of several types, which JSON writes with the type behind the name: `value[x]` as `valueQuantity`.
enum ChoiceElements {
    /// Every name that an element goes by; none when it is not one of several types.
    static func spellings(of name: String) -> [String] { FHIRTypes.shared.choices(of: name) }
}
