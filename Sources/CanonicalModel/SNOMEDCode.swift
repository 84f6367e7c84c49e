/// A SNOMED CT identifier (SNOMED International, Release File Specification, *SCTID*): six to eighteen digits
/// without a leading zero, of which the last is a Verhoeff check digit and the two before it are the partition.
package struct SNOMEDCode: Sendable, Hashable, CustomStringConvertible {
    package let rawValue: String
    /// What the identifier stands for.
    package let component: Component
    /// Whether it carries a namespace of seven digits: the long form, made by an extension.
    package let isLongForm: Bool

    package enum Component: Sendable { case concept, description, relationship }

    /// Nil when the text is no identifier, its partition is unknown, or its check digit is wrong.
    package init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        let zero = UInt8(ascii: "0")
        guard (6...18).contains(bytes.count), bytes.first != zero,
            bytes.allSatisfy({ $0 >= zero && $0 <= UInt8(ascii: "9") }), Verhoeff.isValid(bytes.map { $0 - zero })
        else { return nil }
        switch bytes[bytes.count - 2] {
        case UInt8(ascii: "0"): component = .concept
        case UInt8(ascii: "1"): component = .description
        case UInt8(ascii: "2"): component = .relationship
        default: return nil
        }
        switch bytes[bytes.count - 3] {
        case UInt8(ascii: "0"): isLongForm = false
        // An item of one digit at least, then seven of namespace, two of partition and the check digit.
        case UInt8(ascii: "1") where bytes.count >= 11: isLongForm = true
        default: return nil
        }
        rawValue = String(text)
    }

    package var isConcept: Bool { component == .concept }
    package var isDescription: Bool { component == .description }
    package var isRelationship: Bool { component == .relationship }
    package var description: String { rawValue }
}

/// Verhoeff's check digit over the dihedral group of ten elements (J. Verhoeff, *Error Detecting Decimal Codes*, 1969).
private enum Verhoeff {
    /// Whether the last digit checks the others. Digits are values from 0 to 9.
    static func isValid(_ digits: [UInt8]) -> Bool {
        var check = 0
        for (position, digit) in digits.reversed().enumerated() {
            check = product(check, permuted(Int(digit), times: position % 8))
        }
        return check == 0
    }

    /// Rotations are 0 to 4, reflections 5 to 9.
    private static func product(_ left: Int, _ right: Int) -> Int {
        switch (left < 5, right < 5) {
        case (true, true): (left + right) % 5
        case (true, false): 5 + (left + right - 5) % 5
        case (false, true): 5 + (left - 5 - right + 5) % 5
        case (false, false): (left - right + 5) % 5
        }
    }

    private static func permuted(_ digit: Int, times: Int) -> Int {
        let permutation = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]
        return (0..<times).reduce(digit) { digit, _ in permutation[digit] }
    }
}
