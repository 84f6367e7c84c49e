package import CanonicalModel
package import Documents

/// Files that hold many messages (mapping-language.md, `each`).
extension MappingSet {
    /// Whether any mapping reads files of many messages.
    package var readsFiles: Bool { mappings.contains { !$0.each.isEmpty } }

    /// Bytes of a body's beginning that are enough for ``partPath(head:isWhole:transport:limits:)``.
    package static let headSize = 2 * DocumentPart.headerSize

    /// Where the messages stand in a body, if a mapping says that it holds many: told by its root, or by what encloses its
    /// parts. A body that holds one message has none.
    /// - Parameters:
    ///   - head: the first bytes of the body.
    ///   - isWhole: whether these are all of them.
    ///   - transport: what came with the body.
    ///   - limits: those of a message.
    /// - Returns: the path, or nil.
    package func partPath(
        head: [UInt8], isWhole: Bool, transport: TransportContext, limits: DocumentLimits
    ) -> PartPath? {
        guard readsFiles else { return nil }
        switch MultiMessageSigns(head: head, isWhole: isWhole) {
        case .none: return nil
        case .array: return mappings.contains { $0.each.contains(.items) } ? .items : nil
        case .lines: return mappings.contains { $0.each.contains(.lines) } ? .lines : nil
        case .rows(let row):
            // Any text may look like a table: only one whose columns some mapping asks for is one.
            guard let tree = try? DocumentReader(vocabulary: vocabulary, limits: limits).read(row),
                let found = partDetection.mapping(for: tree, transport: transport).index
            else { return nil }
            return mappings[found].each.contains(.rows) ? .rows : nil
        case .object:
            return enclosingPath(head, isWhole, transport, limits) { if case .keys = $0 { true } else { false } }
        case .root(let namespace, let name):
            let claimed = headerDetection.mappings(ofRoot: name, namespace: namespace).flatMap { mappings[$0].each }
            return enclosingPath(head, isWhole, transport, limits) { claimed.contains($0) }
        }
    }

    /// The mapping that reads a part: told by what encloses it, or, where nothing does, by the part itself.
    package func mapping(forPart part: DocumentTree, header: DocumentTree?, transport: TransportContext) -> Mapping? {
        let found =
            if let header {
                headerDetection.mapping(for: header, transport: transport)
            } else {
                partDetection.mapping(for: part, transport: transport)
            }
        return found.index.map { mappings[$0] }
    }

    private func enclosingPath(
        _ head: [UInt8], _ isWhole: Bool, _ transport: TransportContext, _ limits: DocumentLimits,
        isClaimed: (PartPath) -> Bool
    ) -> PartPath? {
        var tried: Set<PartPath> = []
        for mapping in mappings {
            guard let path = mapping.each.first, isClaimed(path), tried.insert(path).inserted else { continue }
            let splitter = DocumentSplitter(path: path, limits: limits)
            var fault: DocumentFault.Code?
            do throws(DocumentFault) {
                // Little by little: what comes after the header is of no interest here.
                var rest = head[...]
                while !rest.isEmpty, splitter.header == nil {
                    try splitter.feed(rest.prefix(4096))
                    _ = splitter.takeParts()
                    rest = rest.dropFirst(4096)
                }
                if isWhole, splitter.header == nil { try splitter.finish() }
            } catch {
                fault = error.code
            }
            if let header = splitter.header {
                let reader = DocumentReader(vocabulary: vocabulary, limits: limits)
                guard let tree = try? reader.read(header.body) else { continue }
                let reads = headerDetection.mapping(for: tree, transport: transport).index
                if let reads, mappings[reads].each == [path] { return path }
            } else if fault == .headerTooLarge, case .elements = path, mapping.isToldByKind {
                // Its root says what it is; that its header is too large is found, and told, when it is taken apart.
                return path
            }
        }
        return nil
    }
}

extension Mapping {
    /// Whether it reads bodies that are one message.
    var isOfWholes: Bool { !isOfHeaders }

    /// Whether what encloses its messages in a file tells that they are its own.
    var isOfHeaders: Bool {
        each.contains { path in
            switch path {
            case .items, .lines, .rows: false
            case .elements, .keys: true
            }
        }
    }

    /// Whether it reads messages that nothing encloses, of a file with many.
    var isOfParts: Bool { !each.isEmpty && !isOfHeaders }
}
