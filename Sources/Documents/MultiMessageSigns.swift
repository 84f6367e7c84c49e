import CLibXML2

/// What the beginning of a body shows of the file that it may be the beginning of.
package enum MultiMessageSigns: Sendable, Equatable {
    /// XML, with this root element.
    case root(namespace: String, name: String)
    /// A JSON object.
    case object
    /// A JSON array.
    case array
    /// More than one JSON value, each on a line of its own; or a line that is so long that its end is not seen.
    case lines
    /// Comma-separated values: a row's object in JSON, with every column and nothing in it.
    case rows([UInt8])
    case none

    /// - Parameters:
    ///   - head: the first bytes of the body.
    ///   - isWhole: whether these are all of them.
    package init(head: [UInt8], isWhole: Bool) {
        let start = head.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        let isWide = [[0xFE, 0xFF], [0xFF, 0xFE], [0x00, 0x3C], [0x3C, 0x00]].contains { head.starts(with: $0) }
        guard let first = head[start...].firstIndex(where: { !DocumentReader.isWhiteSpace($0) }) else {
            self = .none
            return
        }
        switch head[first] {
        case _ where isWide: self = XMLRootScanner.root(of: head[start...])
        case UInt8(ascii: "<"): self = XMLRootScanner.root(of: head[first...])
        case UInt8(ascii: "["): self = .array
        case UInt8(ascii: "{"): self = Self.areLines(head, from: first, isWhole: isWhole) ? .lines : .object
        default: self = RowPartScanner.emptyRow(of: head[first...], isWhole: isWhole).map { .rows($0) } ?? .none
        }
    }

    private static func areLines(_ head: [UInt8], from first: Int, isWhole: Bool) -> Bool {
        head.withUnsafeBytes { bytes in
            var scanner = JSONValueScanner()
            switch scanner.scan(bytes, from: first) {
            case .malformed: return false
            case .open: return !isWhole && !bytes[first...].contains(0x0A)
            case .complete(let end):
                let isOneLine = !bytes[first..<end].contains(0x0A)
                let rest = bytes[end...]
                guard let next = rest.firstIndex(where: { !DocumentReader.isWhiteSpace($0) }) else {
                    return isOneLine && !isWhole
                }
                return isOneLine && rest[..<next].contains(0x0A)
            }
        }
    }
}

/// Reads an XML document up to its first start tag.
private final class XMLRootScanner {
    private var found = MultiMessageSigns.none
    private var isOver = false

    static func root(of head: ArraySlice<UInt8>) -> MultiMessageSigns {
        _ = XMLParser.library
        guard let parser = clibxml2_push_parser(1 << 20) else { return .none }
        defer { xmlFreeParserCtxt(parser) }
        clibxml2_silence_thread()
        let scanner = XMLRootScanner()
        var handler = xmlSAXHandler()
        handler.initialized = UInt32(XML_SAX2_MAGIC)
        handler.startElementNs = { context, name, _, uri, _, _, _, _, _ in
            guard let context, let name else { return }
            let scanner = Unmanaged<XMLRootScanner>.fromOpaque(context).takeUnretainedValue()
            guard !scanner.isOver else { return }
            scanner.isOver = true
            scanner.found = .root(namespace: uri.map { String(cString: $0) } ?? "", name: String(cString: name))
        }
        // A document type declaration is refused wherever it is read; nothing behind one is looked at.
        handler.internalSubset = { context, _, _, _ in
            guard let context else { return }
            Unmanaged<XMLRootScanner>.fromOpaque(context).takeUnretainedValue().isOver = true
        }
        handler.serror = { _, _ in }
        clibxml2_set_handler(parser, &handler, Unmanaged.passUnretained(scanner).toOpaque())
        head.withUnsafeBytes { bytes in
            // Little by little, since everything behind the root is read in vain.
            for start in stride(from: 0, to: bytes.count, by: 1 << 10) where !scanner.isOver {
                let piece = bytes[start..<min(start + (1 << 10), bytes.count)]
                _ = UnsafeRawBufferPointer(rebasing: piece).withMemoryRebound(to: CChar.self) {
                    xmlParseChunk(parser, $0.baseAddress, Int32($0.count), 0)
                }
            }
        }
        return scanner.found
    }
}
