import Documents

extension DocumentTree {
    /// The tree as one line, for comparison: names, kinds where they say something, text, children in brackets.
    func outline(_ node: Int = 0) -> String {
        let record = nodes[node]
        let mark =
            switch record.kind {
            case .element: ""
            case .attribute: "@"
            case .text: "#"
            case .string: "'"
            case .number: "0"
            case .boolean: "?"
            case .null: "-"
            case .emptyArray: "[]"
            }
        let text = record.textLength > 0 ? "=" + string(node) : ""
        let inside = children(of: node).map(outline)
        return mark + name(of: node) + text + (inside.isEmpty ? "" : "(" + inside.joined(separator: " ") + ")")
    }
}

extension DocumentReader {
    func outline(_ text: String) throws(DocumentFault) -> String { try read(Array(text.utf8)).outline() }

    /// The code with which a body is refused; nil when it is read.
    func refusal(_ body: some Sequence<UInt8>) -> DocumentFault.Code? {
        do {
            _ = try read(Array(body))
            return nil
        } catch {
            return error.code
        }
    }
}

/// Text in UTF-16 with its byte order mark.
func utf16(_ text: String, bigEndian: Bool) -> [UInt8] {
    ("\u{FEFF}" + text).utf16.reduce(into: []) { bytes, unit in
        let pair = [UInt8(unit >> 8), UInt8(unit & 0xFF)]
        bytes += bigEndian ? pair : pair.reversed()
    }
}
