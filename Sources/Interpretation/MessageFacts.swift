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
    let isTransportNumberInvalid: Bool
    let birthDates: [String]
    let restricted: Bool?
    let access: OnlineAccessGrant?
    let time: Date
    let timeKind: SourceTimeKind
    let issues: [Issue]

    init(_ stored: StoredMessage, _ mapped: MappedMessage, settings: InterpretationSettings) {
        let message = mapped.message
        let transport = stored.transport
        id = stored.id
        source = stored.source
        self.message = message
        mapping = mapped.mapping
        system = message.string(CanonicalFields.Message.source, CanonicalFields.Source.system) ?? ""
        practice =
            message.string(CanonicalFields.Message.practice, CanonicalFields.odsCode) ?? transport[.odsCode]
            ?? settings.practice ?? ""
        localID =
            message.string(CanonicalFields.Message.patient, CanonicalFields.Patient.localId) ?? transport[.localId]
        statedNumber = message.string(CanonicalFields.Message.patient, CanonicalFields.Patient.nhsNumber)
            .flatMap { NHSNumber($0) }
        transportNumber = transport[.nhsNumber].flatMap { NHSNumber($0) }
        isTransportNumberInvalid = transport[.nhsNumber] != nil && transportNumber == nil
        birthDates = [
            message.string(CanonicalFields.Message.patient, CanonicalFields.Patient.birthDate), transport[.birthDate],
        ].compactMap { $0.flatMap { PartialDate($0)?.civilDate?.description } }
        restricted = message.string(CanonicalFields.Message.patient, CanonicalFields.Patient.restricted)
            .map { $0 == "true" }
        access = message.grantedAccess
        timeKind =
            message.string(CanonicalFields.Message.source, CanonicalFields.Source.timeKind)
            .flatMap(SourceTimeKind.init) ?? .accepted
        // The text has whole seconds. When it was accepted is known better, and two messages of one second stay in order.
        let stated =
            timeKind == .accepted ? nil : message.string(CanonicalFields.Message.source, CanonicalFields.Source.time)
        time = stated.flatMap(InstantText.date) ?? stored.acceptedAt
        issues = mapped.issues
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
