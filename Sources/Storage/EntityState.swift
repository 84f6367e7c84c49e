package import CanonicalModel

package import struct Foundation.Date

/// A patient, as a keyed hash of the NHS number: 32 lower-case hexadecimal digits. It may be logged.
package struct PatientKey: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String
    package init(_ rawValue: String) { self.rawValue = rawValue }
    package var description: String { rawValue }
}

/// HMAC-SHA-256 of content under the store's key, 32 bytes. It is never logged.
package struct ContentDigest: Hashable, Sendable {
    /// The digest of no content at all: for content that is there and may be any.
    package static let unknown = ContentDigest([])

    package let bytes: [UInt8]
    package init(_ bytes: [UInt8]) { self.bytes = bytes }
}

/// What an entity is known by.
package struct EntityKey: Hashable, Sendable {
    package let system: String
    package let practice: String
    package let patient: PatientKey
    package let kind: EntityKind
    package let id: String

    package init(system: String, practice: String, patient: PatientKey, kind: EntityKind, id: String) {
        self.system = system
        self.practice = practice
        self.patient = patient
        self.kind = kind
        self.id = id
    }
}

extension EntityKey {
    /// The shape of the entity's content; nil for a section that the model does not have.
    package var shape: Shape? {
        switch kind {
        case .booking: CanonicalShapes.shape(named: "booking")
        case .prescription: CanonicalShapes.shape(named: "prescription")
        case .recordSection: CanonicalShapes.section(named: id)
        case .onlineAccess: CanonicalShapes.shape(named: "onlineAccess")
        case .slotList: CanonicalShapes.message
        }
    }
}

/// How well the time of a state is known: an `accepted` time never outranks a later `stated` one (events.md).
package enum SourceTimeKind: String, Sendable {
    case stated, observed, accepted

    /// The better known, the greater.
    package var rank: Int {
        switch self {
        case .accepted: 0
        case .observed: 1
        case .stated: 2
        }
    }
}

/// The last known state of an entity.
package struct EntityState: Sendable {
    package let key: EntityKey
    /// Name of the configured source that told it.
    package let source: String
    /// Canonical JSON.
    package let content: [UInt8]
    package let digest: ContentDigest
    /// Release policy, rule 5, for the entity as a whole.
    package let isConfidential: Bool
    package let time: Date
    package let timeKind: SourceTimeKind
    /// Name and digest of the mapping that read it.
    package let mappingDigest: String
    /// Source time of the latest complete list that should name it and does not. Where that is later than ``time``, the
    /// content is what follows from it.
    package let absentAt: Date?
    /// When a booking starts, so that those to come are found among those past; nil where that is not known.
    package let startsAt: Date?

    package init(
        key: EntityKey, source: String, content: [UInt8], digest: ContentDigest, isConfidential: Bool, time: Date,
        timeKind: SourceTimeKind, mappingDigest: String, absentAt: Date? = nil,
        startsAt: Date? = nil
    ) {
        self.key = key
        self.source = source
        self.content = content
        self.digest = digest
        self.isConfidential = isConfidential
        self.time = time
        self.timeKind = timeKind
        self.mappingDigest = mappingDigest
        self.absentAt = absentAt
        self.startsAt = startsAt
    }
}

/// What a consumer was last told of an entity, or will be by what is queued for it. A withdrawn view has no digest.
package struct ReleasedView: Sendable {
    package let key: EntityKey
    package let consumer: String
    /// ``ContentDigest/unknown`` when the consumer knows something, but not what was released last.
    package let digest: ContentDigest?
    /// The permitted view itself, canonical JSON, so that what changed in it can name the event.
    package let content: [UInt8]
    /// Whether the consumer may know something of the entity: sending was tried since the last withdrawal that it took.
    /// Saving a view leaves this as it is.
    package let isSent: Bool
    /// The event that tells this view; nil when none was queued for it.
    package let event: String?

    package init(
        key: EntityKey, consumer: String, digest: ContentDigest?, content: [UInt8], isSent: Bool = false,
        event: String? = nil
    ) {
        self.key = key
        self.consumer = consumer
        self.digest = digest
        self.content = content
        self.isSent = isSent
        self.event = event
    }
}

/// A learned link from a system's own patient number to an NHS number.
package struct PatientLink: Sendable, Equatable {
    package let system: String
    package let practice: String
    package let localID: String
    package let nhsNumber: String
    package let birthDate: String?
    package let learnedAt: Date

    package init(
        system: String, practice: String, localID: String, nhsNumber: String, birthDate: String?, learnedAt: Date
    ) {
        self.system = system
        self.practice = practice
        self.localID = localID
        self.nhsNumber = nhsNumber
        self.birthDate = birthDate
        self.learnedAt = learnedAt
    }
}

/// A row of the append-only audit: who decided what by which rule, never about what content.
package struct AuditEntry: Sendable {
    /// `released`, `withheld`, `suppressed`, `delivered`, `dead-letter`, `quarantined` …
    package let action: String
    package let at: Date
    package let message: MessageID?
    package let event: String?
    package let consumer: String?
    package let patient: PatientKey?
    package let kind: EntityKind?
    package let rule: String?
    package let count: Int

    package init(
        action: String, at: Date, message: MessageID? = nil, event: String? = nil, consumer: String? = nil,
        patient: PatientKey? = nil, kind: EntityKind? = nil, rule: String? = nil, count: Int = 1
    ) {
        self.action = action
        self.at = at
        self.message = message
        self.event = event
        self.consumer = consumer
        self.patient = patient
        self.kind = kind
        self.rule = rule
        self.count = count
    }
}
