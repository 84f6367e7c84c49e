import CLibXML2

/// Finds the elements of one path in an XML stream, with libxml2's push parser and SAX2 events; under the same rules as
/// ``XMLTreeReader``: no document type declaration, nothing fetched, prefixes without a declaration let pass.
///
/// Invariant 7 (memory is bounded whatever arrives): libxml2 keeps a tag until it is complete, names for the length of the
/// file and a few bytes for each open element; each of these has a bound here.
final class XMLPartScanner {
    /// Bytes of one tag, comment or processing instruction.
    private static let markupSize = 1 << 20
    /// Bytes of all different names.
    private static let namesSize = 10 << 20
    /// Open elements; a part that is deeper than a message may be is refused by itself long before.
    private static let depthLimit = 100_000

    /// An open element on the way to the parts.
    private struct Level {
        /// Where it starts in the header.
        let mark: XMLTextWriter.Mark
        /// Whether a part was found inside: what comes after it is not in the header.
        var hasParts = false
    }

    private let path: [[UInt8]]
    private let limits: DocumentLimits
    private let parser: xmlParserCtxtPtr?

    // What the callbacks work on while the parser runs.
    private var collector = PartCollector(limits: DocumentLimits(), skipping: 0)
    private var consumed = 0
    private var fault: DocumentFault?

    private var depth = 0
    private var levels: [Level] = []
    private var header = XMLTextWriter()
    private var part = XMLTextWriter()
    /// Depth of the part that is open, or 0.
    private var partDepth = 0
    /// Depth of the child of an enclosing element that is being copied into the header, or 0.
    private var copiedDepth = 0

    init(_ names: [String], limits: DocumentLimits) {
        path = names.map { Array($0.utf8) }
        self.limits = limits
        _ = XMLParser.library
        parser = clibxml2_push_parser(Self.namesSize)
        var handler = Self.handler
        if let parser { clibxml2_set_handler(parser, &handler, Unmanaged.passUnretained(self).toOpaque()) }
    }

    deinit {
        if let parser { xmlFreeParserCtxt(parser) }
    }

    /// `consumed` is how many bytes of the file there are up to the end of these.
    func feed(_ bytes: UnsafeRawBufferPointer, into collector: inout PartCollector, consumed: Int)
        throws(DocumentFault)
    {
        // So many at once that what libxml2 keeps can be looked at often enough.
        let piece = 64 << 10
        for start in stride(from: 0, to: bytes.count, by: piece) {
            let end = min(start + piece, bytes.count)
            try run(into: &collector, consumed: consumed) { parser in
                _ = bytes.withMemoryRebound(to: CChar.self) { text in
                    xmlParseChunk(parser, text.baseAddress.map { $0 + start }, Int32(end - start), 0)
                }
                guard let input = parser.pointee.input?.pointee else { return }
                if input.end - input.cur > Self.markupSize { stop(.tooLarge) }
            }
        }
    }

    func finish(into collector: inout PartCollector, consumed: Int) throws(DocumentFault) {
        try run(into: &collector, consumed: consumed) { parser in
            xmlParseChunk(parser, nil, 0, 1)
            if parser.pointee.wellFormed == 0 || depth > 0 { stop(.malformed) }
        }
    }

    private func run(
        into collector: inout PartCollector, consumed: Int, _ body: (xmlParserCtxtPtr) -> Void
    ) throws(DocumentFault) {
        guard let parser else { throw DocumentFault(.tooLarge) }
        clibxml2_silence_thread()
        swap(&self.collector, &collector)
        self.consumed = consumed
        body(parser)
        swap(&self.collector, &collector)
        if let fault { throw fault }
    }

    // MARK: Events

    private static func at(_ context: UnsafeMutableRawPointer?) -> XMLPartScanner? {
        context.map { Unmanaged<XMLPartScanner>.fromOpaque($0).takeUnretainedValue() }
    }

    private static var handler: xmlSAXHandler {
        let characters: charactersSAXFunc = { context, bytes, length in
            XMLPartScanner.at(context)?.characters(UnsafeRawBufferPointer(start: bytes, count: Int(length)))
        }
        var handler = xmlSAXHandler()
        handler.initialized = UInt32(XML_SAX2_MAGIC)
        handler.internalSubset = { context, _, _, _ in XMLPartScanner.at(context)?.stop(.documentType) }
        handler.startElementNs = { context, name, prefix, uri, declared, declarations, count, _, attributes in
            guard let name else { return }
            XMLPartScanner.at(context)?.startElement(
                StartTag(
                    name: name, prefix: prefix, uri: uri, declarations: declarations, declared: Int(declared),
                    attributes: attributes, count: Int(count)))
        }
        handler.endElementNs = { context, name, prefix, _ in
            guard let name else { return }
            XMLPartScanner.at(context)?.endElement(name, prefix)
        }
        handler.characters = characters
        handler.ignorableWhitespace = characters
        handler.cdataBlock = characters
        handler.serror = { context, error in
            guard let error = error?.pointee, error.isOfDocument else { return }
            XMLPartScanner.at(context)?.report(error)
        }
        return handler
    }

