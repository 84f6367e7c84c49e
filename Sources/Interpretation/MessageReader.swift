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
        let found: Found
        do throws(DocumentFault) {
            found = try find(body, from: origin, transport)
        } catch {
            guard origin == .source, let text = plainText(body, transport) else { return .refused(error) }
            found = text
        }
        guard let mapping = found.mapping else { return .unknown }
        let stamp = SourceStamp(transport: transport, acceptedAt: acceptedAt, digest: digest)
        return .read(
            mappings.read(
                found.tree, by: mapping, transport: transport, stamp: stamp, header: found.header,
                isExplaining: isExplaining))
    }

    /// A body as a tree, and the mapping that reads it, if there is one.
    private struct Found {
        let tree: DocumentTree
        var header: DocumentTree?
        let mapping: Mapping?
    }

    private func find(_ body: [UInt8], from origin: Origin, _ transport: TransportContext) throws(DocumentFault)
        -> Found
    {
        let tree = try reader.read(body)
        guard case .file(let headerBody) = origin else {
            return Found(tree: tree, mapping: mappings.mapping(for: tree, transport: transport))
        }
        var header: DocumentTree?
        if let headerBody { header = try reader.read(headerBody) }
        return Found(
            tree: tree, header: header,
            mapping: mappings.mapping(forPart: tree, header: header, transport: transport))
    }

    /// An answer may be a text for people: then what the transport knows of it, such as its status, decides.
    private func plainText(_ body: [UInt8], _ transport: TransportContext) -> Found? {
        let status = transport[.httpStatus].flatMap { Int($0) }
        guard status != nil || transport[.system] != nil,
            let text = reader.readText(body, isMarkupText: (status ?? 200) >= 400),
            let mapping = mappings.mapping(for: text, transport: transport)
        else { return nil }
        return Found(tree: text, mapping: mapping)
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
