import CanonicalModel
import MessageMapping
import Storage

import struct Foundation.Date

/// A message that has been read, with what body and transport say together about whose and when it is.
struct MessageFacts: Sendable {
    let id: MessageID
    let source: String
    let message: CanonicalMessage
    let mapping: Mapping
    let system: String
    /// ODS code; empty when no one says.
    let practice: String
    let localID: String?
    /// What the body says, when its check digit is right.
    let statedNumber: NHSNumber?
    /// What the transport says.
    let transportNumber: NHSNumber?
    /// The body or the transport gives a number whose check digit is wrong: it is someone's, mistyped.
    let hasInvalidNumber: Bool
    let birthDates: [String]
    /// The patient's family name in capitals, where the message gives a name.
    let familyName: String?
    let restricted: Bool?
    /// What the source's messages imply about all its patients.
    let implied: OnlineAccessGrant?
    /// The body or the transport names a practice by what is no ODS code; it is not believed.
    let hasInvalidPractice: Bool
    let time: Date
    let timeKind: SourceTimeKind
    /// The source's clock is ahead of ours by more than clocks differ; then its time is not believed.
    let isAheadOfTime: Bool
    let issues: [Issue]

    /// How far a source's clock may be ahead of ours, in seconds.
    private static let clockTolerance = 300.0

    init(_ stored: StoredMessage, _ mapped: MappedMessage, settings: InterpretationSettings) {
        let message = mapped.message
        let transport = stored.transport
        id = stored.id
        source = stored.source
        self.message = message
        mapping = mapped.mapping
        system = message.string(CanonicalFields.Message.source, CanonicalFields.Source.system) ?? ""
        let named = [
            message.string(CanonicalFields.Message.practice, CanonicalFields.odsCode), transport[.odsCode],
        ].compactMap(\.self)
        practice = named.lazy.compactMap { ODSCode($0)?.rawValue }.first ?? settings.practice ?? ""
        hasInvalidPractice = named.contains { ODSCode($0) == nil }
        localID =
            message.string(CanonicalFields.Message.patient, CanonicalFields.Patient.localId) ?? transport[.localId]
        statedNumber = message.string(CanonicalFields.Message.patient, CanonicalFields.Patient.nhsNumber)
            .flatMap { NHSNumber($0) }
        transportNumber = transport[.nhsNumber].flatMap { NHSNumber($0) }
        hasInvalidNumber =
            transport[.nhsNumber] != nil && transportNumber == nil
            || mapped.issues.contains { $0.code == "nhs-number-invalid" && $0.target == "patient.nhsNumber" }
        birthDates = [
            message.string(CanonicalFields.Message.patient, CanonicalFields.Patient.birthDate), transport[.birthDate],
        ].compactMap { $0.flatMap { PartialDate($0)?.civilDate?.description } }
        restricted = message.string(CanonicalFields.Message.patient, CanonicalFields.Patient.restricted)
            .map { $0 == "true" }
        implied = settings.impliedAccess[stored.source]
        familyName = Self.familyName(in: message)
        let kind =
            message.string(CanonicalFields.Message.source, CanonicalFields.Source.timeKind)
            .flatMap(SourceTimeKind.init) ?? .accepted
        // The text has whole seconds. When it was accepted is known better, and two messages of one second stay in order.
        let text =
            kind == .accepted ? nil : message.string(CanonicalFields.Message.source, CanonicalFields.Source.time)
        let stated = text.flatMap(InstantText.date)
        // A time that has not come yet would keep out all news until it has.
        isAheadOfTime = stated.map { $0 > stored.acceptedAt.addingTimeInterval(Self.clockTolerance) } ?? false
        time = isAheadOfTime ? stored.acceptedAt : stated ?? stored.acceptedAt
        timeKind = isAheadOfTime ? .accepted : kind
        issues = mapped.issues
    }

    /// `time` as facts of a standing are ordered by.
    var moment: PatientStanding.Moment { PatientStanding.Moment(time, rank: timeKind.rank) }

    /// What entities remember of the mapping that read them.
    var mappingStamp: MappingStamp { MappingStamp(name: mapping.name, digest: mapping.digest) }

    private static func familyName(in message: CanonicalMessage) -> String? {
        let name = CanonicalFields.Message.patient
        let family = message.string(name, CanonicalFields.Patient.name, CanonicalFields.Patient.family)
        // Of a name in one text the last word is the family's, as far as anybody can tell.
        let text = message.string(name, CanonicalFields.Patient.name, CanonicalFields.Patient.nameText)
            .flatMap { $0.split(separator: " ").last.map(String.init) }
        let letters = (family ?? text)?.uppercased().filter(\.isLetter)
        return letters.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Whether the message says something of a patient that may be told on.
    var concernsAPatient: Bool {
        let fields = [
            CanonicalFields.Message.bookings, CanonicalFields.Message.prescriptions,
            CanonicalFields.Message.recordSummary, CanonicalFields.Message.onlineAccess,
        ]
        return fields.contains { message.first($0, in: 0) != nil }
    }
}
