package import CanonicalModel
package import Documents
package import MessageMapping

/// The pure part of the road, by the repository's own mappings: read, map, write.
package struct Road {
    package let mappings: MappingSet
    private let reader: DocumentReader
    private let transport = TransportContext(Self.transportValues)
    private let stamp: SourceStamp

    private static let transportValues = [
        "odsCode": "Y90001", "section": "future", "from": "2026-06-15T00:00:00+01:00",
        "to": "2028-01-01T00:00:00+00:00",
    ]
    private static let time = "2026-06-15T12:00:00+01:00"
    private static let digest = "0000"

    /// All that the result says and the message does not; other engines are told the same.
    static let parameters = transportValues.merging(["time": time, "digest": digest]) { $1 }

    /// - Parameter folder: the folder of mappings.
    /// - Throws: ``MappingFindings``
    package init(mappings folder: String) throws(MappingFindings) {
        mappings = try MappingFolder.load([folder])
        reader = DocumentReader(vocabulary: mappings.vocabulary)
        stamp = SourceStamp(transport: transport, acceptedAt: Self.time, digest: Self.digest)
    }

    /// - Throws: ``DocumentFault``
    package func tree(_ body: [UInt8]) throws(DocumentFault) -> DocumentTree { try reader.read(body) }

    /// nil when no mapping reads the tree.
    package func map(_ tree: DocumentTree) -> MappedMessage? {
        mappings.mapping(for: tree, transport: transport).map {
            mappings.read(tree, by: $0, transport: transport, stamp: stamp)
        }
    }

    package func json(_ message: CanonicalMessage) -> [UInt8] { CanonicalJSONWriter.write(message) }

    /// The whole: bytes in, canonical JSON out; empty when it cannot be read.
    package func whole(_ body: [UInt8]) -> [UInt8] {
        guard let tree = try? tree(body), let mapped = map(tree) else { return [] }
        return json(mapped.message)
    }
}
