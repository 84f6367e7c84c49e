/// Explicit conversions (FHIRPath 2.0, *Conversion*).
extension Evaluator {
    func runConversion(_ step: Step, from mark: Int) {
        guard let value = takeSingle(from: mark) else { return }
        if step.function == .toQuantity || step.function == .convertsToQuantity {
            return runQuantityConversion(step, value)
        }
        if let wanted = step.function.conversion {
            push(.boolean(convert(value, by: wanted) != nil))
        } else if let converted = convert(value, by: step.function) {
            push(converted)
        }
    }

    private func runQuantityConversion(_ step: Step, _ value: Value) {
        var result = toQuantity(value)
        if step.c > 0 {
            guard let argument = argumentValue(step) else { return }
            guard isText(argument), let unit = string(argument) else { return report("not-a-text", at: argument) }
            result = result.flatMap { algebra.convert($0, to: .init(unit)) }
        }
        if step.function == .toQuantity { pushQuantity(result) } else { push(.boolean(result != nil)) }
    }

    /// A value as another type; nil when it cannot be.
    func convert(_ value: Value, by function: Function) -> Value? {
        switch function {
        case .toString: return string(value).map(makeString)
        case .toInteger, .toLong:
            switch value.kind {
            case .integer: return value
            case .boolean: return .integer(value.number)
            case .string: return withText(value) { Self.integer($0) }.map { .integer($0) }
            default: return nil
            }
        case .toDecimal: return toDecimal(value)
        case .toBoolean: return toBoolean(value)
        case .toDate, .toDateTime: return toDate(value, isDate: function == .toDate)
        default:
            guard value.kind == .time || value.kind == .string, let text = string(value), Temporal(time: text) != nil
            else { return nil }
            return makeText(.time, text.utf8)
        }
    }

    private func toDecimal(_ value: Value) -> Value? {
        switch value.kind {
        case .decimal: return value
        case .integer: return makeText(.decimal, String(value.number).utf8)
        case .boolean: return makeText(.decimal, (value.number == 0 ? "0.0" : "1.0").utf8)
        case .string:
            guard let number = string(value).flatMap({ DecimalNumber(plain: $0) }) else { return nil }
            return makeText(.decimal, number.description.utf8)
        default: return nil
        }
    }

    private func toBoolean(_ value: Value) -> Value? {
        switch value.kind {
        case .boolean: return value
        case .integer, .decimal:
            guard let number = decimal(value)?.trimmed, number.places == 0 else { return nil }
            return number.digits == 0 || number.digits == 1 ? .boolean(number.digits == 1) : nil
        case .string:
            switch string(value)?.lowercased() {
            case "true", "t", "yes", "y", "1", "1.0": return .boolean(true)
            case "false", "f", "no", "n", "0", "0.0": return .boolean(false)
            default: return nil
            }
        default: return nil
        }
    }

    /// A text that was made or written in the expression must be as long as the type; a document's dateTime has a date.
    private func toDate(_ value: Value, isDate: Bool) -> Value? {
        guard value.kind != .time, let moment = temporal(value), let text = string(value) else { return nil }
        guard isDate else { return makeText(.dateTime, text.utf8) }
        if value.kind == .string, !value.isFromDocument, text.contains("T") { return nil }
        return makeText(.date, moment.date.description.utf8)
    }
}

extension Function {
    /// The conversion that a `convertsTo…` function asks about.
    fileprivate var conversion: Function? {
        switch self {
        case .convertsToBoolean: .toBoolean
        case .convertsToInteger: .toInteger
        case .convertsToLong: .toLong
        case .convertsToDecimal: .toDecimal
        case .convertsToDate: .toDate
        case .convertsToDateTime: .toDateTime
        case .convertsToTime: .toTime
        case .convertsToString: .toString
        default: nil
        }
    }
}
