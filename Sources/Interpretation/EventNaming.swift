import CanonicalModel
import Storage

/// Which event a change of a permitted view is (events.md, *Event types*).
enum EventNaming {
    /// `before` is what the consumer was told last, nil when nothing or when it was withdrawn; `after` is what it may
    /// know now.
    ///
    /// Where only a corrected mapping reads a known thing differently nothing has happened to it: it is changed, whatever
    /// its status says now. What a complete list no longer names has ended.
    static func type(
        _ kind: EntityKind, before: CanonicalMessage?, after: CanonicalMessage, cause: String? = nil
    ) -> EventType {
        if cause == "remapped", before != nil {
            if kind == .booking { return .bookingChanged }
            if kind == .prescription { return .prescriptionChanged }
        }
        if cause == "inferred", kind == .prescription { return .prescriptionEnded }
        return happened(kind, before: before, after: after)
    }

    private static func happened(
        _ kind: EntityKind, before: CanonicalMessage?, after: CanonicalMessage
    ) -> EventType {
        switch kind {
        case .booking: booking(before: before, after: after)
        case .prescription: prescription(before: before, after: after)
        case .recordSection: .recordSummaryUpdated
        case .onlineAccess: before == nil ? .onlineAccessGranted : .onlineAccessChanged
        case .slotList: .slotsPublished
        }
    }

    /// Nil where there is nothing to take back: slots are nobody's.
    static func withdrawal(of kind: EntityKind) -> EventType? {
        switch kind {
        case .booking: .bookingWithdrawn
        case .prescription: .prescriptionWithdrawn
        case .recordSection: .recordSummaryWithdrawn
        case .onlineAccess: .onlineAccessWithdrawn
        case .slotList: nil
        }
    }

    private static func booking(before: CanonicalMessage?, after: CanonicalMessage) -> EventType {
        let status = after.string(CanonicalFields.Booking.status)
        if status != before?.string(CanonicalFields.Booking.status) {
            switch status {
            case "cancelled": return .bookingCancelled
            case "fulfilled": return .bookingAttended
            case "noshow": return .bookingMissed
            default: break
            }
        }
        return before == nil ? .bookingBooked : .bookingChanged
    }

    private static func prescription(before: CanonicalMessage?, after: CanonicalMessage) -> EventType {
        if let request = changedRequest(before: before, after: after) { return request }
        let status = after.string(CanonicalFields.Prescription.status)
        let hasEnded = ["completed", "stopped", "cancelled", "entered-in-error"].contains(status)
        if hasEnded, status != before?.string(CanonicalFields.Prescription.status) { return .prescriptionEnded }
        if let before, let issued = after.string(CanonicalFields.Prescription.lastIssued),
            issued != before.string(CanonicalFields.Prescription.lastIssued)
        {
            return .prescriptionIssued
        }
        return .prescriptionChanged
    }

    /// What became of the last request that is new or has another status.
    private static func changedRequest(before: CanonicalMessage?, after: CanonicalMessage) -> EventType? {
        let known = before.map(requests) ?? [:]
        var type: EventType?
        for node in after.all(CanonicalFields.Prescription.requests, in: 0) {
            guard let id = after.string(CanonicalFields.Prescription.requestID, in: node),
                let status = after.string(CanonicalFields.Prescription.requestStatus, in: node), known[id] != status
            else { continue }
            switch status {
            case "requested", "forwarded": type = .prescriptionRequested
            case "approved": type = .prescriptionApproved
            case "issued", "dispensed": type = .prescriptionIssued
            case "rejected": type = .prescriptionRejected
            default: type = .prescriptionChanged
            }
        }
        return type
    }

    private static func requests(_ message: CanonicalMessage) -> [String: String] {
        var requests: [String: String] = [:]
        for node in message.all(CanonicalFields.Prescription.requests, in: 0) {
            if let id = message.string(CanonicalFields.Prescription.requestID, in: node) {
                requests[id] = message.string(CanonicalFields.Prescription.requestStatus, in: node)
            }
        }
        return requests
    }
}
