import CanonicalModel
import HTTPTypes

/// Reads the headers of a posted message.
enum ReceiverHeaders {
    static let valueLimit = 1024

    /// The headers that become the transport context (events.md, *Accepting*).
    static let contextKeys: [(header: String, key: TransportContext.Key)] = [
        ("Hatchway-NHS-Number", .nhsNumber), ("Hatchway-Birth-Date", .birthDate), ("Hatchway-Local-Id", .localId),
        ("Hatchway-ODS-Code", .odsCode), ("Hatchway-System", .system), ("Hatchway-Message", .message),
        ("Hatchway-Operation", .operation), ("Hatchway-Section", .section), ("Hatchway-Status", .httpStatus),
        ("Hatchway-From", .from), ("Hatchway-To", .to), ("Hatchway-Observed-At", .observedAt),
    ]

    static func context(_ headers: HTTPFields) throws(ReceiverProblem) -> TransportContext {
        var context = TransportContext()
        for (header, key) in contextKeys {
            if let value = try value(header, in: headers) { context[key] = value }
        }
        return context
    }

    static func idempotencyKey(_ headers: HTTPFields) throws(ReceiverProblem) -> String? {
        try value("Idempotency-Key", in: headers)
    }

    /// The token of `Authorization: Bearer …` (RFC 6750, section 2.1).
    static func bearerToken(_ headers: HTTPFields) -> String? {
        let values = headers[values: .authorization]
        guard values.count == 1, let value = values.first else { return nil }
        let parts = value.split(separator: " ", omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1])
    }

    /// Whether the body is a kind of XML or JSON, or does not say (RFC 7303, RFC 6839).
    static func isReadable(contentType headers: HTTPFields) -> Bool {
        let values = headers[values: .contentType]
        guard let value = values.first else { return true }
        let type = value.prefix { $0 != ";" }.lowercased().trimmed
        return values.count == 1
            && (readableTypes.contains(type)
                || type.contains("/") && (type.hasSuffix("+json") || type.hasSuffix("+xml")))
    }

    /// Beside those that end in `+xml` or `+json`.
    private static let readableTypes = [
        "application/json", "application/xml", "text/xml", "application/x-ndjson", "application/jsonl",
    ]

    private static func value(_ header: String, in headers: HTTPFields) throws(ReceiverProblem) -> String? {
        guard let name = HTTPField.Name(header) else { return nil }
        let values = headers[values: name]
        guard let value = values.first else { return nil }
        let isClean = value.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
        guard values.count == 1, isClean, !value.trimmed.isEmpty, value.utf8.count <= valueLimit else {
            throw .badHeader
        }
        return value.trimmed
    }
}

extension StringProtocol {
    fileprivate var trimmed: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text = text.dropFirst() }
        while text.last?.isWhitespace == true { text = text.dropLast() }
        return String(text)
    }
}
