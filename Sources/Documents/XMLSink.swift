import CLibXML2

/// Turns libxml2's SAX2 events into nodes.
struct XMLSink {
    var tree: TreeBuilder
    /// Set while the parser runs.
    var parser: xmlParserCtxtPtr?
    var folding = FHIRXMLFolding()
    private(set) var namespaces = [""]
    private(set) var faultOffset: Int?
    private(set) var faultLine: Int?

    /// The symbols of names by their address: the vocabulary's, which the parser keeps, and this document's own.
    private let symbols: AddressTable
    private var knownSymbols: AddressTable.Slots
    private lazy var ownSymbols = AddressTable()
    private lazy var namespaceNumbers = AddressTable()
    /// Where the run of character data that is being read starts in the arena.
    var textStart: Int?

    init(tree: TreeBuilder, symbols: AddressTable) {
        self.tree = tree
        self.symbols = symbols
        knownSymbols = symbols.slots
    }

    private static func at(_ context: UnsafeMutableRawPointer?) -> UnsafeMutablePointer<XMLSink>? {
        context?.assumingMemoryBound(to: XMLSink.self)
    }

    static var handler: xmlSAXHandler {
        let characters: charactersSAXFunc = { context, bytes, length in
            XMLSink.at(context)?.pointee.characters(UnsafeRawBufferPointer(start: bytes, count: Int(length)))
        }
        var handler = xmlSAXHandler()
        handler.initialized = UInt32(XML_SAX2_MAGIC)
        handler.internalSubset = { context, _, _, _ in XMLSink.at(context)?.pointee.stop(.documentType) }
        handler.startElementNs = { context, name, _, uri, _, _, count, _, attributes in
            XMLSink.at(context)?.pointee.startElement(name, uri, attributes, Int(count))
        }
        handler.endElementNs = { context, _, _, _ in XMLSink.at(context)?.pointee.endElement() }
        // One callback for all four kinds also spares libxml2 its own search for white space.
        handler.characters = characters
        handler.ignorableWhitespace = characters
        handler.cdataBlock = characters
        handler.serror = { context, error in
            guard let error else { return }
            XMLSink.at(context)?.pointee.report(error.pointee)
        }
        return handler
    }

    // MARK: Events

    private mutating func startElement(
        _ name: UnsafePointer<xmlChar>?, _ uri: UnsafePointer<xmlChar>?,
        _ attributes: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?, _ count: Int
    ) {
        guard let namespace = number(ofNamespace: uri) else { return stop(.malformed) }
        if folding.applies(to: namespace) {
            if !startFolded(name, uri, namespace, attributes, count) { stop(.malformed) }
            return
        }
        if !start(name, namespace, attributes, count) { stop(.malformed) }
    }

    /// Opens an element with its attributes.
    mutating func start(
        _ name: UnsafePointer<xmlChar>?, _ namespace: UInt16,
        _ attributes: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?, _ count: Int
    ) -> Bool {
        guard endText(), tree.begin(symbol(name), namespace: namespace) else { return false }
        guard let attributes else { return true }
        for index in 0..<count {
            let parts = attributes + index * 5
            guard let start = parts[3], let end = parts[4], let namespace = number(ofNamespace: parts[2]),
                tree.leaf(
                    .attribute, symbol(parts[0]), namespace: namespace,
                    UnsafeRawBufferPointer(start: start, count: end - start))
            else { return false }
        }
        return true
    }

    private mutating func endElement() {
        if folding.isActive {
            if !endFolded() { stop(.malformed) }
            return
        }
        guard endText() else { return stop(.malformed) }
        tree.close()
    }

    private mutating func characters(_ bytes: UnsafeRawBufferPointer) {
        if textStart == nil { textStart = tree.textCount }
        tree.extendText(bytes)
    }

    mutating func endText() -> Bool {
        guard let start = textStart else { return true }
        textStart = nil
        return tree.endText(from: start)
    }

    private mutating func report(_ error: xmlError) {
        guard error.isOfDocument else { return }
        guard !error.isOfEncoding else { return stop(.notText) }
        // libxml2 has a bound of its own, in case the configured one is higher.
        let depth = tree.open.count + folding.depthWithoutNodes
        let isDepth = error.code == Int32(XML_ERR_INTERNAL_ERROR.rawValue) && depth >= 256
        stop(isDepth ? .tooDeep : .malformed)
    }

    /// - Parameter code: the fault, unless one is known already.
    private mutating func stop(_ code: DocumentFault.Code) {
        tree.fail(code)
        guard let parser, faultLine == nil else { return }
        faultLine = Int(xmlSAX2GetLineNumber(parser))
        let offset = xmlByteConsumed(parser)
        faultOffset = offset >= 0 ? Int(offset) : nil
        xmlStopParser(parser)
    }

    // MARK: Names

    /// libxml2 interns names per parser, so that equal names have one address.
    mutating func symbol(_ name: UnsafePointer<xmlChar>?) -> Symbol {
        guard let name else { return .none }
        if let known = knownSymbols[name] ?? ownSymbols[name] { return Symbol(rawValue: known) }
        let symbol = tree.symbol(UnsafeRawBufferPointer(start: name, count: Int(xmlStrlen(name))))
        if tree.isLasting(symbol) {
            symbols.insert(name, symbol.rawValue)
            knownSymbols = symbols.slots
        } else {
            ownSymbols.insert(name, symbol.rawValue)
        }
        return symbol
    }

    /// - Returns: nil when there are more namespaces than a node can tell apart.
    private mutating func number(ofNamespace uri: UnsafePointer<xmlChar>?) -> UInt16? {
        guard let uri else { return 0 }
        if let known = namespaceNumbers[uri] { return UInt16(known) }
        guard let number = UInt16(exactly: namespaces.count) else {
            tree.fail(.tooManyNodes)
            return nil
        }
        namespaces.append(String(cString: uri))
        folding.learn(namespaces[Int(number)], number)
        namespaceNumbers.insert(uri, UInt32(number))
        return number
    }
}
