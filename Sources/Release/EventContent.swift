package import CanonicalModel

extension ReleaseSubject.Kind {
    package init(_ kind: EntityKind, id: String) {
        switch kind {
        case .booking: self = .booking
        case .prescription: self = .prescription
        case .recordSection: self = .recordSection(id)
        case .onlineAccess: self = .onlineAccess
        case .slotList: self = .slotList
        }
    }
}

/// The `data` of an event: a canonical message of nothing but permitted views, so that it can be read by the same shapes.
package enum EventContent {
    /// The data of permitted views of one kind: bookings, prescriptions, sections of one record, one patient's online
    /// access, or one practice's slots.
    package static func of(_ views: [(ReleaseSubject.Kind, [UInt8])]) -> [UInt8] {
        var content: [UInt8] = []
        var closing = ""
        for (index, (kind, view)) in views.enumerated() {
            var opening = ","
            switch kind {
            case .booking:
                if index == 0 { (opening, closing) = ("{\"bookings\":[", "]}") }
            case .prescription:
                if index == 0 { (opening, closing) = ("{\"prescriptions\":[", "]}") }
            case .recordSection(let name):
                if index == 0 { (opening, closing) = ("{\"recordSummary\":{\"sections\":{", "}}}") }
                opening += "\"\(name)\":"
            case .onlineAccess: (opening, closing) = ("{\"onlineAccess\":", "}")
            case .slotList: opening = ""
            }
            content += Array(opening.utf8) + view
        }
        return content + Array(closing.utf8)
    }

    /// What a withdrawal tells: the id alone.
    package static func withdrawal(ofID id: String) -> [UInt8] {
        var message = CanonicalMessage()
        let root = message.begin(.message)
        message.append(CanonicalFields.Booking.id, id)
        message.end(root)
        return Array("{\"withdrawn\":[".utf8) + CanonicalJSONWriter.write(message) + Array("]}".utf8)
    }
}
