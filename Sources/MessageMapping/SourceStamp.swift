package import CanonicalModel

/// What is known of a message before it is read: when it was observed or accepted, and the digest of its bytes.
package struct SourceStamp: Sendable {
    /// FHIR instant.
    package let time: String
    /// The transport says when the system was asked (`observedAt`); else the time is when the message was accepted.
    package let isObserved: Bool
    /// Digest of the body, in a form that may be shown.
    package let digest: String

    /// `acceptedAt` is a FHIR instant.
    package init(transport: TransportContext, acceptedAt: String, digest: String) {
        let observed = transport[.observedAt].flatMap { text -> String? in
            let date = Array(text.utf8).withUnsafeBytes { DateTimeText($0) }
            return date.isInstant ? date.withBytes { String(decoding: $0, as: UTF8.self) } : nil
        }
        time = observed ?? acceptedAt
        isObserved = observed != nil
        self.digest = digest
    }
}
