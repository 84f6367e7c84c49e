import CSimdJSON

/// simdjson with what it keeps from one document to the next: its parser, a padded buffer, and the symbols of names.
///
/// It reads one document at a time, for readers of one vocabulary: a ``ParserPool`` lends it to one of them after another.
final class JSONParser: @unchecked Sendable {
    private let reader: OpaquePointer
    /// The size of the largest document so far: that much memory, several times over, is kept.
    private(set) var largest = 0

    /// nil when there is no memory.
    init?() {
        guard let reader = csimdjson_reader_create() else { return nil }
        self.reader = reader
    }

    deinit { csimdjson_reader_destroy(reader) }

    /// Reads a JSON text into a builder's arena. `offset` is set to where a fault is, where that is known.
    /// - Returns: how it ended, and whether a key starts with `_`, as FHIR's do that tell more of a primitive.
    func read(_ json: UnsafeRawBufferPointer, into builder: inout TreeBuilder, _ offset: inout Int)
        -> (code: csimdjson_outcome, hasCompanions: Bool)
    {
        guard let start = json.baseAddress else { return (csimdjson_malformed, false) }
        largest = max(largest, json.count)
        builder.arena.reserveText(json.count + Int(CSIMDJSON_SLACK))
        return withUnsafeMutablePointer(to: &builder) { builder in
            var tree = Self.tree(builder)
            let outcome = csimdjson_read(
                reader, start.assumingMemoryBound(to: UInt8.self), json.count, builder.pointee.limits.nesting, &tree,
                &offset)
            builder.pointee.arena.take(nodeCount: tree.node_count, textCount: tree.text_count)
            return (outcome, tree.has_underscore_key)
        }
    }

    private static func tree(_ builder: UnsafeMutablePointer<TreeBuilder>) -> csimdjson_tree {
        let arena = builder.pointee.arena
        return csimdjson_tree(
            nodes: nodes(of: arena), node_count: 0, node_capacity: arena.reserveNodes(8),
            node_limit: builder.pointee.limits.treeNodes, text: arena.text, text_count: 0, has_underscore_key: false,
            lasting_symbols: UInt32(builder.pointee.vocabulary.names.count), context: builder, symbol: symbol,
            grow: grow
        )
    }

    private static let symbol: @convention(c) (UnsafeMutableRawPointer, UnsafePointer<CChar>, Int) -> UInt32 = {
        context, bytes, length in
        context.assumingMemoryBound(to: TreeBuilder.self).pointee
            .symbol(UnsafeRawBufferPointer(start: bytes, count: length)).rawValue
    }

    private static let grow: @convention(c) (UnsafeMutablePointer<csimdjson_tree>) -> Void = { tree in
        let arena = tree.pointee.context.assumingMemoryBound(to: TreeBuilder.self).pointee.arena
        arena.take(nodeCount: tree.pointee.node_count, textCount: tree.pointee.text_count)
        tree.pointee.node_capacity = arena.reserveNodes(tree.pointee.node_count + 1)
        tree.pointee.nodes = nodes(of: arena)
    }

    /// A ``DocumentNode`` lies in memory as C's node does; a test holds the two against each other.
    private static func nodes(of arena: TreeArena) -> UnsafeMutablePointer<csimdjson_node> {
        UnsafeMutableRawPointer(arena.nodes).assumingMemoryBound(to: csimdjson_node.self)
    }
}
