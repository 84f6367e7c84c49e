import CanonicalModel
import Documents

/// The transport context as a tree, so that `%transport.section` is a path like any other.
enum TransportTree {
    static func make(_ context: TransportContext, vocabulary: Vocabulary) -> DocumentTree {
        let arena = TreeArena(nodeCapacity: context.values.count + 1, textCapacity: 256)
        arena.append(DocumentNode(kind: .element, name: .none, parent: 0, end: 1))
        for (key, value) in context.values.sorted(by: { $0.key < $1.key }) {
            guard let symbol = vocabulary.symbol(key) else { continue }
            arena.append(
                DocumentNode(
                    kind: .string, name: symbol, parent: 0, end: UInt32(arena.nodeCount + 1),
                    textOffset: UInt32(arena.textCount), textLength: UInt32(value.utf8.count)))
            Array(value.utf8).withUnsafeBytes { arena.append($0) }
        }
        arena.nodes[0].end = UInt32(arena.nodeCount)
        return DocumentTree(format: .json, arena: arena, vocabulary: vocabulary)
    }
}
