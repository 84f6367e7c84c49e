extension DocumentReader {
    /// Reads a body that is a text for people, or nothing at all: some systems answer so, and the status of the answer
    /// says the rest.
    ///
    /// - Parameters:
    ///   - body: the bytes as they came.
    ///   - isMarkupText: whether what begins like XML or JSON is also taken for a text, as a page that tells of an error
    ///     is.
    /// - Returns: a document whose root is the text; nil for what is no text, is not UTF-8, or is too long to be such a
    ///   text.
    package func readText(_ body: [UInt8], isMarkupText: Bool) -> DocumentTree? {
        guard body.count <= Self.longestText, String(validating: body, as: UTF8.self) != nil else { return nil }
        let first = body.first { !Self.isWhiteSpace($0) } ?? UInt8(ascii: " ")
        let isMarkup = [UInt8(ascii: "<"), UInt8(ascii: "{"), UInt8(ascii: "[")].contains(first)
        guard isMarkupText || !isMarkup else { return nil }
        var quoted = [UInt8(ascii: "\"")]
        for byte in body {
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                let digits = String(byte, radix: 16)
                quoted += Array((digits.utf8.count == 1 ? "\\u000" : "\\u00").utf8) + Array(digits.utf8)
            } else {
                quoted.append(byte)
            }
        }
        quoted.append(UInt8(ascii: "\""))
        return try? read(quoted)
    }

    /// Bytes of the longest text that is still taken for one.
    private static let longestText = 1 << 16
}
