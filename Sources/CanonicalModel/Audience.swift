/// Who a consumer acts for. It decides what may be released to it (release-policy.md).
package enum Audience: String, Sendable, CaseIterable {
    case patient
    case proxy
    case directCareOrganisation
    /// Counts only: no patient, no content.
    case management
}
