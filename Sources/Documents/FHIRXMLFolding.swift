import CLibXML2

/// FHIR in XML as it is being read into the shape that FHIR has in JSON (FHIR R4, *XML and JSON Representations*), so
/// that a mapping is written once for both.
///
/// `value` becomes the element's own value, of the kind that JSON would write; `id` and `url` become children; a
/// resource inside `contained` or `resource` becomes that element, with its name under `resourceType`; XHTML becomes its
/// text. Elements of any other namespace stay as XML reads them. Nothing here runs until FHIR's namespace was seen.
struct FHIRXMLFolding {
    /// An element that is open, from the outermost of FHIR inwards.
    enum Frame {
        case element(FHIRType, name: Symbol, holdsResource: Bool)
        /// `isNode`: not folded into the element around it.
        case resource(FHIRType, isNode: Bool)
        case foreign
    }

    static let namespaceURI = "http://hl7.org/fhir"
    static let narrativeURI = "http://www.w3.org/1999/xhtml"

    /// The root of the document is FHIR's, so that the whole tree has the shape of JSON.
    private(set) var holdsRoot = false
    private var namespace: UInt16?
    private var narrativeNamespace: UInt16?
    fileprivate var frames: [Frame] = []
    fileprivate var narrative: XHTMLText?
    private var types: [UInt64: FHIRType] = [:]

    /// Whether an element is to be folded, or stands inside one that is.
    func applies(to namespace: UInt16) -> Bool { isActive || namespace == self.namespace }

    var isActive: Bool { !frames.isEmpty }

    /// How many of the elements that are open have no node of their own.
    var depthWithoutNodes: Int {
        frames.count { if case .resource(_, isNode: false) = $0 { true } else { false } } + (narrative?.depth ?? 0)
    }

    mutating func learn(_ uri: String, _ number: UInt16) {
        if uri == Self.namespaceURI { namespace = number }
        if uri == Self.narrativeURI { narrativeNamespace = number }
    }

    fileprivate mutating func open(_ frame: Frame, isRoot: Bool) {
        if isRoot { holdsRoot = true }
        frames.append(frame)
    }

    fileprivate func isFHIR(_ number: UInt16) -> Bool { number == namespace }

    /// Whether XHTML starts here: only inside an element of FHIR.
    fileprivate func startsNarrative(_ number: UInt16) -> Bool {
        guard number == narrativeNamespace, let last = frames.last else { return false }
        if case .foreign = last { return false }
        return true
    }

    /// The type of what is open.
    private var type: FHIRType {
        switch frames.last {
        case .element(let type, _, _), .resource(let type, _): type
        case .foreign, nil: .unknown
        }
    }

    fileprivate mutating func type(of name: Symbol, _ text: () -> String, isScalar: Bool) -> FHIRType {
        let key = UInt64(type.rawValue) << 33 | UInt64(name.rawValue) << 1 | (isScalar ? 1 : 0)
        if let known = types[key] { return known }
        let found = FHIRTypes.shared.type(of: text(), in: type, isScalar: isScalar)
        types[key] = found
        return found
    }
}

extension XMLSink {
    typealias Attributes = UnsafeMutablePointer<UnsafePointer<xmlChar>?>

    mutating func startFolded(
        _ name: UnsafePointer<xmlChar>?, _ uri: UnsafePointer<xmlChar>?, _ namespace: UInt16,
        _ attributes: Attributes?, _ count: Int
    ) -> Bool {
        guard let name else { return false }
        if folding.narrative != nil || folding.startsNarrative(namespace) {
            return startNarrative(name, uri, attributes, count)
        }
        guard folding.isFHIR(namespace) else {
            guard endFoldedText(), start(name, namespace, attributes, count) else { return false }
            folding.open(.foreign, isRoot: false)
            return true
        }
        guard endFoldedText() else { return false }
        // Resources alone are written with a capital.
        return (0x41...0x5A).contains(name[0])
            ? startResource(name, attributes, count) : startElement(name, attributes, count)
    }

    private mutating func startResource(
        _ name: UnsafePointer<xmlChar>, _ attributes: Attributes?, _ count: Int
    ) -> Bool {
        let text = String(cString: name)
        let type = FHIRTypes.shared.type(text) ?? .unknown
        let isRoot = tree.open.isEmpty
        if case .element(let outer, let outerName, let isTaken) = folding.frames.last {
            // An element holds one resource; another one is another element of that name.
            if isTaken {
                tree.close()
                guard tree.begin(outerName) else { return false }
            }
            folding.frames[folding.frames.count - 1] = .element(outer, name: outerName, holdsResource: true)
            folding.open(.resource(type, isNode: false), isRoot: false)
        } else {
            guard tree.begin(isRoot ? .none : symbol(name)) else { return false }
            folding.open(.resource(type, isNode: true), isRoot: isRoot)
        }
        return tree.leaf(.string, tree.symbol("resourceType"), text) && attributeChildren(attributes, count)
    }

