/// Who a consumer's events are for; the release policy decides by it (release-policy.md).
package enum Audience: String, Sendable, CaseIterable, Codable {
    case patient
    case proxy
    case directCareOrganisation
    /// Counts only: no patient, no content.
    case management

    /// Whether this audience may be told the NHS number; others get a pseudonym.
    package var mayHaveNHSNumber: Bool { self != .management }
}
