import CanonicalModel
import MessageMapping
import Storage

import struct Foundation.Date

/// What follows for a thing from its absence in a complete list (events.md, *From messages to changes*).
enum InferredState {
    private static let openBookings = ["proposed", "pending", "booked", "arrived", "checked-in"]
    private static let openPrescriptions = ["active", "on-hold", "draft", "unknown"]

    /// The content of a thing that is gone.
    /// - Returns: nil when it was over already, and its absence says nothing.
    static func gone(_ kind: EntityKind, _ content: [UInt8], isInferred: Bool) -> [UInt8]? {
        switch kind {
        case .booking:
            rewrite(
                content, "booking", ifOneOf: openBookings, status: CanonicalFields.Booking.status, to: "cancelled",
                flag: CanonicalFields.Booking.inferred, isInferred ? "true" : nil)
        case .prescription:
            // Why it ended no one said; that it cannot be ordered any more is certain.
            rewrite(
                content, "prescription", ifOneOf: openPrescriptions, status: CanonicalFields.Prescription.status,
                to: "unknown", flag: CanonicalFields.Prescription.orderable, "false")
        case .recordSection, .onlineAccess, .slotList: nil
        }
    }

    private static func rewrite(
        _ content: [UInt8], _ shape: String, ifOneOf open: [String], status: FieldID, to word: String, flag: FieldID,
        _ value: String?
    ) -> [UInt8]? {
        guard let message = try? CanonicalReader.read(content, as: CanonicalShapes.required(shape)),
            let before = message.string(status), open.contains(before)
        else { return nil }
        var copy = CanonicalMessage()
        let root = copy.begin(.message)
        for node in message.children(of: 0) where message.nodes[node].field != flag {
            if message.nodes[node].field == status { copy.append(status, word) } else { copy.append(node, of: message) }
        }
        if let value { copy.append(flag, value) }
        copy.end(root)
        return CanonicalJSONWriter.write(copy)
    }

    /// Whether a thing that stands as `content` would be in a list, were it there: a booking when it starts in the window
    /// and after the list was made, and is still to come; a prescription always.
    static func isCovered(_ kind: EntityKind, _ content: [UInt8], by list: CompleteList, now: Date) -> Bool {
        guard kind == .booking else { return kind == .prescription }
        guard let message = try? CanonicalReader.read(content, as: CanonicalShapes.required("booking")),
            let start = message.string(CanonicalFields.Booking.start).flatMap(StartSpan.init)
        else { return false }
        return start.first >= max(list.from, list.time) && start.first > max(list.time, now) && start.last < list.to
    }
}

/// When something starts: a moment, or some moment of a day in London.
private struct StartSpan {
    let first: Date
    let last: Date

    init?(_ text: String) {
        if let moment = InstantText.date(text) {
            (first, last) = (moment, moment)
            return
        }
        guard let date = PartialDate(text), date.precision == .day, let day = date.civilDate else { return nil }
        func midnight(_ day: CivilDate) -> Double {
            let offset = LondonTime.offset(year: day.year, month: day.month, day: day.day, hour: 0, minute: 0)
            return Double(day.daysSince1970 * 86_400 - (offset.offsetMinutes ?? 0) * 60)
        }
        first = Date(timeIntervalSince1970: midnight(day))
        last = Date(timeIntervalSince1970: midnight(CivilDate(daysSince1970: day.daysSince1970 + 1)) - 1)
    }
}

extension CanonicalMessage {
    /// Copies a node of another arena with everything inside it.
    mutating func append(_ node: Int, of other: CanonicalMessage) {
        let source = other.nodes[node]
        guard source.isObject else {
            append(source.field, other.bytes(node))
            return
        }
        let object = begin(source.field)
        for child in other.children(of: node) { append(child, of: other) }
        end(object)
        if source.isConfidential { markConfidential(object) }
    }
}