    private func startElement(_ tag: StartTag) {
        depth += 1
        guard depth <= Self.depthLimit else { return stop(.tooDeep) }
        if partDepth > 0 {
            if depth - partDepth >= limits.nesting { collector.refuse(.tooDeep) }
            return writePart { $0.startTag(tag) }
        }
        if copiedDepth > 0 { return writeHeader { $0.startTag(tag) } }
        // Only a child of the innermost enclosing element is of interest.
        guard depth == levels.count + 1 else { return }
        if depth <= path.count, tag.isNamed(path[depth - 1]) {
            return depth == path.count ? startPart(tag) : open(tag)
        }
        if levels.last?.hasParts == false {
            copiedDepth = depth
            writeHeader { $0.startTag(tag) }
        }
    }

    private func open(_ tag: StartTag) {
        levels.append(Level(mark: header.mark))
        writeHeader { $0.startTag(tag) }
    }

    private func startPart(_ tag: StartTag) {
        // Where the root itself is the part, there is nothing around it.
        if levels.contains(where: { !$0.hasParts }) { keepHeader() }
        guard fault == nil else { return }
        partDepth = depth
        collector.begin()
        part.reset()
        writePart { $0.startTag(tag) }
    }

    /// The header as it stands, with the end tags of what is open.
    private func keepHeader() {
        for index in levels.indices { levels[index].hasParts = true }
        do throws(DocumentFault) {
            try collector.setHeader(header.closed(), consumed: consumed)
        } catch {
            stop(error.code)
        }
    }

    private func endElement(_ name: UnsafePointer<xmlChar>, _ prefix: UnsafePointer<xmlChar>?) {
        defer { depth -= 1 }
        if partDepth > 0 {
            writePart { $0.endTag(name, prefix: prefix) }
            guard depth == partDepth else { return }
            partDepth = 0
            collector.end()
        } else if copiedDepth > 0 {
            writeHeader { $0.endTag(name, prefix: prefix) }
            if depth == copiedDepth { copiedDepth = 0 }
        } else if depth == levels.count, let level = levels.last {
            // A file without parts has a header all the same: by it the file is known.
            if depth == 1, collector.header == nil { keepHeader() }
            levels.removeLast()
            header.rollBack(to: level.mark)
        }
    }

    private func characters(_ bytes: UnsafeRawBufferPointer) {
        if partDepth > 0 { return writePart { $0.text(bytes) } }
        if copiedDepth > 0 { return writeHeader { $0.text(bytes) } }
        guard depth == levels.count, levels.last?.hasParts == false,
            !bytes.allSatisfy(DocumentReader.isWhiteSpace)
        else { return }
        writeHeader { $0.text(bytes) }
    }

    // MARK: Writing

    private func writePart(_ body: (inout XMLTextWriter) -> Void) {
        guard collector.isKeeping else { return }
        body(&part)
        part.drain { collector.append($0) }
    }

    private func writeHeader(_ body: (inout XMLTextWriter) -> Void) {
        body(&header)
        if header.bytes.count > DocumentPart.headerSize { stop(.headerTooLarge) }
    }

    private func report(_ error: xmlError) {
        // Of bytes that are no UTF-8 libxml2 says now this, now that.
        var isText = !error.isOfEncoding
        if isText, let input = parser?.pointee.input?.pointee, input.cur < input.end {
            var bytes = UnsafeRawBufferPointer(start: input.cur, count: min(4, input.end - input.cur)).makeIterator()
            var decoder = Unicode.UTF8.ForwardParser()
            if case .error = decoder.parseScalar(from: &bytes) { isText = false }
        }
        stop(isText ? .malformed : .notText)
    }

    /// Keeps the first fault and stops the parser.
    private func stop(_ code: DocumentFault.Code) {
        guard fault == nil, let parser else { return }
        fault = DocumentFault(code, line: Int(xmlSAX2GetLineNumber(parser)))
        xmlStopParser(parser)
    }
}

/// A start tag as SAX2 hands it over: `declarations` holds prefix and URI in turn, `attributes` five pointers each. It is
/// gone when the callback returns.
struct StartTag {
    typealias Name = UnsafePointer<xmlChar>

    let name: Name
    let prefix: Name?
    let uri: Name?
    let declarations: UnsafeMutablePointer<Name?>?
    let declared: Int
    let attributes: UnsafeMutablePointer<Name?>?
    let count: Int

    func isNamed(_ wanted: [UInt8]) -> Bool {
        UnsafeRawBufferPointer(start: name, count: Int(xmlStrlen(name))).elementsEqual(wanted)
    }
}
