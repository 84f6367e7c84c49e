/// Tells whether a text is a JSON number (RFC 8259, section 6), so that it can be written as it stands.
enum NumberText {
    static func isInteger(_ text: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        return text.count <= 18 && whole(text, &index) && index == text.count
    }

    static func isDecimal(_ text: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        guard text.count <= 64, whole(text, &index) else { return false }
        if index < text.count, text[index] == UInt8(ascii: ".") {
            index += 1
            guard digits(text, &index) > 0 else { return false }
        }
        if index < text.count, text[index] | 0x20 == UInt8(ascii: "e") {
            index += 1
            if index < text.count, text[index] == UInt8(ascii: "+") || text[index] == UInt8(ascii: "-") { index += 1 }
            guard digits(text, &index) > 0 else { return false }
        }
        return index == text.count
    }

    private static func whole(_ text: UnsafeRawBufferPointer, _ index: inout Int) -> Bool {
        if index < text.count, text[index] == UInt8(ascii: "-") { index += 1 }
        let start = index
        let count = digits(text, &index)
        return count == 1 || (count > 1 && text[start] != UInt8(ascii: "0"))
    }

    private static func digits(_ text: UnsafeRawBufferPointer, _ index: inout Int) -> Int {
        let start = index
        while index < text.count, (0x30...0x39).contains(text[index]) { index += 1 }
        return index - start
    }
}
