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
        package static let slots = CanonicalShapes.required("message", "slots")
        package static let complete = CanonicalShapes.required("message", "complete")
    }

    package enum Complete {
        package static let bookings = CanonicalShapes.required("completeness", "bookings")
        package static let slots = CanonicalShapes.required("completeness", "slots")
        package static let prescriptions = CanonicalShapes.required("completeness", "prescriptions")
        package static let from = CanonicalShapes.required("window", "from")
        package static let to = CanonicalShapes.required("window", "to")
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
        package static let name = CanonicalShapes.required("patient", "name")
        package static let family = CanonicalShapes.required("humanName", "family")
        package static let nameText = CanonicalShapes.required("humanName", "text")
    }

    package enum Booking {
        package static let id = CanonicalShapes.required("booking", "id")
        package static let status = CanonicalShapes.required("booking", "status")
        package static let start = CanonicalShapes.required("booking", "start")
        package static let serviceType = CanonicalShapes.required("booking", "serviceType")
        package static let practitioners = CanonicalShapes.required("booking", "practitioners")
        package static let inferred = CanonicalShapes.required("booking", "inferred")
        package static let replaces = CanonicalShapes.required("booking", "replaces")
    }

    package enum Prescription {
        package static let id = CanonicalShapes.required("prescription", "id")
        package static let status = CanonicalShapes.required("prescription", "status")
        package static let lastIssued = CanonicalShapes.required("prescription", "lastIssued")
        package static let orderable = CanonicalShapes.required("prescription", "orderable")
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
        package static let dissent = CanonicalShapes.required("onlineAccess", "dissent")
        package static let registered = CanonicalShapes.required("onlineAccess", "registered")
        package static let proxies = CanonicalShapes.required("onlineAccess", "proxies")
    }

    package enum Proxy {
        package static let id = CanonicalShapes.required("proxy", "id")
        package static let services = CanonicalShapes.required("proxy", "services")
        package static let from = CanonicalShapes.required("proxy", "from")
        package static let until = CanonicalShapes.required("proxy", "until")
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
