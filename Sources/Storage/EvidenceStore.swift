package import CanonicalModel

package import struct Foundation.Date

/// What a message said it lists completely: whatever of the kind is not in it, and would be in its window, is gone
/// (events.md, *From messages to changes*).
package struct CompleteList: Sendable, Equatable {
    package let system: String
    package let practice: String
    package let patient: PatientKey
    package let kind: EntityKind
    /// Name of the mapping that read it.
    package let mapping: String
    package let mappingDigest: String
    /// From this moment on and before that one; the whole of time where the list is whole.
    package let from: Date
    package let to: Date
    /// Source time of the message.
    package let time: Date
    /// The mapping was corrected since its last list: what is missing here may be the correction's doing.
    package let isBaseline: Bool

    package init(
        system: String, practice: String, patient: PatientKey, kind: EntityKind, mapping: String, mappingDigest: String,
        from: Date, to: Date, time: Date, isBaseline: Bool
    ) {
        self.system = system
        self.practice = practice
        self.patient = patient
        self.kind = kind
        self.mapping = mapping
        self.mappingDigest = mappingDigest
        self.from = from
        self.to = to
        self.time = time
        self.isBaseline = isBaseline
    }
}

/// A fact of a patient's standing as a message said it: a grant, a withdrawal, a decision. It is never changed.
package struct AccessChange: Sendable, Equatable {
    package let patient: PatientKey
    package let fact: PatientStanding.Fact
    /// JSON of what was said.
    package let content: String
    /// Source time.
    package let time: Date
    package let recordedAt: Date
    /// Who said it: the message, or nil for an operator.
    package let message: MessageID?

    package init(
        patient: PatientKey, fact: PatientStanding.Fact, content: String, time: Date, recordedAt: Date,
        message: MessageID?
    ) {
        self.patient = patient
        self.fact = fact
        self.content = content
        self.time = time
        self.recordedAt = recordedAt
        self.message = message
    }
}

/// What decisions rest on beside the states, as it can be asked of the store.
package protocol EvidenceReading {
    /// The lists of a kind that a system said are complete, and that may still reach into the future.
    func completeLists(system: String, practice: String, patient: PatientKey, kind: EntityKind) throws -> [CompleteList]
    /// The entities of one kind that start after a time, or nobody knows when.
    func entities(
        of patient: PatientKey, kind: EntityKind, system: String, practice: String, startingAfter time: Date
    ) throws -> [EntityState]
    /// Every fact of a patient's standing that was ever said, in the order of source time.
    func accessHistory(of patient: PatientKey) throws -> [AccessChange]
    /// Patients whose permitted views time itself may change on that day or has changed before it, the longest due first.
    func patientsToReview(upTo day: CivilDate, limit: Int) throws -> [PatientKey]
}

/// What decisions rest on beside the states, as it can be changed in a transaction.
package protocol EvidenceWriting: EvidenceReading {
    /// Keeps a complete list, and forgets those that it makes needless.
    func save(_ list: CompleteList) throws
    /// Adds to the history; what stands there already is not added again.
    func record(_ change: AccessChange) throws
    /// Says when a patient is to be looked at again; nil for never.
    func review(_ patient: PatientKey, on day: CivilDate?) throws
    /// Has everybody looked at again if the settings that decide are not those of last time.
    /// - Returns: whether they are not.
    func reviewEverybody(ifNot settings: String, on day: CivilDate) throws -> Bool
}
