import CanonicalModel
import Documents

/// The transport context as a tree, so that `%transport.section` is a path like any other.
enum TransportTree {
    static func make(_ context: TransportContext, vocabulary: Vocabulary) -> DocumentTree {
        var nodes = [DocumentNode(kind: .element, name: .none, parent: 0, end: 1)]
        var text: [UInt8] = []
        for (key, value) in context.values.sorted(by: { $0.key < $1.key }) {
            guard let symbol = vocabulary.symbol(key) else { continue }
            nodes.append(
                DocumentNode(
                    kind: .string, name: symbol, parent: 0, end: UInt32(nodes.count + 1),
                    textOffset: UInt32(text.count), textLength: UInt32(value.utf8.count)))
            text.append(contentsOf: value.utf8)
        }
        nodes[0].end = UInt32(nodes.count)
        return DocumentTree(
            format: .json, nodes: nodes, text: text, vocabulary: vocabulary, extraNames: [], namespaces: [""])
    }
}
