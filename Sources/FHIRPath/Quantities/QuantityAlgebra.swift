import Glibc

/// Computes with quantities. Units are read once and kept.
struct QuantityAlgebra {
    /// How two quantities stand to each other.
    enum Comparison {
        /// -1, 0 or 1.
        case ordered(Int)
        /// They measure different things.
        case unlike
        /// It cannot be decided: a unit is unknown, or a calendar duration meets a definite one.
        case undecided
    }

    private var measures: [String: UnitMeasure?] = [:]

    mutating func measure(_ unit: Quantity.Unit) -> UnitMeasure? {
        switch unit {
        case .ucum(let code):
            if let known = measures[code] { return known }
            let measure = UnitReader.measure(code)
            if measures.count < 1000 { measures[code] = .some(measure) }
            return measure
        case .calendar(let calendar, _):
            var measure = UnitMeasure(DecimalNumber(digits: calendar.milliseconds, places: 3))
            measure.dimension = .base(1)
            return measure
        }
    }

    /// Whether both can be converted into each other (`comparable()`).
    mutating func areAlike(_ left: Quantity, _ right: Quantity) -> Bool {
        guard let first = measure(left.unit), let second = measure(right.unit) else { return left.unit == right.unit }
        return first.dimension == second.dimension
    }

    /// Compares two quantities (*Quantity Equality*). Calendar years and months are not comparable with definite
    /// durations.
    mutating func compare(_ left: Quantity, _ right: Quantity) -> Comparison {
        if left.unit == right.unit { return .ordered(DecimalNumber.order(left.value, right.value)) }
        guard let (first, second) = commonMeasures(left.unit, right.unit) else { return .undecided }
        guard first.dimension == second.dimension else { return .unlike }
        return .ordered(Self.order(left.value, first, right.value, second))
    }

    /// Equivalence (`~`): the right one is converted and compared as decimals are; calendar and definite durations of
    /// one name are the same.
    mutating func areEquivalent(_ left: Quantity, _ right: Quantity) -> Bool {
        guard let value = value(of: Self.definite(right), in: Self.definite(left).unit) else { return false }
        return DecimalNumber.areEquivalent(left.value, value)
    }

    private static func definite(_ quantity: Quantity) -> Quantity {
        guard case .calendar(let calendar, _) = quantity.unit else { return quantity }
        return Quantity(value: quantity.value, unit: .ucum(calendar.code))
    }

    /// A quantity in another unit; nil where it measures something else.
    mutating func convert(_ quantity: Quantity, to unit: Quantity.Unit) -> Quantity? {
        value(of: quantity, in: unit).map { Quantity(value: $0, unit: unit) }
    }

    /// The sum, in the more granular of both units.
    mutating func sum(_ left: Quantity, _ right: Quantity) -> Quantity? {
        if left.unit == right.unit {
            return DecimalNumber.sum(left.value, right.value).map { Quantity(value: $0, unit: left.unit) }
        }
        guard let (first, second) = commonMeasures(left.unit, right.unit), first.dimension == second.dimension else {
            return nil
        }
        let isLeftGranular = Self.isGranular(first, second)
        let unit = isLeftGranular ? left.unit : right.unit
        guard let one = value(of: left, in: unit), let other = value(of: right, in: unit) else { return nil }
        return DecimalNumber.sum(one, other).map { Quantity(value: $0, unit: unit) }
    }

    mutating func product(_ left: Quantity, _ right: Quantity) -> Quantity? {
        var (left, right) = (left, right)
        if left.unit != .one, right.unit != .one, let (unit, isLeft) = granular(left.unit, right.unit) {
            guard let converted = convert(isLeft ? right : left, to: unit) else { return nil }
            if isLeft { right = converted } else { left = converted }
        }
        guard let value = DecimalNumber.product(left.value, right.value) else { return nil }
        return Quantity(value: value, unit: UnitName.product(left.unit, right.unit))
    }

    mutating func quotient(_ left: Quantity, _ right: Quantity) -> Quantity? {
        var right = right
        if left.unit != .one, right.unit != .one, left.unit != right.unit, granular(left.unit, right.unit) != nil {
            guard let converted = convert(right, to: left.unit) else { return nil }
            right = converted
        }
        guard let value = DecimalNumber.quotient(left.value, right.value) else { return nil }
        return Quantity(value: value, unit: UnitName.quotient(left.unit, right.unit))
    }

