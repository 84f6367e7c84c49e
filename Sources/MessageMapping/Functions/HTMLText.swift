import CLibXML2
import Documents

/// Turns HTML or XHTML into plain text: no tags, entities decoded, a new line where a block begins or ends. Scripts,
/// styles and everything else that is not shown are left out. Nothing is fetched and nothing is refused: whatever the
/// bytes are, what comes out is no longer than they are.
struct HTMLText {
    private var output: [UInt8] = []
    /// White space that is written only if something follows it.
    private var pending = Pending.none
    private var preformatted = 0

    private enum Pending: Int { case none, space, line }

    /// The text so far.
    func finish() -> [UInt8] { output }

    // MARK: Written markup

    mutating func read(_ html: UnsafeRawBufferPointer) {
        var index = 0
        while index < html.count {
            switch html[index] {
            case UInt8(ascii: "<"): index = markup(html, index)
            case UInt8(ascii: "&"): index = entity(html, index)
            default:
                character(html[index])
                index += 1
            }
        }
    }

    /// - Returns: where the text goes on.
    private mutating func markup(_ html: UnsafeRawBufferPointer, _ start: Int) -> Int {
        guard start + 1 < html.count else { return html.count }
        let next = html[start + 1]
        if next == UInt8(ascii: "!") || next == UInt8(ascii: "?") { return declaration(html, start) }
        let isEnd = next == UInt8(ascii: "/")
        let nameStart = isEnd ? start + 2 : start + 1
        guard nameStart < html.count, Self.isLetter(html[nameStart]) else {
            // `<` of a comparison is text; any other would look like a tag behind which something was taken away.
            if next == UInt8(ascii: "=") || Self.isSpace(next) || (0x30...0x39).contains(next) {
                character(html[start])
            }
            return start + 1
        }
        var nameEnd = nameStart
        while nameEnd < html.count, Self.isLetter(html[nameEnd]) || (0x30...0x39).contains(html[nameEnd]) {
            nameEnd += 1
        }
        let name = String(decoding: html[nameStart..<min(nameEnd, nameStart + 16)], as: UTF8.self).lowercased()
        let end = Self.tagEnd(html, nameEnd)
        tag(name, isEnd: isEnd)
        guard !isEnd, Self.hidden.contains(name), html[end - 1] != UInt8(ascii: "/") || end == html.count else {
            return min(end + 1, html.count)
        }
        return Self.skip(html, from: end, to: name)
    }

    /// Comments, CDATA, the document type and processing instructions.
    private mutating func declaration(_ html: UnsafeRawBufferPointer, _ start: Int) -> Int {
        func starts(_ text: String) -> Bool { html[start...].starts(with: text.utf8) }
        if starts("<!--") { return Self.find("-->", html, from: start + 4).map { $0 + 3 } ?? html.count }
        guard starts("<![CDATA[") else { return min(Self.tagEnd(html, start + 1) + 1, html.count) }
        let end = Self.find("]]>", html, from: start + 9) ?? html.count
        // What looks like a tag in there is one to whoever reads it as HTML.
        var index = start + 9
        while index < end {
            if html[index] != UInt8(ascii: "<") { character(html[index]) }
            index += 1
        }
        return min(end + 3, html.count)
    }

