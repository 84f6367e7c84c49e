import Documents

/// Quantities as values: the literal ones lie in the program, the others are kept by the evaluator.
extension Evaluator {
    /// A quantity, or a number as a quantity of unit 1; nil for what is neither.
    func quantity(_ value: Value) -> Quantity? {
        switch value.kind {
        case .quantity:
            let index = Int(value.number)
            return value.space == Value.constants ? program.quantities[index] : quantities[index]
        case .integer, .decimal: return decimal(value).map { Quantity(value: $0, unit: .one) }
        case .node: return quantity(ofNode: value)
        default: return nil
        }
    }

    /// Whether a value is a quantity by itself: FHIRPath's own, or FHIR's Quantity.
    func isQuantity(_ value: Value) -> Bool {
        value.kind == .quantity || (value.kind == .node && quantity(ofNode: value) != nil)
    }

    /// FHIR's Quantity, which has its UCUM unit as a code (FHIR R4, *FHIRPath*, *Use of FHIR Quantity*): durations of UCUM
    /// are taken for calendar ones. One without any unit counts as a number.
    private func quantity(ofNode value: Value) -> Quantity? {
        let tree = trees[Int(value.space)]
        guard tree.nodes[value.nodeIndex].kind == .element else { return nil }
        var number: DecimalNumber?
        var parts: [String: String] = [:]
        for child in tree.children(of: value.nodeIndex) {
            let name = tree.name(of: child)
            switch name {
            case "value":
                guard let atom = atomic(.node(child, tree: value.space)) else { return nil }
                number = decimal(atom)
            case "unit", "system", "code": parts[name] = tree.string(child)
            case "comparator": return nil
            case "id", "extension": continue
            default: return nil
            }
        }
        guard let number else { return nil }
        guard let code = parts["code"], parts["system"] == "http://unitsofmeasure.org" else {
            guard parts["code"] == nil, parts["system"] == nil else { return nil }
            return Quantity(value: number, unit: .init(parts["unit"] ?? "1"))
        }
        if let calendar = CalendarUnit(code: code) {
            return Quantity(value: number, unit: .calendar(calendar, keyword: "\(calendar)"))
        }
        return Quantity(value: number, unit: .ucum(code))
    }

    func pushQuantity(_ quantity: Quantity?) {
        guard let quantity else { return }
        guard quantities.count < 1_000_000 else { return exhaust() }
        quantities.append(quantity)
        push(
            Value(
                kind: .quantity, space: Value.scratch, offset: 0, length: 0, number: Int64(quantities.count - 1)))
    }

    /// Orders two quantities; nil when it cannot be decided or they measure different things.
    func order(_ left: Quantity, _ right: Quantity) -> Int? {
        guard case .ordered(let order) = algebra.compare(left, right) else { return nil }
        return order
    }

    /// Equality of two quantities: nil when it cannot be decided.
    func equal(_ left: Quantity, _ right: Quantity) -> Bool? {
        switch algebra.compare(left, right) {
        case .ordered(let order): order == 0
        case .unlike: false
        case .undecided: nil
        }
    }

    /// A quantity as another type says it (`toQuantity`): numbers have the unit 1, texts say their unit.
    func toQuantity(_ value: Value) -> Quantity? {
        switch value.kind {
        case .boolean:
            return Quantity(value: DecimalNumber(digits: value.number == 0 ? 0 : 10, places: 1), unit: .one)
        case .string: return string(value).flatMap(Self.parseQuantity)
        default: return quantity(value)
        }
    }

    /// `4 days`, `10 'mg'`, `1.5` (*toQuantity*).
    private static func parseQuantity(_ text: String) -> Quantity? {
        let digits = text.prefix { $0 == "+" || $0 == "-" || $0 == "." || $0.isWholeNumber }
        guard let value = DecimalNumber(plain: String(digits)) else { return nil }
        var unit = text.dropFirst(digits.count)
        while let first = unit.first, first.isWhitespace { unit.removeFirst() }
        if unit.isEmpty { return Quantity(value: value, unit: .one) }
        if unit.first == "'", unit.last == "'", unit.count > 2 {
            let code = unit.dropFirst().dropLast()
            return code.contains("'") ? nil : Quantity(value: value, unit: .ucum(String(code)))
        }
        guard let calendar = CalendarUnit(keyword: String(unit)) else { return nil }
        return Quantity(value: value, unit: .calendar(calendar, keyword: String(unit)))
    }
}

extension DecimalNumber {
    /// A number as FHIRPath's conversions read it: sign, digits, and after a point more digits.
    init?(plain text: String) {
        var digits = text[...]
        if digits.first == "+" || digits.first == "-" { digits.removeFirst() }
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } })
        else { return nil }
        self.init(text)
    }
}
