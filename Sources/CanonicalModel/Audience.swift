/// Who a consumer's events are for; the release policy decides by it (release-policy).
package enum Audience: String, Sendable, CaseIterable, Codable {
    case patient, proxy, directCareOrganisation, management

    /// Whether this audience may be told the NHS number; others get a pseudonym.
    package var mayHaveNHSNumber: Bool { self != .management }
}
