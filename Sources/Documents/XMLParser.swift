import CLibXML2

/// libxml2's parser with what it keeps from one document to the next: its dictionary of names, and their symbols.
///
/// It reads one document at a time, for readers of one vocabulary: a ``ParserPool`` lends it to one of them after another.
final class XMLParser: @unchecked Sendable {
    /// The symbols of the vocabulary's names, by the address that the name has in the parser's dictionary.
    let symbols = AddressTable()
    private let context: xmlParserCtxtPtr

    /// nil when there is no memory.
    init?() {
        _ = Self.library
        guard let context = xmlNewParserCtxt() else { return nil }
        self.context = context
        var handler = XMLSink.handler
        clibxml2_set_handler(context, &handler, nil)
    }

    deinit { xmlFreeParserCtxt(context) }

    static let library: Void = clibxml2_start()

    /// Reads an XML text, whose bytes may be gone afterwards.
    /// - Returns: whether it was read to the last byte: a zero byte would end it for libxml2.
    func run(_ xml: UnsafePointer<CChar>, _ length: Int32, into sink: inout XMLSink) -> Bool {
        clibxml2_silence_thread()
        sink.parser = context
        withUnsafeMutablePointer(to: &sink) { sink in
            context.pointee.userData = UnsafeMutableRawPointer(sink)
            // Without NOENT SAX2 hands over `&amp;` in an attribute as a character reference. No other entity can exist:
            // a DTD stops the reading.
            let options = Int32(XML_PARSE_NONET.rawValue | XML_PARSE_NOENT.rawValue)
            xmlFreeDoc(xmlCtxtReadMemory(context, xml, length, nil, nil, options))
            context.pointee.userData = nil
        }
        sink.parser = nil
        guard context.pointee.wellFormed != 0, let input = context.pointee.input else { return false }
        return input.pointee.cur == input.pointee.end && input.pointee.buf?.pointee.error == 0
    }

    /// Whether the body just read is what its encoding says: UTF-8, unless it was being converted.
    func isText(_ body: UnsafeRawBufferPointer) -> Bool {
        let buffer = context.pointee.input?.pointee.buf
        guard buffer?.pointee.encoder == nil else { return buffer?.pointee.error == 0 }
        return String(validating: body, as: UTF8.self) != nil
    }

    /// Lets go of the document. What its names and attributes made the parser keep has a bound.
    /// - Returns: whether another document may be read.
    func rest() -> Bool {
        xmlCtxtReset(context)
        guard let dictionary = context.pointee.dict else { return false }
        return context.pointee.maxatts <= 10_000 && xmlDictSize(dictionary) <= 4_096
            && xmlDictGetUsage(dictionary) <= 256 << 10
    }
}
