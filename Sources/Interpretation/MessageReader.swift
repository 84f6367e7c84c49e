package import CanonicalModel
package import Documents
package import MessageMapping

/// The pure half of the road, read and map: a body and what came with it become what they say. `hatchway map` calls
/// exactly this, and so does the daemon.
package struct MessageReader: Sendable {
    package let mappings: MappingSet
    private let reader: DocumentReader

    package init(mappings: MappingSet, limits: DocumentLimits = DocumentLimits()) {
        self.mappings = mappings
        reader = DocumentReader(vocabulary: mappings.vocabulary, limits: limits)
    }

    /// `body` is the bytes as they came, `acceptedAt` a FHIR instant, `digest` the body's digest in a form that may be
    /// shown.
    package func read(
        _ body: [UInt8], transport: TransportContext, acceptedAt: String, digest: String, isExplaining: Bool = false
    ) -> MessageReading {
        let tree: DocumentTree
        let mapping: Mapping
        do throws(DocumentFault) {
            tree = try reader.read(body)
            guard let found = mappings.mapping(for: tree, transport: transport) else { return .unknown }
            mapping = found
        } catch {
            // An answer may be a text for people: then its status, which the transport knows, decides.
            guard let status = transport[.httpStatus].flatMap({ Int($0) }),
                let text = reader.readText(body, isMarkupText: status >= 400),
                let found = mappings.mapping(for: text, transport: transport)
            else { return .refused(error) }
            (tree, mapping) = (text, found)
        }
        let stamp = SourceStamp(transport: transport, acceptedAt: acceptedAt, digest: digest)
        return .read(
            mappings.read(tree, by: mapping, transport: transport, stamp: stamp, isExplaining: isExplaining))
    }
}

/// What reading a body came to.
package enum MessageReading: Sendable {
    case read(MappedMessage)
    /// Malformed or over a limit.
    case refused(DocumentFault)
    /// Well formed, but no mapping reads it.
    case unknown

    /// The stable code of a message that no mapping reads.
    package static let unknownCode = "message-unknown"
}
