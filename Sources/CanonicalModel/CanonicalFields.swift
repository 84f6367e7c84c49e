/// The fields that code asks for by name, looked up once.
package enum CanonicalFields {
    package enum Message {
        package static let source = CanonicalShapes.required("message", "source")
        package static let practice = CanonicalShapes.required("message", "practice")
        package static let patient = CanonicalShapes.required("message", "patient")
        package static let bookings = CanonicalShapes.required("message", "bookings")
        package static let prescriptions = CanonicalShapes.required("message", "prescriptions")
        package static let recordSummary = CanonicalShapes.required("message", "recordSummary")
        package static let onlineAccess = CanonicalShapes.required("message", "onlineAccess")
    }

    package enum Source {
        package static let system = CanonicalShapes.required("source", "system")
        package static let time = CanonicalShapes.required("source", "time")
        package static let timeKind = CanonicalShapes.required("source", "timeKind")
    }

    package enum Patient {
        package static let nhsNumber = CanonicalShapes.required("patient", "nhsNumber")
        package static let localId = CanonicalShapes.required("patient", "localId")
        package static let birthDate = CanonicalShapes.required("patient", "birthDate")
        package static let restricted = CanonicalShapes.required("patient", "restricted")
    }

    package enum Booking {
        package static let id = CanonicalShapes.required("booking", "id")
        package static let status = CanonicalShapes.required("booking", "status")
    }

    package enum Prescription {
        package static let id = CanonicalShapes.required("prescription", "id")
        package static let status = CanonicalShapes.required("prescription", "status")
        package static let lastIssued = CanonicalShapes.required("prescription", "lastIssued")
        package static let requests = CanonicalShapes.required("prescription", "requests")
        package static let requestID = CanonicalShapes.required("request", "id")
        package static let requestStatus = CanonicalShapes.required("request", "status")
    }

    package enum OnlineAccess {
        package static let services = CanonicalShapes.required("onlineAccess", "services")
        package static let appointments = CanonicalShapes.required("accessServices", "appointments")
        package static let prescriptions = CanonicalShapes.required("accessServices", "prescriptions")
        package static let record = CanonicalShapes.required("accessServices", "record")
        package static let recordProspectiveFrom = CanonicalShapes.required(
            "accessServices", "recordProspectiveFrom")
        package static let declined = CanonicalShapes.required("onlineAccess", "declined")
        package static let enhancedReview = CanonicalShapes.required("onlineAccess", "enhancedReview")
    }

    package static let odsCode = CanonicalShapes.required("organisation", "odsCode")
    package static let sections = CanonicalShapes.required("recordSummary", "sections")
}

extension CanonicalMessage {
    /// The text of a scalar found by a path of fields from an object; nil when a part of the path is not there.
    package func string(_ path: FieldID..., in node: Int = 0) -> String? {
        var current = node
        for field in path {
            guard let next = first(field, in: current) else { return nil }
            current = next
        }
        return string(current)
    }
}
