import CLibXML2

/// Reads an XML body into a ``DocumentTree`` with libxml2's SAX2 events.
///
/// A document type declaration stops the reading at once, so there are no entities beyond the five of XML and nothing to
/// fetch (OWASP XML External Entity Prevention). A prefix that is not declared is let pass: mappings go by local names,
/// and fragments cut from an envelope have lost their declarations.
struct XMLTreeReader {
    let vocabulary: Vocabulary
    let limits: DocumentLimits

    /// - Parameter start: where the XML text starts in the body.
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
        if let fault = sink.tree.fault {
            throw DocumentFault(
                fault, offset: sink.faultOffset.map { $0 + start },
                line: sink.faultLine.map { $0 + body[..<start].count { $0 == 0x0A } })
        }
        guard parser.isWellFormed, !sink.tree.nodes.isEmpty else { throw DocumentFault(.malformed) }
        return sink.tree.finish(.xml, namespaces: sink.namespaces)
    }

    private static let library: Void = clibxml2_start()
}

/// Owns one libxml2 parser over bytes that outlive it.
private struct XMLParser: ~Copyable {
    private let context: xmlParserCtxtPtr

    init?(_ bytes: UnsafePointer<CChar>, _ length: Int32) {
        guard let context = xmlCreateMemoryParserCtxt(bytes, length) else { return nil }
        self.context = context
    }

    deinit { xmlFreeParserCtxt(context) }

    var isWellFormed: Bool { context.pointee.wellFormed != 0 }

    func run(into sink: inout XMLSink) {
        sink.parser = context
        var handler = XMLSink.handler
        xmlCtxtUseOptions(context, Int32(XML_PARSE_NONET.rawValue))
        withUnsafeMutablePointer(to: &sink) { sink in
            clibxml2_set_handler(context, &handler, sink)
            xmlParseDocument(context)
        }
    }
}
