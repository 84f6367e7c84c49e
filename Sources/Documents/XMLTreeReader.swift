/// Reads an XML body into a ``DocumentTree`` with libxml2's SAX2 events.
///
/// A document type declaration stops the reading at once, so there are no entities beyond the five of XML and nothing to
/// fetch (OWASP XML External Entity Prevention). A prefix that is not declared is let pass: mappings go by local names,
/// and fragments cut from an envelope have lost their declarations.
struct XMLTreeReader {
    let vocabulary: Vocabulary
    let limits: DocumentLimits
    let parser: XMLParser

    /// - Parameters:
    ///   - body: the whole body, for the places of faults.
    ///   - start: where the XML text starts in it.
    /// - Returns: the tree.
    /// - Throws: ``DocumentFault`` when the text is malformed or over a limit.
    func read(_ body: UnsafeRawBufferPointer, from start: Int) throws(DocumentFault) -> DocumentTree {
        let xml = UnsafeRawBufferPointer(rebasing: body[start...])
        guard let address = xml.baseAddress, let length = Int32(exactly: xml.count) else {
            throw DocumentFault(.tooLarge)
        }
        var sink = XMLSink(
            tree: TreeBuilder(vocabulary: vocabulary, limits: limits, bodySize: xml.count), symbols: parser.symbols)
        let isComplete = parser.run(address.assumingMemoryBound(to: CChar.self), length, into: &sink)
        var fault = sink.tree.fault
        if fault == nil, !isComplete { fault = .malformed }
        // libxml2 has several codes for bytes that are no text, some of which it also uses for other faults.
        if fault == .malformed, !parser.isText(xml) { fault = .notText }
        guard let fault else {
            return sink.tree.finish(sink.folding.holdsRoot ? .json : .xml, namespaces: sink.namespaces)
        }
        throw DocumentFault(
            fault, offset: sink.faultOffset.map { $0 + start },
            line: sink.faultLine.map { $0 + body[..<start].count { $0 == 0x0A } })
    }
}