    /// The `>` of a tag, which is not one inside quotes; the end where there is none.
    private static func tagEnd(_ html: UnsafeRawBufferPointer, _ start: Int) -> Int {
        var quote: UInt8?
        var last = UInt8(ascii: " ")
        for index in start..<html.count {
            let byte = html[index]
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: ">") {
                return index
            } else if (byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'")) && last == UInt8(ascii: "=") {
                quote = byte
            }
            if !isSpace(byte) { last = byte }
        }
        return html.count
    }

    /// Behind the end tag of an element whose content is not shown.
    private static func skip(_ html: UnsafeRawBufferPointer, from start: Int, to name: String) -> Int {
        var index = start
        while let found = find("</", html, from: index) {
            let after = html[(found + 2)...].prefix(name.utf8.count)
            if after.elementsEqual(name.utf8, by: { $0 | 0x20 == $1 }) {
                return min(tagEnd(html, found + 2) + 1, html.count)
            }
            index = found + 2
        }
        return html.count
    }

    private static func find(_ text: StaticString, _ html: UnsafeRawBufferPointer, from start: Int) -> Int? {
        let length = text.utf8CodeUnitCount
        var index = start
        while index + length <= html.count {
            if html[index] == text.utf8Start[0],
                (1..<length).allSatisfy({ html[index + $0] == text.utf8Start[$0] })
            {
                return index
            }
            index += 1
        }
        return nil
    }

    // MARK: Entities

    private mutating func entity(_ html: UnsafeRawBufferPointer, _ start: Int) -> Int {
        var end = start + 1
        while end < html.count, end - start < 34,
            Self.isLetter(html[end]) || (0x30...0x39).contains(html[end])
                || (end == start + 1 && html[end] == UInt8(ascii: "#"))
        { end += 1 }
        let name = String(decoding: html[(start + 1)..<end], as: UTF8.self)
        let isClosed = end < html.count && html[end] == UInt8(ascii: ";")
        let scalar: Unicode.Scalar?
        if name.hasPrefix("#") {
            scalar = Self.scalar(name.dropFirst())
        } else {
            scalar = isClosed ? Self.named(name) : nil
        }
        guard let scalar else {
            character(html[start])
            return start + 1
        }
        write(scalar)
        return isClosed ? end + 1 : end
    }

    /// The character of a number (HTML, *Numeric character reference end state*): 128 to 159 are meant as Windows-1252.
    private static func scalar(_ text: Substring) -> Unicode.Scalar? {
        let isHexadecimal = text.first == "x" || text.first == "X"
        let digits = isHexadecimal ? text.dropFirst() : text
        guard !digits.isEmpty, digits.count < 9, let number = UInt32(digits, radix: isHexadecimal ? 16 : 10) else {
            return nil
        }
        if (0x80...0x9F).contains(number) { return Unicode.Scalar(windows1252[Int(number - 0x80)]) }
        return Unicode.Scalar(number) ?? "\u{FFFD}"
    }

    private static func named(_ name: String) -> Unicode.Scalar? {
        if name == "apos" { return "'" }
        guard let found = htmlEntityLookup(name) else { return nil }
        return Unicode.Scalar(found.pointee.value)
    }

    private static let windows1252: [UInt32] = [
        0x20AC, 0x81, 0x201A, 0x192, 0x201E, 0x2026, 0x2020, 0x2021, 0x2C6, 0x2030, 0x160, 0x2039, 0x152, 0x8D, 0x17D,
        0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x2DC, 0x2122, 0x161, 0x203A, 0x153, 0x9D,
        0x17E, 0x178,
    ]

    // MARK: Writing

    private mutating func write(_ scalar: Unicode.Scalar) {
        if scalar == "\u{A0}" { return character(0x20) }
        // Control characters are no text.
        if scalar.value < 0x20 && scalar != "\n" && scalar != "\t" || (0x7F...0x9F).contains(scalar.value) { return }
        for byte in String(scalar).utf8 { character(byte) }
    }

    private mutating func character(_ byte: UInt8) {
        if Self.isSpace(byte) {
            if preformatted > 0, byte == 0x0A { return want(.line) }
            return want(.space)
        }
        switch pending {
        case .none: break
        case .space: output.append(0x20)
        case .line: output.append(0x0A)
        }
        pending = .none
        output.append(byte)
    }

    private mutating func want(_ space: Pending) {
        if !output.isEmpty, space.rawValue > pending.rawValue { pending = space }
    }

    private mutating func tag(_ name: String, isEnd: Bool) {
        if name == "pre" { preformatted = max(0, preformatted + (isEnd ? -1 : 1)) }
        if Self.blocks.contains(name) { want(.line) } else if name == "td" || name == "th" { want(.space) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    private static let blocks: Set<String> = [
        "address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd", "details", "dialog",
        "dir",
        "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
        "header", "hr", "html", "legend", "li", "main", "menu", "nav", "ol", "option", "p", "pre", "section", "summary",
        "table", "tbody", "tfoot", "thead", "tr", "ul",
    ]

    /// Elements of which nothing is shown.
    private static let hidden: Set<String> = [
        "applet", "audio", "canvas", "embed", "head", "iframe", "math", "noframes", "noscript", "object", "script",
        "style", "svg", "template", "textarea", "title", "video",
    ]

    // MARK: Elements of the message

    /// A node's text with that of the elements inside it, in the order of the document.
    mutating func read(_ tree: DocumentTree, _ node: Int) {
        let record = tree.nodes[node]
        let name = tree.name(of: node).lowercased()
        guard !Self.hidden.contains(name) else { return }
        tag(name, isEnd: false)
        // The tree keeps an element's first run of text apart from its children.
        var isOwnWritten = record.textLength == 0
        for child in tree.children(of: node) {
            let kind = tree.nodes[child].kind
            guard kind == .element || kind == .text else { continue }
            if !isOwnWritten, Self.textStart(tree, child) ?? .max > record.textOffset {
                write(tree, record)
                isOwnWritten = true
            }
            if kind == .text { write(tree, tree.nodes[child]) } else { read(tree, child) }
        }
        if !isOwnWritten { write(tree, record) }
        tag(name, isEnd: true)
    }

    private mutating func write(_ tree: DocumentTree, _ record: DocumentNode) {
        for byte in tree.text(of: record) { character(byte) }
    }

    /// Where the first text in or below a node lies in the arena, which is in the order of the document.
    private static func textStart(_ tree: DocumentTree, _ node: Int) -> UInt32? {
        for inside in node..<Int(tree.nodes[node].end) where tree.nodes[inside].textLength > 0 {
            return tree.nodes[inside].textOffset
        }
        return nil
    }
}