    /// The more granular of two units that measure the same.
    private mutating func granular(_ left: Quantity.Unit, _ right: Quantity.Unit) -> (Quantity.Unit, isLeft: Bool)? {
        guard left != right, let (first, second) = commonMeasures(left, right), first.dimension == second.dimension
        else { return nil }
        let isLeft = Self.isGranular(first, second)
        return (isLeft ? left : right, isLeft)
    }

    private static func isGranular(_ first: UnitMeasure, _ second: UnitMeasure) -> Bool {
        let one = DecimalNumber(digits: 1, places: 0)
        return order(one, first, one, second) <= 0
    }

    /// Both units as measures on one scale; nil where a unit is unknown or calendar and definite durations mix.
    private mutating func commonMeasures(_ left: Quantity.Unit, _ right: Quantity.Unit) -> (UnitMeasure, UnitMeasure)? {
        guard var first = measure(left), var second = measure(right) else { return nil }
        switch (left, right) {
        case (.calendar(let one, _), .calendar(let other, _)):
            // A year has twelve months and 365 days; a month has thirty.
            if one == .year, other == .month { first = Self.months(12) }
            if one == .month, other == .year { second = Self.months(12) }
        case (.calendar(let calendar, _), .ucum(let code)), (.ucum(let code), .calendar(let calendar, _)):
            let isLong = CalendarUnit(code: code).map { !$0.isDefinite } ?? false
            if !calendar.isDefinite || isLong { return nil }
        default: break
        }
        return (first, second)
    }

    private static func months(_ count: Int128) -> UnitMeasure {
        var measure = UnitMeasure(DecimalNumber(digits: count * CalendarUnit.month.milliseconds, places: 3))
        measure.dimension = .base(1)
        return measure
    }

    private mutating func value(of quantity: Quantity, in unit: Quantity.Unit) -> DecimalNumber? {
        if quantity.unit == unit { return quantity.value }
        guard let from = measure(quantity.unit), let to = measure(unit), from.dimension == to.dimension else {
            return nil
        }
        if case .calendar(let one, _) = quantity.unit, case .calendar(let other, _) = unit {
            if one == .year, other == .month { return Self.convert(quantity.value, Self.months(12), to) }
            if one == .month, other == .year { return Self.convert(quantity.value, from, Self.months(12)) }
        }
        return Self.convert(quantity.value, from, to)
    }

    // MARK: Numbers

    private static func convert(_ value: DecimalNumber, _ from: UnitMeasure, _ to: UnitMeasure) -> DecimalNumber? {
        var value = value
        if let offset = from.offset {
            guard let kelvin = scaled(value, from.numerator, from.denominator, from.power),
                let sum = DecimalNumber.sum(kelvin, offset)
            else { return nil }
            value = sum
        }
        if let offset = to.offset {
            let base = from.offset == nil ? scaled(value, from.numerator, from.denominator, from.power) : value
            guard let base, let difference = DecimalNumber.sum(base, offset.negated) else { return nil }
            return scaled(difference, to.denominator, to.numerator, -to.power)?.rounded(to: 14).trimmed
        }
        if from.offset != nil { return scaled(value, to.denominator, to.numerator, -to.power)?.rounded(to: 14).trimmed }
        let (top, over) = from.numerator.multipliedReportingOverflow(by: to.denominator)
        let (bottom, under) = from.denominator.multipliedReportingOverflow(by: to.numerator)
        if over || under { return approximate(value, from, to) }
        return scaled(value, top, bottom, from.power - to.power) ?? approximate(value, from, to)
    }

    /// A number times a fraction times a power of ten: exact where it ends, else to 24 digits.
    private static func scaled(_ value: DecimalNumber, _ top: Int128, _ bottom: Int128, _ power: Int) -> DecimalNumber?
    {
        var (digits, overflow) = value.digits.multipliedReportingOverflow(by: top)
        guard !overflow, bottom > 0 else { return nil }
        var power = power - value.places
        let enough = DecimalNumber.power(1, 24) ?? 1
        while digits % bottom != 0, digits.magnitude / bottom.magnitude < enough.magnitude {
            let (shifted, isFull) = digits.multipliedReportingOverflow(by: 10)
            if isFull { break }
            digits = shifted
            power -= 1
        }
        var quotient = digits / bottom
        if (digits % bottom).magnitude >= (bottom.magnitude + 1) / 2 { quotient += digits < 0 ? -1 : 1 }
        return DecimalNumber(digits: quotient, exponent: power)
    }

