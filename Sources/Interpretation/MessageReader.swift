package import CanonicalModel
package import Documents
package import MessageMapping

/// The pure half of the road, read and map: a body and what came with it become what they say. `hatchway map` calls
/// exactly this, and so does the daemon.
package struct MessageReader: Sendable {
    package let mappings: MappingSet
    package let limits: DocumentLimits
    private let reader: DocumentReader

    package init(mappings: MappingSet, limits: DocumentLimits = DocumentLimits()) {
        self.mappings = mappings
        self.limits = limits
        reader = DocumentReader(vocabulary: mappings.vocabulary, limits: limits)
    }

    /// Where a body comes from.
    package enum Origin: Sendable, Equatable {
        /// A source.
        case source
        /// A file of many messages, with what enclosed it there.
        case file(header: [UInt8]?)
    }

    /// Where the messages stand in a body that holds many; nil when it holds one, or none that is known. `head` is its
    /// beginning, of at least ``MappingSet/headSize`` bytes unless it `isWhole`.
    package func partPath(head: [UInt8], isWhole: Bool, transport: TransportContext) -> PartPath? {
        mappings.partPath(head: head, isWhole: isWhole, transport: transport, limits: limits)
    }

    /// `body` is the bytes as they came, `acceptedAt` a FHIR instant, `digest` the body's digest in a form that may be
    /// shown.
    package func read(
        _ body: [UInt8], from origin: Origin = .source, transport: TransportContext, acceptedAt: String, digest: String,
        isExplaining: Bool = false
    ) -> MessageReading {
        if origin == .source, let path = partPath(head: body, isWhole: true, transport: transport) {
            return .file(path)
        }
        let tree: DocumentTree
        var header: DocumentTree?
        do throws(DocumentFault) {
            tree = try reader.read(body)
            if case .file(let body?) = origin { header = try reader.read(body) }
        } catch {
            return .refused(error)
        }
        let mapping =
            origin == .source
            ? mappings.mapping(for: tree, transport: transport)
            : mappings.mapping(forPart: tree, header: header, transport: transport)
        guard let mapping else { return .unknown }
        let stamp = SourceStamp(transport: transport, acceptedAt: acceptedAt, digest: digest)
        return .read(
            mappings.read(
                tree, by: mapping, transport: transport, stamp: stamp, header: header, isExplaining: isExplaining))
    }
}

/// What reading a body came to.
package enum MessageReading: Sendable {
    case read(MappedMessage)
    /// Malformed or over a limit.
    case refused(DocumentFault)
    /// Well formed, but no mapping reads it.
    case unknown
    /// It holds many messages, which stand there.
    case file(PartPath)

    /// The stable code of a message that no mapping reads.
    package static let unknownCode = "message-unknown"
}
