/// Every type of event that the gateway sends, as its CloudEvents `type` (events.md, *Event types*). The number at the
/// end is the version of its shape.
package enum EventType: String, Sendable, CaseIterable {
    case slotsPublished = "slots-published-1"

    case bookingBooked = "booking-booked-1"
    case bookingChanged = "booking-changed-1"
    case bookingCancelled = "booking-cancelled-1"
    case bookingAttended = "booking-attended-1"
    case bookingMissed = "booking-missed-1"
    case bookingWithdrawn = "booking-withdrawn-1"

    case prescriptionRequested = "prescription-requested-1"
    case prescriptionApproved = "prescription-approved-1"
    case prescriptionIssued = "prescription-issued-1"
    case prescriptionRejected = "prescription-rejected-1"
    case prescriptionChanged = "prescription-changed-1"
    case prescriptionEnded = "prescription-ended-1"
    case prescriptionWithdrawn = "prescription-withdrawn-1"

    case recordSummaryUpdated = "record-summary-updated-1"
    case recordSummaryWithdrawn = "record-summary-withdrawn-1"

    case onlineAccessGranted = "online-access-granted-1"
    case onlineAccessChanged = "online-access-changed-1"
    case onlineAccessWithdrawn = "online-access-withdrawn-1"
}
