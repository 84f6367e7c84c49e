/// The rules of the release policy, in the order in which they are asked (release-policy.md). The raw value is the name
/// under which a denial is counted and audited.
package enum ReleaseRule: String, Sendable, CaseIterable {
    case restrictedPatient = "restricted-patient"
    case servicePermission = "service-permission"
    case prospective
    case notReady = "not-ready"
    case notForPatient = "not-for-patient"
    case declined
    case enhancedReview = "enhanced-review"
    case dissent
    case sensitiveCodes = "sensitive-codes"
    case practiceSection = "practice-section"
    case age
    case management
}
