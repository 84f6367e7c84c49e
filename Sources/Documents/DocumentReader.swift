/// Reads a body into a ``DocumentTree``. Which of the two languages it is written in is told by its first byte that is
/// not white space (after a byte order mark): `<` is XML, anything else is taken for JSON.
package struct DocumentReader: Sendable {
    package let vocabulary: Vocabulary
    package let limits: DocumentLimits
    private let jsonParsers = ParserPool<JSONParser>()
    private let xmlParsers = ParserPool<XMLParser>()

    package init(vocabulary: Vocabulary, limits: DocumentLimits = DocumentLimits()) {
        self.vocabulary = vocabulary
        self.limits = limits
    }

    /// - Throws: ``DocumentFault`` when the body is malformed or over a limit.
    package func read(_ body: [UInt8]) throws(DocumentFault) -> DocumentTree {
        guard body.count <= min(limits.messageSize, Self.largestSize) else { throw DocumentFault(.tooLarge) }
        let start = body.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        guard let first = body[start...].firstIndex(where: { !Self.isWhiteSpace($0) }) else {
            throw DocumentFault(.empty)
        }
        let isXML = body[first] == UInt8(ascii: "<") || Self.isUTF16(body)
        return try body.withUnsafeBufferPointer { (buffer) throws(DocumentFault) in
            let bytes = UnsafeRawBufferPointer(buffer)
            return isXML
                ? try readXML(bytes, from: first)
                : try readJSON(bytes, from: first)
        }
    }

    private func readXML(_ body: UnsafeRawBufferPointer, from start: Int) throws(DocumentFault) -> DocumentTree {
        guard let parser = xmlParsers.take() ?? XMLParser() else { throw DocumentFault(.tooLarge) }
        let tree = try XMLTreeReader(vocabulary: vocabulary, limits: limits, parser: parser).read(body, from: start)
        // A parser that met a fault is not used again.
        if parser.rest() { xmlParsers.give(parser) }
        return tree
    }

    private func readJSON(_ body: UnsafeRawBufferPointer, from start: Int) throws(DocumentFault) -> DocumentTree {
        guard let parser = jsonParsers.take() ?? JSONParser() else { throw DocumentFault(.tooLarge) }
        // The memory of a rare large message is not kept for ever.
        defer { if parser.largest <= Self.keptSize { jsonParsers.give(parser) } }
        return try JSONTreeReader(vocabulary: vocabulary, limits: limits, parser: parser).read(body, from: start)
    }

    /// Bytes of a message whose buffers are kept for the next one.
    private static let keptSize = 1 << 20

    /// Offsets into the arena are 32 bits wide, and text may grow threefold when it is turned into UTF-8.
    private static let largestSize = 1 << 30

    static func isWhiteSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    /// Only XML may come in UTF-16 (RFC 8259, section 8.1): a byte order mark, or `<` with a zero beside it.
    private static func isUTF16(_ body: [UInt8]) -> Bool {
        [[0xFE, 0xFF], [0xFF, 0xFE], [0x00, 0x3C], [0x3C, 0x00]].contains { body.starts(with: $0) }
    }
}
