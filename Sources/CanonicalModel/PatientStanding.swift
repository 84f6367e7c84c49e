package import struct Foundation.Date

/// What the gateway knows about a patient that decides what may be released: the evidence of the release policy.
/// A value that is not known is `nil`, and unknown is denied.
package struct PatientStanding: Sendable, Equatable, Codable {
    package var nhsNumber: String
    /// FHIR date, full precision, as the source gave it.
    package var birthDate: String?
    /// `patient.restricted`: PDS S, R, V and their supplier equivalents.
    package var restricted: Bool?
    /// What the practice granted to this patient by name, where a message said so.
    package var access: OnlineAccessGrant?
    /// ODS code of the practice that decided about ``access`` and ``proxies``; nil when it is not known.
    package var accessPractice: String?
    /// The patient wants no online record (SNOMED CT 1290331000000103).
    package var declined: Bool?
    /// The practice reviews before anything is opened automatically (1364731000000104).
    package var enhancedReview: Bool?
    /// The patient dissents from sharing the record with other organisations.
    package var dissent: Bool?
    /// Who acts for the patient, by the practice's decision; nil when no message said.
    package var proxies: [ProxyGrant]?
    /// Source time of the first message whose source implies access (`impliesAccess`).
    package var automaticSince: Date?
    /// A keyed digest of the family name, to notice that a message gives another one.
    package var nameDigest: [UInt8]?
    /// Source time of the message that said each fact last; what is older does not change it.
    package var learned: [Fact: Moment]?

    /// What messages say of a patient's standing, each with a time of its own: a message that says one of them says
    /// nothing of the others.
    package enum Fact: String, Sendable, Codable, CodingKeyRepresentable {
        case restricted, access, declined, enhancedReview, dissent, proxies
        /// When ``PatientStanding/enhancedReview`` last turned true.
        case review
        case name
    }

    /// A source time and how well it is known: 0 accepted, 1 observed, 2 stated.
    package struct Moment: Sendable, Equatable, Codable {
        package let time: Date
        package let rank: Int

        package init(_ time: Date, rank: Int) {
            self.time = time
            self.rank = rank
        }

        /// Whether what is said at this moment may replace what was said at another.
        package func mayReplace(_ other: Moment) -> Bool {
            time == other.time ? rank >= other.rank : time > other.time
        }
    }

    package init(
        nhsNumber: String, birthDate: String? = nil, restricted: Bool? = nil, access: OnlineAccessGrant? = nil
    ) {
        self.nhsNumber = nhsNumber
        self.birthDate = birthDate
        self.restricted = restricted
        self.access = access
    }

    /// Whether the release policy would decide alike on both.
    package func isSameEvidence(as other: PatientStanding) -> Bool {
        var mine = self
        mine.nameDigest = other.nameDigest
        mine.learned = other.learned
        return mine == other && learned?[.review] == other.learned?[.review]
    }

    /// Takes a fact over unless a later message said it before.
    /// - Returns: whether it was taken.
    @discardableResult
    package mutating func learn(_ fact: Fact, at moment: Moment, _ change: (inout PatientStanding) -> Void) -> Bool {
        if let known = learned?[fact], !moment.mayReplace(known) { return false }
        change(&self)
        learned = (learned ?? [:]).merging([fact: moment]) { $1 }
        return true
    }
}

/// Which online services are granted: by the practice to one patient, or by a source whose messages imply it
/// (`impliesAccess` in the configuration).
package struct OnlineAccessGrant: Sendable, Equatable, Codable {
    package var appointments: Bool
    package var prescriptions: Bool
    package var record: RecordLevel
    /// Only what was recorded from this day on; a FHIR date.
    package var recordProspectiveFrom: String?

    package init(
        appointments: Bool = false, prescriptions: Bool = false, record: RecordLevel = .none,
        recordProspectiveFrom: String? = nil
    ) {
        self.appointments = appointments
        self.prescriptions = prescriptions
        self.record = record
        self.recordProspectiveFrom = recordProspectiveFrom
    }

    /// Whether it opens nothing.
    package var isEmpty: Bool { !appointments && !prescriptions && record == .none }

    /// What both grants open.
    package func intersection(_ other: OnlineAccessGrant) -> OnlineAccessGrant {
        OnlineAccessGrant(
            appointments: appointments && other.appointments, prescriptions: prescriptions && other.prescriptions,
            record: min(record, other.record),
            recordProspectiveFrom: Self.later(recordProspectiveFrom, other.recordProspectiveFrom))
    }
}

extension OnlineAccessGrant {
    /// The day that opens less. One that cannot be read opens nothing, and stays.
    private static func later(_ first: String?, _ second: String?) -> String? {
        guard let first, let second else { return first ?? second }
        guard let one = PartialDate(first)?.lastDay else { return first }
        guard let two = PartialDate(second)?.lastDay else { return second }
        return one < two ? second : first
    }
}

/// What the practice granted to one person who acts for a patient.
package struct ProxyGrant: Sendable, Equatable, Codable {
    package var id: String
    package var services: OnlineAccessGrant
    /// FHIR dates: the first day and the last; nil without a bound.
    package var from: String?
    package var until: String?

    package init(id: String, services: OnlineAccessGrant, from: String? = nil, until: String? = nil) {
        self.id = id
        self.services = services
        self.from = from
        self.until = until
    }

    /// Whether it holds on a day in London. A bound that is not known to the day is read as narrowly as it can be.
    package func isInForce(on day: CivilDate) -> Bool {
        if let from {
            guard let first = PartialDate(from)?.lastDay, first <= day else { return false }
        }
        if let until {
            guard let last = PartialDate(until)?.firstDay, day <= last else { return false }
        }
        return true
    }
}

extension RecordLevel: Codable {}
