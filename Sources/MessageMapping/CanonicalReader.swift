package import CanonicalModel
package import Documents

/// Reads canonical JSON, as ``CanonicalJSONWriter`` wrote it, back into the model.
package enum CanonicalReader {
    /// - Parameters:
    ///   - body: UTF-8 JSON of one object.
    ///   - shape: what the object is.
    /// - Returns: an arena whose node 0 is the object; fields that the shape does not have are passed over.
    /// - Throws: ``DocumentFault`` when the body is not JSON.
    package static func read(_ body: [UInt8], as shape: Shape) throws(DocumentFault) -> CanonicalMessage {
        let tree = try DocumentReader(vocabulary: names).read(body)
        var message = CanonicalMessage()
        let root = message.begin(.message)
        fill(&message, from: tree, node: 0, shape)
        message.end(root)
        return message
    }

    private static let names = Vocabulary(CanonicalShapes.fields.map(\.name))

    private static func fill(_ message: inout CanonicalMessage, from tree: DocumentTree, node: Int, _ shape: Shape) {
        for child in tree.children(of: node) {
            guard let field = CanonicalShapes.field(tree.name(of: child), of: shape) else { continue }
            switch (field.type, tree.nodes[child].kind) {
            case (_, .null), (_, .emptyArray): continue
            case (.object(let inner), .element):
                let object = message.begin(field.id)
                fill(&message, from: tree, node: child, CanonicalShapes.shape(inner))
                message.end(object)
            case (.object, _), (_, .element): continue
            default:
                _ = tree.withText(of: child) { message.append(field.id, $0) }
            }
        }
    }
}
