import CLibXML2

/// Writes XHTML out again as it is read: FHIR's JSON has a narrative as one string (FHIR R4, *Narrative*).
struct XHTMLText {
    /// The name that the string stands under.
    let name: Symbol
    private(set) var bytes: [UInt8] = []
    private var elements: [(name: String, namespace: UnsafePointer<xmlChar>?)] = []
    /// The last start tag has no `>` yet.
    private var isTagOpen = false

    init(name: Symbol) { self.name = name }

    var isOpen: Bool { !elements.isEmpty }

    var depth: Int { elements.count }

    /// libxml2 keeps one address for each namespace.
    mutating func start(_ element: UnsafePointer<xmlChar>, namespace: UnsafePointer<xmlChar>?) {
        closeTag()
        let name = String(cString: element)
        append("<")
        append(name)
        if elements.last?.namespace != namespace || elements.isEmpty {
            append(" xmlns=\"")
            if let namespace {
                escape(UnsafeRawBufferPointer(start: namespace, count: Int(xmlStrlen(namespace))), isAttribute: true)
            }
            append("\"")
        }
        elements.append((name, namespace))
        isTagOpen = true
    }

    mutating func attribute(
        _ prefix: UnsafePointer<xmlChar>?, _ name: UnsafePointer<xmlChar>, _ value: UnsafeRawBufferPointer
    ) {
        append(" ")
        if let prefix {
            append(String(cString: prefix))
            append(":")
        }
        append(String(cString: name))
        append("=\"")
        escape(value, isAttribute: true)
        append("\"")
    }

    mutating func text(_ text: some Sequence<UInt8>) {
        closeTag()
        escape(text, isAttribute: false)
    }

    mutating func end() {
        guard let element = elements.popLast() else { return }
        if isTagOpen {
            append("/>")
            isTagOpen = false
        } else {
            append("</")
            append(element.name)
            append(">")
        }
    }

    private mutating func closeTag() {
        if isTagOpen { append(">") }
        isTagOpen = false
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func escape(_ text: some Sequence<UInt8>, isAttribute: Bool) {
        for byte in text {
            switch byte {
            case UInt8(ascii: "&"): append("&amp;")
            case UInt8(ascii: "<"): append("&lt;")
            case UInt8(ascii: ">"): append("&gt;")
            case UInt8(ascii: "\"") where isAttribute: append("&quot;")
            case 0x09 where isAttribute: append("&#9;")
            case 0x0A where isAttribute: append("&#10;")
            case 0x0D: append("&#13;")
            default: bytes.append(byte)
            }
        }
    }
}
