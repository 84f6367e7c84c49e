import CLibXML2

/// Reads an XML body into a ``DocumentTree`` with libxml2's SAX2 events.
///
/// A document type declaration stops the reading at once, so there are no entities beyond the five of XML and nothing to
/// fetch (OWASP XML External Entity Prevention). A prefix that is not declared is let pass: mappings go by local names,
/// and fragments cut from an envelope have lost their declarations.
struct XMLTreeReader {
    let vocabulary: Vocabulary
    let limits: DocumentLimits

    /// - Parameters:
    ///   - body: the whole body, for the places of faults.
    ///   - start: where the XML text starts in it.
    /// - Returns: the tree.
    /// - Throws: ``DocumentFault`` when the text is malformed or over a limit.
    func read(_ body: UnsafeRawBufferPointer, from start: Int) throws(DocumentFault) -> DocumentTree {
        _ = Self.library
        clibxml2_silence_thread()
        let xml = UnsafeRawBufferPointer(rebasing: body[start...])
        guard let address = xml.baseAddress, let length = Int32(exactly: xml.count) else {
            throw DocumentFault(.tooLarge)
        }
        guard let parser = XMLParser(address.assumingMemoryBound(to: CChar.self), length) else {
            throw DocumentFault(.tooLarge)
        }
        var sink = XMLSink(tree: TreeBuilder(vocabulary: vocabulary, limits: limits, bodySize: xml.count))
        parser.run(into: &sink)
        var fault = sink.tree.fault
        if fault == nil, !parser.isComplete { fault = .malformed }
        // libxml2 has several codes for bytes that are no text, some of which it also uses for other faults.
        if fault == .malformed, !parser.isText(xml) { fault = .notText }
        guard let fault else { return sink.tree.finish(.xml, namespaces: sink.namespaces) }
        throw DocumentFault(
            fault, offset: sink.faultOffset.map { $0 + start },
            line: sink.faultLine.map { $0 + body[..<start].count { $0 == 0x0A } })
    }

    static let library: Void = clibxml2_start()
}

/// Owns one libxml2 parser over bytes that outlive it.
private struct XMLParser: ~Copyable {
    private let context: xmlParserCtxtPtr

    init?(_ bytes: UnsafePointer<CChar>, _ length: Int32) {
        guard let context = xmlCreateMemoryParserCtxt(bytes, length) else { return nil }
        self.context = context
    }

    deinit { xmlFreeParserCtxt(context) }

    /// Whether the document was read to the last byte: a zero byte would end it for libxml2.
    var isComplete: Bool {
        guard context.pointee.wellFormed != 0, let input = context.pointee.input else { return false }
        return input.pointee.cur == input.pointee.end && input.pointee.buf?.pointee.error == 0
    }

    /// Whether the body is what its encoding says: UTF-8, unless it is being converted.
    func isText(_ body: UnsafeRawBufferPointer) -> Bool {
        let buffer = context.pointee.input?.pointee.buf
        guard buffer?.pointee.encoder == nil else { return buffer?.pointee.error == 0 }
        return String(validating: body, as: UTF8.self) != nil
    }

    func run(into sink: inout XMLSink) {
        sink.parser = context
        var handler = XMLSink.handler
        // Without NOENT SAX2 hands over `&amp;` in an attribute as a character reference. No other entity can exist: a DTD
        // stops the reading.
        xmlCtxtUseOptions(context, Int32(XML_PARSE_NONET.rawValue | XML_PARSE_NOENT.rawValue))
        withUnsafeMutablePointer(to: &sink) { sink in
            clibxml2_set_handler(context, &handler, sink)
            xmlParseDocument(context)
        }
    }
}
