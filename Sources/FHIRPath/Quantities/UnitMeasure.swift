/// What a UCUM unit is worth in base units: a fraction times a power of ten, and its dimension.
struct UnitMeasure: Sendable {
    var numerator: Int128 = 1
    var denominator: Int128 = 1
    var power = 0
    var dimension = Dimension.none
    /// What is added after multiplying: zero on the scale of degrees Celsius is 273.15 K. Such units do not combine.
    var offset: DecimalNumber?

    static let one = UnitMeasure()

    /// The product with another unit raised to a power from -60 to 60; nil when it is out of bounds.
    func multiplied(by other: UnitMeasure, power exponent: Int) -> UnitMeasure? {
        guard offset == nil, other.offset == nil, abs(exponent) <= 60 else { return nil }
        var result = self
        let isRaised = exponent > 0
        for _ in 0..<abs(exponent) {
            let (top, over) = result.numerator.multipliedReportingOverflow(
                by: isRaised ? other.numerator : other.denominator)
            let (bottom, under) = result.denominator.multipliedReportingOverflow(
                by: isRaised ? other.denominator : other.numerator)
            guard !over, !under else { return nil }
            result.numerator = top
            result.denominator = bottom
            result.reduce()
        }
        let (scaled, overflow) = other.power.multipliedReportingOverflow(by: exponent)
        guard !overflow, abs(result.power + scaled) < 1000 else { return nil }
        result.power += scaled
        result.dimension = dimension.multiplied(by: other.dimension, power: exponent)
        return result
    }

    /// A pure number.
    init(_ number: DecimalNumber) {
        numerator = number.digits
        power = -number.places
        reduce()
    }

    init() {}

    private mutating func reduce() {
        guard numerator != 0 else { return }
        var (first, second) = (numerator.magnitude, denominator.magnitude)
        while second != 0 { (first, second) = (second, first % second) }
        numerator /= Int128(first)
        denominator /= Int128(first)
        while numerator % 10 == 0 {
            numerator /= 10
            power += 1
        }
        while denominator % 10 == 0 {
            denominator /= 10
            power -= 1
        }
    }
}

/// Reads units written in UCUM (*The Unified Code for Units of Measure*, section 2.1).
struct UnitReader {
    private let text: [Character]
    private var index = 0
    private var depth = 0

    /// What a unit is worth; nil for what is none.
    static func measure(_ unit: String) -> UnitMeasure? {
        guard unit.utf8.count <= 200 else { return nil }
        return measure(unit, depth: 0)
    }

    private static func measure(_ unit: String, depth: Int) -> UnitMeasure? {
        if unit == "Cel" {
            var kelvin = UnitMeasure()
            kelvin.dimension = .base(4)
            kelvin.offset = DecimalNumber(digits: 27315, places: 2)
            return kelvin
        }
        if unit == "[degF]" {
            // (F + 459.67) * 5/9, written as F * 5/9 and what is added to that.
            var fahrenheit = UnitMeasure()
            fahrenheit.dimension = .base(4)
            fahrenheit.numerator = 5
            fahrenheit.denominator = 9
            fahrenheit.offset = DecimalNumber(digits: 2_553_722_222_222_222_222, places: 16)
            return fahrenheit
        }
        var reader = UnitReader(unit, depth: depth)
        guard let measure = reader.term(), reader.index == reader.text.count else { return nil }
        return measure
    }

    private init(_ unit: String, depth: Int) {
        text = Array(unit)
        self.depth = depth
    }

    private var current: Character? { index < text.count ? text[index] : nil }

    private mutating func term() -> UnitMeasure? {
        guard depth < 24 else { return nil }
        depth += 1
        defer { depth -= 1 }
        var result = UnitMeasure.one
        var isDivisor = false
        if current == "/" {
            isDivisor = true
            index += 1
        }
        var isFirst = !isDivisor
        while true {
            guard let part = component() else { return nil }
            if isFirst, current == nil || current == ")" { return part }
            guard let product = result.multiplied(by: part, power: isDivisor ? -1 : 1) else { return nil }
            result = product
            isFirst = false
            guard let mark = current, mark == "." || mark == "/" else { return result }
            isDivisor = mark == "/"
            index += 1
        }
    }