    private static func approximate(_ value: DecimalNumber, _ from: UnitMeasure, _ to: UnitMeasure) -> DecimalNumber? {
        DecimalNumber(nearest: inBase(value, from) / inBase(DecimalNumber(digits: 1, places: 0), to))
    }

    private static func inBase(_ value: DecimalNumber, _ unit: UnitMeasure) -> Double {
        value.nearest * Double(unit.numerator) / Double(unit.denominator) * pow(10, Double(unit.power))
            + (unit.offset?.nearest ?? 0)
    }

    private static func order(
        _ left: DecimalNumber, _ first: UnitMeasure, _ right: DecimalNumber, _ second: UnitMeasure
    ) -> Int {
        if first.offset == nil, second.offset == nil, let (one, other) = crossed(left, first, right, second) {
            return DecimalNumber.order(one, other)
        }
        let one = inBase(left, first)
        let other = inBase(right, second)
        // Beyond what fits exactly, fourteen digits decide.
        if abs(one - other) <= max(abs(one), abs(other)) * 1e-14 { return 0 }
        return one < other ? -1 : 1
    }

    /// Both sides of a comparison multiplied out, so that nothing need be divided.
    private static func crossed(
        _ left: DecimalNumber, _ first: UnitMeasure, _ right: DecimalNumber, _ second: UnitMeasure
    ) -> (DecimalNumber, DecimalNumber)? {
        func side(_ value: DecimalNumber, _ top: Int128, _ bottom: Int128, _ power: Int) -> DecimalNumber? {
            let (once, over) = value.digits.multipliedReportingOverflow(by: top)
            let (twice, under) = once.multipliedReportingOverflow(by: bottom)
            guard !over, !under else { return nil }
            return DecimalNumber(digits: twice, exponent: power - value.places)
        }
        let common = min(first.power, second.power)
        guard let one = side(left, first.numerator, second.denominator, first.power - common),
            let other = side(right, second.numerator, first.denominator, second.power - common)
        else { return nil }
        return (one, other)
    }
}

/// Writes the units of products and quotients.
enum UnitName {
    static func product(_ left: Quantity.Unit, _ right: Quantity.Unit) -> Quantity.Unit {
        if right == .one { return left }
        if left == .one { return right }
        let (first, second) = (parts(code(left)), parts(code(right)))
        guard let first, let second, first.name == second.name else {
            return .ucum("\(code(left)).\(code(right).contains("/") ? "(\(code(right)))" : code(right))")
        }
        return power(first.name, first.exponent + second.exponent)
    }

    static func quotient(_ left: Quantity.Unit, _ right: Quantity.Unit) -> Quantity.Unit {
        if right == .one { return left }
        if left == right { return .one }
        let (first, second) = (parts(code(left)), parts(code(right)))
        if let first, let second, first.name == second.name {
            return power(first.name, first.exponent - second.exponent)
        }
        let divisor = code(right).contains { $0 == "/" || $0 == "." } ? "(\(code(right)))" : code(right)
        return .ucum(left == .one ? "/\(divisor)" : "\(code(left))/\(divisor)")
    }

    private static func code(_ unit: Quantity.Unit) -> String {
        switch unit {
        case .ucum(let code): code
        case .calendar(let calendar, _): calendar.code
        }
    }

    /// A single unit and its power; nil for a term of several.
    private static func parts(_ code: String) -> (name: Substring, exponent: Int)? {
        guard !code.contains(where: { "./(){}*^".contains($0) }) else { return nil }
        var name = code[...]
        while name.last?.isWholeNumber ?? false { name.removeLast() }
        if name.last == "-" { name.removeLast() }
        guard !name.isEmpty else { return nil }
        let exponent = name.endIndex == code.endIndex ? 1 : Int(code[name.endIndex...])
        return exponent.map { (name, $0) }
    }

    private static func power(_ name: Substring, _ exponent: Int) -> Quantity.Unit {
        exponent == 0 ? .one : .ucum(exponent == 1 ? String(name) : "\(name)\(exponent)")
    }
}
