import Glibc

extension DecimalNumber {
    /// Digits times a power of ten, without trailing zeros after the point; nil beyond 38 digits.
    init?(digits: Int128, exponent: Int) {
        if exponent >= 0 {
            guard let raised = Self.power(digits, min(exponent, 60)) else { return nil }
            self.init(digits: raised, places: 0)
            return
        }
        var digits = digits
        var places = -exponent
        while places > 0, digits % 10 == 0, digits != 0 {
            digits /= 10
            places -= 1
        }
        if digits == 0 { places = 0 }
        guard places <= 38 else { return nil }
        self.init(digits: digits, places: places)
    }

    /// A binary number as the shortest decimal that reads back the same; nil for what is none or out of bounds.
    init?(nearest value: Double) {
        guard value.isFinite else { return nil }
        self.init(value.description)
        if places > 0 { self = trimmed }
    }

    /// The nearest binary number.
    var nearest: Double { Double(digits) / pow(10, Double(places)) }

    /// Equivalence: as precise as the less precise of the two, zeros at the end aside (*Equivalent*).
    static func areEquivalent(_ left: DecimalNumber, _ right: DecimalNumber) -> Bool {
        let (one, other) = (left.trimmed, right.trimmed)
        let places = min(one.places, other.places)
        return order(one.rounded(to: places), other.rounded(to: places)) == 0
    }

    /// The product of so many equal factors; nil when it does not fit.
    func raised(to exponent: Int) -> DecimalNumber? {
        var result = DecimalNumber(digits: 1, places: 0)
        var factor = self
        var left = exponent
        while left > 0 {
            if left & 1 == 1 {
                guard let product = Self.exactProduct(result, factor) else { return nil }
                result = product
            }
            left >>= 1
            if left > 0 {
                guard let square = Self.exactProduct(factor, factor) else { return nil }
                factor = square
            }
        }
        return result
    }

    private static func exactProduct(_ left: DecimalNumber, _ right: DecimalNumber) -> DecimalNumber? {
        guard left.places + right.places <= 38 else { return nil }
        return product(left, right)
    }
}
