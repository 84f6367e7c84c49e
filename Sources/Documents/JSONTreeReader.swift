import CSimdJSON

/// Reads a JSON body (RFC 8259) into a ``DocumentTree``.
///
/// An object is an element and each of its members a child. A list is its members: an array under a key becomes one
/// child of that name per member, arrays within arrays too, and an array without members becomes one node of kind
/// `emptyArray`. A repeated key is kept as it stands. U+0000, which RFC 8259 lets a string escape, is refused in keys and
/// strings alike, as XML refuses it (XML 1.0, section 2.2): what stores or compares text may end at it, and then two
/// identifiers are one.
struct JSONTreeReader {
    let vocabulary: Vocabulary
    let limits: DocumentLimits

    /// - Parameters:
    ///   - body: the whole body, for the places of faults.
    ///   - start: where the JSON text starts in it.
    /// - Returns: the tree.
    /// - Throws: ``DocumentFault`` when the text is malformed or over a limit.
    func read(_ body: UnsafeRawBufferPointer, from start: Int) throws(DocumentFault) -> DocumentTree {
        var sink = Sink(tree: TreeBuilder(vocabulary: vocabulary, limits: limits, bodySize: body.count))
        var offset = Int.max
        let outcome = Self.run(body[start...], nesting: limits.nesting, into: &sink, &offset)
        guard outcome != csimdjson_ok else {
            let tree = sink.tree.finish(.json)
            return sink.hasCompanions ? FHIRJSONFolding.fold(tree) : tree
        }

        let isKnown = offset >= 0 && offset <= body.count - start
        let place = isKnown ? start + offset : nil
        let line = place.map { 1 + body[..<$0].count { $0 == 0x0A } }
        let code: DocumentFault.Code =
            switch outcome {
            case csimdjson_not_utf8: .notText
            case csimdjson_too_deep: .tooDeep
            case csimdjson_no_memory: .tooLarge
            case csimdjson_stopped: sink.tree.fault ?? .malformed
            default: .malformed
            }
        throw DocumentFault(code, offset: place, line: line)
    }

    private static func run(
        _ json: Slice<UnsafeRawBufferPointer>, nesting: Int, into sink: inout Sink, _ offset: inout Int
    ) -> csimdjson_outcome {
        let bytes = UnsafeRawBufferPointer(rebasing: json)
        guard let start = bytes.baseAddress else { return csimdjson_malformed }
        var events = events
        return withUnsafeMutablePointer(to: &sink) { sink in
            var place = Int.max
            defer { offset = place }
            return csimdjson_read(
                start.assumingMemoryBound(to: UInt8.self), bytes.count, nesting, &events, sink, &place)
        }
    }

    private static var events: csimdjson_events {
        csimdjson_events(
            start_object: { Sink.at($0).pointee.startObject() },
            end_object: { Sink.at($0).pointee.endObject() },
            start_array: { Sink.at($0).pointee.startArray() },
            end_array: { Sink.at($0).pointee.endArray() },
            key: { Sink.at($0).pointee.key(UnsafeRawBufferPointer(start: $1, count: $2)) },
            string: { Sink.at($0).pointee.string(UnsafeRawBufferPointer(start: $1, count: $2)) },
            number: { Sink.at($0).pointee.scalar(.number, UnsafeRawBufferPointer(start: $1, count: $2)) },
            boolean: { Sink.at($0).pointee.scalar(.boolean, UnsafeRawBufferPointer(start: $1, count: $2)) },
            null: { Sink.at($0).pointee.scalar(.null, UnsafeRawBufferPointer(start: nil, count: 0)) })
    }
}

/// Turns simdjson's events into nodes.
private struct Sink {
    private enum Container {
        case object
        /// All members of an array carry the name that the array stands under.
        case array(name: Symbol, nodesBefore: Int)
    }

    var tree: TreeBuilder
    private var containers: [Container] = []
    private var lastKey = Symbol.none
    /// A key starts with `_`, as FHIR's do that tell more of a primitive.
    private(set) var hasCompanions = false

    init(tree: TreeBuilder) { self.tree = tree }

    static func at(_ context: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Sink> {
        context.assumingMemoryBound(to: Sink.self)
    }

    /// What the next value is called.
    private var name: Symbol {
        if case .array(let name, _) = containers.last { return name }
        return lastKey
    }

    /// Adds a node, and says so when it is a member of a list.
    private mutating func marked(_ add: (inout TreeBuilder, Symbol) -> Bool) -> Bool {
        guard case .array(let name, _) = containers.last else { return add(&tree, lastKey) }
        let node = tree.nodes.count
        guard add(&tree, name) else { return false }
        tree.markListMember(node)
        return true
    }

    mutating func key(_ bytes: UnsafeRawBufferPointer) -> Bool {
        if bytes.contains(0) { return false }
        lastKey = tree.symbol(bytes)
        if bytes.first == UInt8(ascii: "_") { hasCompanions = true }
        return true
    }

    mutating func string(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.contains(0) ? false : marked { $0.leaf(.string, $1, bytes) }
    }

    mutating func scalar(_ kind: DocumentNode.Kind, _ bytes: UnsafeRawBufferPointer) -> Bool {
        marked { $0.leaf(kind, $1, bytes) }
    }

    mutating func startObject() -> Bool {
        guard marked({ $0.begin($1) }) else { return false }
        containers.append(.object)
        return true
    }

    mutating func endObject() -> Bool {
        containers.removeLast()
        tree.close()
        return true
    }

    mutating func startArray() -> Bool {
        let name = name
        // Only a root array has a node of its own: a tree needs one root.
        if containers.isEmpty, !tree.begin(name) { return false }
        containers.append(.array(name: name, nodesBefore: tree.nodes.count))
        return true
    }

    mutating func endArray() -> Bool {
        guard case .array(let name, let nodesBefore) = containers.popLast() else { return false }
        if tree.nodes.count == nodesBefore, !tree.leaf(.emptyArray, name, UnsafeRawBufferPointer(start: nil, count: 0))
        {
            return false
        }
        if containers.isEmpty { tree.close() }
        return true
    }
}
