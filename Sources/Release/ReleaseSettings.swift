/// What the operator and the practices decided for everybody, as far as the policy rests on it.
package struct ReleaseSettings: Sendable, Equatable {
    /// Members of the refsets of sensitive codes; nil when the operator loaded no file, and then no record goes to an
    /// organisation (rule 9).
    package var sensitiveCodes: SensitiveCodes?
    /// The sections that a practice has switched off, by its ODS code (rule 10). Beside the sections of the record
    /// summary: `appointments`, `prescriptions`, `slots`.
    package var sectionsOff: [String: Set<String>]

    package init(sensitiveCodes: SensitiveCodes? = nil, sectionsOff: [String: Set<String>] = [:]) {
        self.sensitiveCodes = sensitiveCodes
        self.sectionsOff = sectionsOff
    }
}
