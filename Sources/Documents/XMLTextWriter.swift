import CLibXML2

/// Writes SAX2 events as XML again, in UTF-8: without comments and processing instructions, and with the declarations of
/// the namespaces that are used, so that what is written stands by itself wherever it was cut from.
///
/// Names are libxml2's own interned strings, which live as long as their parser and are equal when their addresses are.
struct XMLTextWriter {
    typealias Name = UnsafePointer<xmlChar>

    private(set) var bytes: [UInt8] = []
    /// Elements that are open, the innermost last.
    private var open: [(prefix: Name?, name: Name)] = []
    /// Declarations in force, the innermost last, with the depth of the element that has them.
    private var scope: [(prefix: Name?, uri: Name?, depth: Int)] = []
    /// A start tag waits for its `>`.
    private var isTagOpen = false

    /// Hands over what was written since the last time.
    mutating func drain(_ body: (UnsafeRawBufferPointer) -> Void) {
        bytes.withUnsafeBytes(body)
        bytes.removeAll(keepingCapacity: true)
    }

    /// Begins anew.
    mutating func reset() {
        bytes.removeAll(keepingCapacity: true)
        open = []
        scope = []
        isTagOpen = false
    }

    // MARK: Going back

    struct Mark {
        fileprivate let count: Int
        fileprivate let depth: Int
        fileprivate let isTagOpen: Bool
    }

    var mark: Mark { Mark(count: bytes.count, depth: open.count, isTagOpen: isTagOpen) }

    mutating func rollBack(to mark: Mark) {
        bytes.removeSubrange(mark.count...)
        open.removeSubrange(mark.depth...)
        isTagOpen = mark.isTagOpen
        scope.removeAll { $0.depth > mark.depth }
    }

    /// The text with the end tags of what is open, and without ending anything.
    func closed() -> [UInt8] {
        var copy = self
        for element in open.reversed() { copy.endTag(element.name, prefix: element.prefix) }
        return copy.bytes
    }

    // MARK: Writing

    mutating func startTag(_ tag: StartTag) {
        closeTag()
        append("<")
        append(tag.prefix, tag.name)
        open.append((tag.prefix, tag.name))
        // What the element declares for itself may be used inside values, so it stays.
        for index in 0..<tag.declared {
            guard let pair = tag.declarations.map({ $0 + index * 2 }) else { break }
            declare(pair[0], pair[1])
        }
        use(tag.prefix, tag.uri)
        for index in 0..<tag.count {
            guard let parts = tag.attributes.map({ $0 + index * 5 }), let local = parts[0], let start = parts[3],
                let end = parts[4]
            else { continue }
            if parts[1] != nil { use(parts[1], parts[2]) }
            append(" ")
            append(parts[1], local)
            append("=\"")
            escape(UnsafeRawBufferPointer(start: start, count: end - start), isAttribute: true)
            append("\"")
        }
        isTagOpen = true
    }

    mutating func endTag(_ name: Name, prefix: Name?) {
        if isTagOpen {
            append("/>")
            isTagOpen = false
        } else {
            append("</")
            append(prefix, name)
            append(">")
        }
        while let last = scope.last, last.depth == open.count { scope.removeLast() }
        open.removeLast()
    }

    mutating func text(_ text: UnsafeRawBufferPointer) {
        closeTag()
        escape(text, isAttribute: false)
    }

    private mutating func closeTag() {
        if isTagOpen { append(">") }
        isTagOpen = false
    }

    private mutating func declare(_ prefix: Name?, _ uri: Name?) {
        scope.append((prefix, uri, open.count))
        append(" xmlns")
        if let prefix {
            append(":")
            append(nil, prefix)
        }
        append("=\"")
        if let uri { escape(UnsafeRawBufferPointer(start: uri, count: Int(xmlStrlen(uri))), isAttribute: true) }
        append("\"")
    }

    /// Declares what a name needs and is not in force.
    private mutating func use(_ prefix: Name?, _ uri: Name?) {
        // A prefix that nobody declared stays as it is, and `xml` needs no declaration.
        if let prefix, uri == nil || xmlStrEqual(prefix, "xml") != 0 { return }
        let known = scope.last { $0.prefix == prefix }
        if known?.uri != uri { declare(prefix, uri) }
    }

    private mutating func append(_ prefix: Name?, _ name: Name) {
        if let prefix {
            bytes.append(contentsOf: UnsafeRawBufferPointer(start: prefix, count: Int(xmlStrlen(prefix))))
            append(":")
        }
        bytes.append(contentsOf: UnsafeRawBufferPointer(start: name, count: Int(xmlStrlen(name))))
    }

    private mutating func append(_ text: StaticString) {
        bytes.append(contentsOf: UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// What a parser would change or take for markup is written as a reference (XML 1.0, sections 2.4, 2.11 and 3.3.3).
    private mutating func escape(_ text: UnsafeRawBufferPointer, isAttribute: Bool) {
        var start = 0
        for index in 0..<text.count {
            let reference: StaticString
            switch text[index] {
            case UInt8(ascii: "&"): reference = "&amp;"
            case UInt8(ascii: "<"): reference = "&lt;"
            case UInt8(ascii: ">"): reference = "&gt;"
            case 0x0D: reference = "&#13;"
            case UInt8(ascii: "\"") where isAttribute: reference = "&quot;"
            case 0x0A where isAttribute: reference = "&#10;"
            case 0x09 where isAttribute: reference = "&#9;"
            default: continue
            }
            bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[start..<index]))
            append(reference)
            start = index + 1
        }
        bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[start...]))
    }
}
