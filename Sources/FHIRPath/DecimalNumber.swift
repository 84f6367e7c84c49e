/// A decimal number with its digits: `7.20` has two decimal places and stays so. 38 digits at most, like the decimals
/// that FHIRPath 2.0 asks for (28 digits and 8 places at least).
package struct DecimalNumber: Sendable {
    /// The value times 10 to the power of ``places``.
    package let digits: Int128
    package let places: Int

    package init(digits: Int128, places: Int) {
        self.digits = digits
        self.places = places
    }

    /// A number as written: sign, digits, point, exponent.
    package init?(_ text: UnsafeRawBufferPointer) {
        var digits: Int128 = 0
        var places = 0
        var index = 0
        var isNegative = false
        var hasPoint = false
        var hasDigit = false
        if index < text.count, text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+") {
            isNegative = text[index] == UInt8(ascii: "-")
            index += 1
        }
        while index < text.count {
            let byte = text[index]
            if (0x30...0x39).contains(byte) {
                let (shifted, overflow) = digits.multipliedReportingOverflow(by: 10)
                guard !overflow else { return nil }
                digits = shifted + Int128(byte - 0x30)
                if hasPoint { places += 1 }
                hasDigit = true
            } else if byte == UInt8(ascii: "."), !hasPoint, hasDigit {
                hasPoint = true
            } else if byte | 0x20 == UInt8(ascii: "e"), hasDigit {
                guard let exponent = Self.exponent(text, from: index + 1) else { return nil }
                places -= exponent
                index = text.count
                continue
            } else {
                return nil
            }
            index += 1
        }
        guard hasDigit, abs(places) <= 38 else { return nil }
        if places < 0 {
            guard let raised = Self.power(digits, -places) else { return nil }
            digits = raised
            places = 0
        }
        self.digits = isNegative ? -digits : digits
        self.places = places
    }

    package init?(_ text: String) {
        var text = text
        guard let parsed = text.withUTF8({ DecimalNumber(UnsafeRawBufferPointer($0)) }) else { return nil }
        self = parsed
    }

    private static func exponent(_ text: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard start < text.count else { return nil }
        guard let exponent = Int(String(decoding: text[start...], as: UTF8.self)), (-100...100).contains(exponent)
        else {
            return nil
        }
        return exponent
    }

    static func power(_ digits: Int128, _ places: Int) -> Int128? {
        var digits = digits
        for _ in 0..<places {
            let (raised, overflow) = digits.multipliedReportingOverflow(by: 10)
            if overflow { return nil }
            digits = raised
        }
        return digits
    }

    /// Both numbers with the same count of places.
    private static func aligned(_ left: DecimalNumber, _ right: DecimalNumber) -> (Int128, Int128, Int)? {
        let places = max(left.places, right.places)
        guard let first = power(left.digits, places - left.places),
            let second = power(right.digits, places - right.places)
        else { return nil }
        return (first, second, places)
    }

    /// -1, 0 or 1.
    package static func order(_ left: DecimalNumber, _ right: DecimalNumber) -> Int {
        guard let (first, second, _) = aligned(left, right) else {
            // The one that cannot be written with the other's places is greater than all that can.
            return left.places < right.places ? (left.digits < 0 ? -1 : 1) : (right.digits < 0 ? 1 : -1)
        }
        return first == second ? 0 : first < second ? -1 : 1
    }

    package static func sum(_ left: DecimalNumber, _ right: DecimalNumber) -> DecimalNumber? {
        guard let (first, second, places) = aligned(left, right) else { return nil }
        let (sum, overflow) = first.addingReportingOverflow(second)
        return overflow || sum == .min ? nil : DecimalNumber(digits: sum, places: places)
    }

    package static func product(_ left: DecimalNumber, _ right: DecimalNumber) -> DecimalNumber? {
        let (product, overflow) = left.digits.multipliedReportingOverflow(by: right.digits)
        guard !overflow, product != .min else { return nil }
        return DecimalNumber(digits: product, places: left.places + right.places).rounded(to: 38)
    }

    /// How often the right number goes into the left one, cut towards zero, and what remains (*div*, *mod*).
    package static func division(_ left: DecimalNumber, _ right: DecimalNumber)
        -> (quotient: DecimalNumber, remainder: DecimalNumber)?
    {
        guard let (first, second, places) = aligned(left, right), second != 0 else { return nil }
        return (
            DecimalNumber(digits: first / second, places: 0), DecimalNumber(digits: first % second, places: places)
        )
    }

    /// Division to at least eight places, without trailing zeros beyond the operands'.
    package static func quotient(_ left: DecimalNumber, _ right: DecimalNumber) -> DecimalNumber? {
        guard right.digits != 0 else { return nil }
        let places = max(left.places, right.places, 8)
        guard let dividend = power(left.digits, places + right.places - left.places) else { return nil }
        let quotient = dividend / right.digits
        let remainder = dividend % right.digits
        let isRoundedUp = remainder.magnitude * 2 >= right.digits.magnitude
        let isNegative = (left.digits < 0) != (right.digits < 0)
        let rounded = isRoundedUp ? quotient + (isNegative ? -1 : 1) : quotient
        return DecimalNumber(digits: rounded, places: places).trimmed
    }

    /// The same value without trailing zeros after the point.
    package var trimmed: DecimalNumber {
        var digits = digits
        var places = places
        while places > 0, digits % 10 == 0 {
            digits /= 10
            places -= 1
        }
        return DecimalNumber(digits: digits, places: places)
    }

    /// The whole part, cut towards zero.
    package var truncated: Int128 {
        var digits = digits
        for _ in 0..<places { digits /= 10 }
        return digits
    }

    package var negated: DecimalNumber { DecimalNumber(digits: -digits, places: places) }
}

extension DecimalNumber: CustomStringConvertible {
    package var description: String {
        guard places > 0 else { return String(digits) }
        var text = String(digits.magnitude)
        if text.utf8.count <= places { text = String(repeating: "0", count: places + 1 - text.utf8.count) + text }
        let point = text.index(text.endIndex, offsetBy: -places)
        return (digits < 0 ? "-" : "") + text[..<point] + "." + text[point...]
    }
}
