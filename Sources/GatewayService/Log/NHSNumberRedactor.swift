/// Takes NHS numbers out of log lines: the last defence, should a patient's number have got into one by mistake. A run of
/// exactly ten digits, alone or written 3-3-4 with spaces or hyphens, whose check digit is right (modulus 11, NHS Data
/// Dictionary, *NHS NUMBER*) becomes `[nhs-number]`.
package enum NHSNumberRedactor {
    private static let replacement = Array("[nhs-number]".utf8)

    package static func redact(_ text: String) -> String {
        let bytes = Array(text.utf8)
        guard bytes.count >= 10 else { return text }
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let follows = index > 0 && isDigit(bytes[index - 1])
            if !follows, isDigit(bytes[index]), let end = numberEnd(bytes, from: index) {
                result.append(contentsOf: replacement)
                index = end
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return result.count == bytes.count && result == bytes ? text : String(decoding: result, as: UTF8.self)
    }

    /// - Returns: the index behind a valid number that begins here.
    private static func numberEnd(_ bytes: [UInt8], from start: Int) -> Int? {
        var digits: [Int] = []
        var index = start
        while index < bytes.count, digits.count < 10 {
            if isDigit(bytes[index]) {
                digits.append(Int(bytes[index] - UInt8(ascii: "0")))
            } else if !(digits.count == 3 || digits.count == 6) || !isSeparator(bytes[index])
                || isSeparator(bytes[index - 1])
            {
                return nil
            }
            index += 1
        }
        guard digits.count == 10, index == bytes.count || !isDigit(bytes[index]), isValid(digits) else { return nil }
        return index
    }

    private static func isValid(_ digits: [Int]) -> Bool {
        let sum = digits.prefix(9).enumerated().reduce(0) { $0 + $1.element * (10 - $1.offset) }
        let check = (11 - sum % 11) % 11
        return check != 10 && check == digits[9]
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    private static func isSeparator(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "-") }
}
