/// What came with a message but is not in it: an open map of strings (events.md, *Accepting*). It may name a patient and
/// therefore never reaches a log.
package struct TransportContext: Sendable, Hashable, Codable {
    package var values: [String: String]

    package init(_ values: [String: String] = [:]) { self.values = values }

    package subscript(key: Key) -> String? {
        get { values[key.rawValue] }
        set { values[key.rawValue] = newValue }
    }

    /// The keys that the gateway itself reads. Mappings may read any other.
    package enum Key: String, Sendable, CaseIterable {
        case nhsNumber, birthDate, localId, odsCode, system, message, operation, section, httpStatus
        case from, to, observedAt, transportId
    }

    /// This context with another laid over it.
    package func overlaid(with other: TransportContext) -> TransportContext {
        TransportContext(values.merging(other.values) { $1 })
    }
}
