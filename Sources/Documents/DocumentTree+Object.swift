extension DocumentTree {
    /// A tree of one object with texts for members, for what did not come as a document.
    package init(object members: [(name: String, value: String)], vocabulary: Vocabulary) {
        let arena = TreeArena(nodeCapacity: members.count + 1, textCapacity: 256)
        var extraNames: [String] = []
        arena.append(DocumentNode(kind: .element, name: .none, parent: 0, end: UInt32(members.count + 1)))
        for (index, member) in members.enumerated() {
            let extra = Symbol(rawValue: UInt32(vocabulary.count + extraNames.count))
            let symbol = vocabulary.symbol(member.name) ?? extra
            if symbol == extra { extraNames.append(member.name) }
            let start = arena.textCount
            var value = member.value
            value.withUTF8 { arena.append(UnsafeRawBufferPointer($0)) }
            arena.append(
                DocumentNode(
                    kind: .string, name: symbol, parent: 0, end: UInt32(index + 2), textOffset: UInt32(start),
                    textLength: UInt32(arena.textCount - start)))
        }
        self.init(format: .json, arena: arena, vocabulary: vocabulary, extraNames: extraNames)
    }
}
