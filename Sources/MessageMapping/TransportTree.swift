import CanonicalModel
import Documents

/// The transport context as a tree, so that `%transport.section` is a path like any other.
enum TransportTree {
    static func make(_ context: TransportContext, vocabulary: Vocabulary) -> DocumentTree {
        DocumentTree(
            object: context.values.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }, vocabulary: vocabulary)
    }
}
