package import CanonicalModel

/// What a decision rests on, beside the entity itself.
package struct ReleaseEvidence: Sendable {
    /// What is known about the patient; nil when the patient is not known, and then nothing leaves.
    package let standing: PatientStanding?
    /// What the source's messages imply about every patient in them (`impliesAccess`). A grant by name beats it.
    package let implied: OnlineAccessGrant?
    /// ODS code of the practice that the entity is of; empty when it is not known.
    package let practice: String
    /// The day it is in London.
    package let today: CivilDate

    package init(
        standing: PatientStanding?, implied: OnlineAccessGrant? = nil, practice: String = "", today: CivilDate
    ) {
        self.standing = standing
        self.implied = implied
        self.practice = practice
        self.today = today
    }
}
