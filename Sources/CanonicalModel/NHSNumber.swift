/// An NHS number that passes its check: ten digits, the last of which is the Modulus 11 check digit of the others
/// (NHS Data Dictionary, *NHS NUMBER*). It identifies a person: printing it prints no digit.
package struct NHSNumber: Sendable, Hashable {
    /// Ten digits.
    package let rawValue: String

    /// Nil when it is no number, its check digit is wrong, or all its digits are equal.
    /// - Parameter text: the digits, also in the groups 3-3-4 with one space or hyphen between.
    package init?(_ text: some StringProtocol) {
        guard let digits = Self.digits(Array(text.utf8)), Set(digits).count > 1 else { return nil }
        let sum = zip(digits, stride(from: 10, through: 2, by: -1)).reduce(0) { $0 + Int($1.0) * $1.1 }
        // A remainder of 10 means that the number is never issued: no digit equals it.
        guard (11 - sum % 11) % 11 == Int(digits[9]) else { return nil }
        rawValue = String(decoding: digits.map { $0 + UInt8(ascii: "0") }, as: UTF8.self)
    }

    /// Whether it lies in the range 999, which is set aside for tests and never issued.
    package var isTestNumber: Bool { rawValue.hasPrefix("999") }

    private static func digits(_ bytes: [UInt8]) -> [UInt8]? {
        var digits = bytes
        if bytes.count == 12 {
            guard bytes[3] == bytes[7], bytes[3] == UInt8(ascii: " ") || bytes[3] == UInt8(ascii: "-") else {
                return nil
            }
            digits = Array(bytes[..<3] + bytes[4..<7] + bytes[8...])
        }
        guard digits.count == 10, digits.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }) else {
            return nil
        }
        return digits.map { $0 - UInt8(ascii: "0") }
    }
}

extension NHSNumber: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "NHS number (redacted)" }
    package var debugDescription: String { description }
    /// Without children, so that `dump` and a test's failure print nothing either.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
