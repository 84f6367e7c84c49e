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
    /// Source time of the message that last said `restricted` or `access`; what is older does not change them.
    package var asOf: Date?

    package init(
        nhsNumber: String, birthDate: String? = nil, restricted: Bool? = nil, access: OnlineAccessGrant? = nil,
        asOf: Date? = nil
    ) {
        self.nhsNumber = nhsNumber
        self.birthDate = birthDate
        self.restricted = restricted
        self.access = access
        self.asOf = asOf
    }

    /// Whether the release policy would decide alike on both.
    package func isSameEvidence(as other: PatientStanding) -> Bool {
        nhsNumber == other.nhsNumber && birthDate == other.birthDate && restricted == other.restricted
            && access == other.access
    }
}

/// Which online services are granted: by the practice to one patient, or by a source whose messages imply it
/// (`impliesAccess` in the configuration).
package struct OnlineAccessGrant: Sendable, Equatable, Codable {
    package var appointments: Bool
    package var prescriptions: Bool
    package var record: RecordLevel

    package init(appointments: Bool = false, prescriptions: Bool = false, record: RecordLevel = .none) {
        self.appointments = appointments
        self.prescriptions = prescriptions
        self.record = record
    }
}

extension RecordLevel: Codable {}