    private mutating func startElement(
        _ name: UnsafePointer<xmlChar>, _ attributes: Attributes?, _ count: Int
    ) -> Bool {
        let value = attributes.flatMap { Self.value($0, count) }
        let symbol = symbol(name)
        let type = folding.type(of: symbol, { String(cString: name) }, isScalar: value != nil)
        let isRoot = tree.open.isEmpty
        guard value.map({ tree.begin(symbol, Self.kind(of: $0, type), value: $0) }) ?? tree.begin(symbol) else {
            return false
        }
        folding.open(.element(type, name: symbol, holdsResource: false), isRoot: isRoot)
        return attributeChildren(attributes, count)
    }

    mutating func endFolded() -> Bool {
        if folding.narrative != nil { return endNarrative() }
        guard endFoldedText() else { return false }
        switch folding.frames.popLast() {
        case .element, .foreign, .resource(_, isNode: true): tree.close()
        case .resource(_, isNode: false), nil: break
        }
        return true
    }

    /// FHIR has no character data; what stands there is let fall.
    private mutating func endFoldedText() -> Bool {
        switch folding.frames.last {
        case .foreign, nil: return endText()
        case .element, .resource:
            textStart = nil
            return true
        }
    }

    // MARK: Values

    /// Attributes without a namespace, but for `value`, are members in JSON.
    private mutating func attributeChildren(_ attributes: Attributes?, _ count: Int) -> Bool {
        guard let attributes else { return true }
        for index in 0..<count {
            let parts = attributes + index * 5
            guard parts[2] == nil, let name = parts[0], !Self.isValue(name) else { continue }
            guard let bytes = Self.bytes(parts), tree.leaf(.string, symbol(name), bytes) else { return false }
        }
        return true
    }

    private static func value(_ attributes: Attributes, _ count: Int) -> UnsafeRawBufferPointer? {
        for index in 0..<count {
            let parts = attributes + index * 5
            if parts[2] == nil, let name = parts[0], isValue(name) { return bytes(parts) }
        }
        return nil
    }

    private static func bytes(_ parts: Attributes) -> UnsafeRawBufferPointer? {
        guard let start = parts[3], let end = parts[4] else { return nil }
        return UnsafeRawBufferPointer(start: start, count: end - start)
    }

    private static func isValue(_ name: UnsafePointer<xmlChar>) -> Bool {
        name[0] == UInt8(ascii: "v") && xmlStrcmp(name, "value") == 0
    }

    /// The kind that JSON gives a value: what is not written as its type says stays a string.
    private static func kind(of value: UnsafeRawBufferPointer, _ type: FHIRType) -> DocumentNode.Kind {
        switch FHIRTypes.shared.jsonKind(of: type) {
        case .string: .string
        case .boolean: value.elementsEqual("true".utf8) || value.elementsEqual("false".utf8) ? .boolean : .string
        case .number: isNumber(value) ? .number : .string
        }
    }

    /// RFC 8259, section 6.
    private static func isNumber(_ text: UnsafeRawBufferPointer) -> Bool {
        var rest = text[...]
        func digits() -> Int {
            let count = rest.prefix { (0x30...0x39).contains($0) }.count
            rest = rest.dropFirst(count)
            return count
        }
        if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        let startsWithZero = rest.first == UInt8(ascii: "0")
        let whole = digits()
        guard whole == 1 || (whole > 1 && !startsWithZero) else { return false }
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            guard digits() > 0 else { return false }
        }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest = rest.dropFirst()
            if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
            guard digits() > 0 else { return false }
        }
        return rest.isEmpty
    }

    // MARK: Narrative

    private mutating func startNarrative(
        _ name: UnsafePointer<xmlChar>, _ uri: UnsafePointer<xmlChar>?, _ attributes: Attributes?, _ count: Int
    ) -> Bool {
        var narrative = folding.narrative.take() ?? XHTMLText(name: symbol(name))
        takeNarrativeText(&narrative)
        narrative.start(name, namespace: uri)
        for index in 0..<count {
            guard let parts = attributes.map({ $0 + index * 5 }), let name = parts[0], let value = Self.bytes(parts)
            else { continue }
            narrative.attribute(parts[1], name, value)
        }
        folding.narrative = narrative
        return hasRoom(for: narrative)
    }

    private mutating func endNarrative() -> Bool {
        guard var narrative = folding.narrative.take() else { return false }
        takeNarrativeText(&narrative)
        narrative.end()
        folding.narrative = narrative.isOpen ? narrative : nil
        guard hasRoom(for: narrative) else { return false }
        return narrative.isOpen || narrative.bytes.withUnsafeBytes { tree.leaf(.string, narrative.name, $0) }
    }

    private mutating func takeNarrativeText(_ narrative: inout XHTMLText) {
        guard let start = textStart else { return }
        textStart = nil
        // What stands before the narrative is FHIR's, which has no text.
        if narrative.isOpen { narrative.text(tree.text(from: start)) }
    }

    /// Escaping makes text longer, and offsets into the arena are 32 bits wide.
    private mutating func hasRoom(for narrative: XHTMLText) -> Bool {
        tree.textCount + narrative.bytes.count < Int(UInt32.max) || tree.fail(.tooLarge)
    }
}

extension TreeBuilder {
    fileprivate mutating func symbol(_ name: StaticString) -> Symbol {
        symbol(UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    }

    fileprivate mutating func leaf(_ kind: DocumentNode.Kind, _ name: Symbol, _ text: String) -> Bool {
        var text = text
        return text.withUTF8 { leaf(kind, name, UnsafeRawBufferPointer($0)) }
    }
}