    private mutating func component() -> UnitMeasure? {
        var result: UnitMeasure?
        if current == "(" {
            index += 1
            result = term()
            guard result != nil, current == ")" else { return nil }
            index += 1
        } else if current != "{" {
            result = simpleUnit()
            if result == nil { return nil }
        }
        while current == "{" {
            guard let end = text[index...].firstIndex(of: "}") else { return nil }
            index = end + 1
            result = result ?? .one
        }
        return result
    }

    /// A number, or a unit with its prefix and its power.
    private mutating func simpleUnit() -> UnitMeasure? {
        let start = index
        var isBracketed = false
        while let character = current {
            if character == "[" { isBracketed = true }
            if character == "]" { isBracketed = false }
            if !isBracketed, ".(){}/".contains(character) { break }
            index += 1
        }
        let token = String(text[start..<index])
        if let number = DecimalNumber(token), token.allSatisfy(\.isASCIIDigit) {
            return number.digits > 0 ? UnitMeasure(number) : nil
        }
        let (name, exponent) = Self.split(token)
        guard let unit = Self.atom(name, depth: depth) else { return nil }
        if exponent == 1 { return unit }
        guard exponent != 0 else { return nil }
        return UnitMeasure.one.multiplied(by: unit, power: exponent)
    }

    /// `m2` is `m` squared; `10*-3` keeps the star with its name.
    private static func split(_ token: String) -> (name: Substring, exponent: Int) {
        var digits = token[...]
        while digits.last?.isASCIIDigit ?? false { digits.removeLast() }
        guard digits.endIndex < token.endIndex, !digits.isEmpty else { return (token[...], 1) }
        var name = digits
        if name.last == "-" || name.last == "+" { name.removeLast() }
        guard !name.isEmpty, let exponent = Int(token[name.endIndex...]) else { return (token[...], 1) }
        return (name, exponent)
    }

    private static func atom(_ name: Substring, depth: Int) -> UnitMeasure? {
        if let unit = plainAtom(name, depth: depth) { return unit }
        for prefix in UnitTable.prefixes where name.hasPrefix(prefix.code) {
            let rest = name.dropFirst(prefix.code.count)
            let isMetric = UnitTable.base.contains(String(rest)) || UnitTable.entry(rest)?.isMetric ?? isArbitrary(rest)
            guard isMetric, var unit = plainAtom(rest, depth: depth) else { continue }
            unit.power += prefix.power
            return unit
        }
        return nil
    }

    private static func plainAtom(_ name: Substring, depth: Int) -> UnitMeasure? {
        if name == "1" { return .one }
        if let index = UnitTable.base.firstIndex(of: String(name)) {
            var unit = UnitMeasure()
            unit.dimension = .base(index)
            return unit
        }
        if let entry = UnitTable.entry(name) {
            guard let factor = DecimalNumber(entry.factor), let unit = measure(entry.unit, depth: depth + 1) else {
                return nil
            }
            return UnitMeasure(factor).multiplied(by: unit, power: 1)
        }
        guard isArbitrary(name) else { return nil }
        var unit = UnitMeasure()
        unit.dimension = .arbitrary(canonical(name))
        return unit
    }

    private static func canonical(_ name: Substring) -> String { name == "[IU]" ? "[iU]" : String(name) }

    /// Units of procedures, which convert to no other (UCUM, section 3.2, *arbitrary units*).
    private static func isArbitrary(_ name: Substring) -> Bool { arbitraryUnits.contains(String(name)) }

    private static let arbitraryUnits: Set<String> = [
        "[iU]", "[IU]", "[arb'U]", "[USP'U]", "[GPL'U]", "[MPL'U]", "[APL'U]", "[beth'U]", "[anti'Xa'U]", "[todd'U]",
        "[dye'U]", "[smgy'U]", "[bdsk'U]", "[ka'U]", "[knk'U]", "[mclg'U]", "[tb'U]", "[CCID_50]", "[TCID_50]",
        "[EID_50]", "[PFU]", "[FFU]", "[CFU]", "[IR]", "[BAU]", "[AU]", "[Amb'a'1'U]", "[PNU]", "[Lf]", "[D'ag'U]",
        "[FEU]", "[ELU]", "[EU]", "[hnsf'U]", "[p'diop]", "[car_Au]", "[bit_s]", "Np", "B", "B[SPL]", "B[V]", "B[W]",
        "B[mV]", "B[uV]", "B[kW]", "[m/s2/Hz^0.5]",
    ]
}

extension Character {
    fileprivate var isASCIIDigit: Bool { isASCII && isWholeNumber }
}
