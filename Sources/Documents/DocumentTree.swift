/// What a message says, as one tree, whether it was written in XML or in JSON.
///
/// Nodes lie in document order, so the descendants of a node are the run that follows it, up to its `end`. A list is its
/// members: three JSON array members under `Appointments` are three children of that name, exactly as three XML elements
/// would be. Attributes are children too (HL7's CDA logical model reaches both by local name). All text lies in one
/// arena; a node holds a slice of it. FHIR has one shape, JSON's, in which a primitive with an id or extensions is a
/// scalar node that has children.
package struct DocumentTree: Sendable {
    /// Which language's shape the tree has: FHIR in XML has JSON's.
    package enum Format: Sendable { case xml, json }

    package let format: Format
    /// Nodes and text; nothing is written to it any more.
    package let arena: TreeArena
    package let vocabulary: Vocabulary
    /// Names that the vocabulary does not hold; their symbols follow the vocabulary's.
    package let extraNames: [String]
    /// Namespace URIs by `DocumentNode.namespace`; the first is the empty one.
    package let namespaces: [String]

    package init(
        format: Format, arena: TreeArena, vocabulary: Vocabulary, extraNames: [String] = [],
        namespaces: [String] = [""]
    ) {
        self.format = format
        self.arena = arena
        self.vocabulary = vocabulary
        self.extraNames = extraNames
        self.namespaces = namespaces
    }

    package var nodes: NodeList { NodeList(arena) }

    package var root: Int { 0 }

    package func name(of node: Int) -> String { name(nodes[node].name) }

    package func name(_ symbol: Symbol) -> String {
        let index = Int(symbol.rawValue)
        return index < vocabulary.names.count
            ? vocabulary.names[index] : extraNames[index - vocabulary.names.count]
    }

    /// A node's own text: an element's character data, an attribute's value, a JSON scalar's token without quotes.
    package func string(_ node: Int) -> String { withText(of: node) { String(decoding: $0, as: UTF8.self) } }

    /// A node's own text in UTF-8, for the length of the call.
    package func withText<Result>(of node: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        let node = nodes[node]
        let bytes = UnsafeRawBufferPointer(start: arena.text + Int(node.textOffset), count: Int(node.textLength))
        return withExtendedLifetime(arena) { body(bytes) }
    }

    /// A node's own text in UTF-8, which stays good as long as the tree's arena.
    package func text(of node: DocumentNode) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: arena.text + Int(node.textOffset), count: Int(node.textLength))
    }

    /// The children in document order.
    package func children(of node: Int) -> ChildSequence { ChildSequence(nodes: nodes, parent: node) }

    package struct ChildSequence: Sequence, IteratorProtocol {
        let nodes: NodeList
        var position: Int
        let end: Int

        init(nodes: NodeList, parent: Int) {
            self.nodes = nodes
            self.position = parent + 1
            self.end = Int(nodes[parent].end)
        }

        package mutating func next() -> Int? {
            guard position < end else { return nil }
            defer { position = Int(nodes[position].end) }
            return position
        }
    }

    /// Where a node stands, as a path of names and positions (`ViewAppointmentsReply/Appointment[2]/@startDate`). It
    /// names only what is known, in that spelling; any other name is written `*`, so that a path can be logged.
    package func path(of node: Int, naming known: KnownNames) -> String {
        var steps: [String] = []
        var current = node
        while true {
            let record = nodes[current]
            let name = record.name == .none ? "" : known.spelling(of: name(record.name)) ?? "*"
            let prefix = record.kind == .attribute ? "@" : ""
            if current == 0 {
                if !name.isEmpty { steps.append(name) }
                break
            }
            let parent = Int(record.parent)
            var position = 0
            var same = 0
            for sibling in children(of: parent) where nodes[sibling].name == record.name {
                if sibling == current { position = same }
                same += 1
            }
            steps.append(same > 1 ? "\(prefix)\(name)[\(position + 1)]" : prefix + name)
            current = parent
        }
        return steps.reversed().joined(separator: "/")
    }
}

/// One node of a ``DocumentTree``.
package struct DocumentNode: Sendable, BitwiseCopyable {
    package enum Kind: UInt8, Sendable, BitwiseCopyable {
        /// An XML element or a JSON object.
        case element
        case attribute
        /// Character data of an element that also has other text or elements between (mixed content).
        case text
        case string
        /// A JSON number, its token as it was written.
        case number
        case boolean
        case null
        /// A JSON array without members: it says that the list is there and is empty.
        case emptyArray
    }

    package var kind: Kind
    /// Whether it is one of a JSON array's members, however many those are.
    package var isListMember = false
    /// Index into ``DocumentTree/namespaces``.
    package var namespace: UInt16
    package var name: Symbol
    package var parent: UInt32
    /// The index behind the last descendant.
    package var end: UInt32
    package var textOffset: UInt32
    package var textLength: UInt32

    package init(
        kind: Kind, namespace: UInt16 = 0, name: Symbol, parent: UInt32, end: UInt32, textOffset: UInt32 = 0,
        textLength: UInt32 = 0
    ) {
        self.kind = kind
        self.namespace = namespace
        self.name = name
        self.parent = parent
        self.end = end
        self.textOffset = textOffset
        self.textLength = textLength
    }
}
