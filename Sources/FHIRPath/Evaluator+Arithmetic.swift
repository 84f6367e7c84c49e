import Documents

extension Evaluator {
    func runArithmetic(_ step: Step) {
        let mark = stack.count
        run(step.a)
        // Both operands are evaluated, so that an error in either is told.
        let left = takeTyped(from: mark)
        run(step.b)
        guard let right = takeTyped(from: mark), let left else { return }
        compute(step.binary, left, right)
    }

    /// Pushes what an operator makes of two values.
    func compute(_ symbol: BinaryOperator, _ left: Value, _ right: Value) {
        if left.kind == .integer, right.kind == .integer, symbol != .divide {
            return computeWhole(symbol, left.number, right.number)
        }
        if symbol == .add, isText(left), isText(right) {
            return push(makeString((string(left) ?? "") + (string(right) ?? "")))
        }
        if let first = decimal(left), let second = decimal(right) { return computeDecimal(symbol, first, second) }
        if symbol == .add || symbol == .subtract, let moment = moment(left) {
            return shift(moment, left, by: right, isBack: symbol == .subtract)
        }
        guard isQuantity(left) || isQuantity(right), let first = quantity(left), let second = quantity(right) else {
            return report("wrong-type", at: left)
        }
        computeQuantity(symbol, first, second, at: left)
    }

    private func computeWhole(_ symbol: BinaryOperator, _ left: Int64, _ right: Int64) {
        let (result, overflow): (Int64, Bool)
        switch symbol {
        case .add: (result, overflow) = left.addingReportingOverflow(right)
        case .subtract: (result, overflow) = left.subtractingReportingOverflow(right)
        case .multiply: (result, overflow) = left.multipliedReportingOverflow(by: right)
        case .wholeDivide:
            guard right != 0 else { return }
            (result, overflow) = left.dividedReportingOverflow(by: right)
        default:
            guard right != 0 else { return }
            (result, overflow) = right == -1 ? (0, false) : left.remainderReportingOverflow(dividingBy: right)
        }
        if overflow { report("number-overflow", at: nil) } else { push(.integer(result)) }
    }

    private func computeDecimal(_ symbol: BinaryOperator, _ left: DecimalNumber, _ right: DecimalNumber) {
        switch symbol {
        case .add: pushChecked(DecimalNumber.sum(left, right))
        case .subtract: pushChecked(DecimalNumber.sum(left, right.negated))
        case .multiply: pushChecked(DecimalNumber.product(left, right))
        case .divide:
            if right.digits != 0 { pushChecked(DecimalNumber.quotient(left, right)) }
        case .wholeDivide:
            guard right.digits != 0 else { return }
            guard let whole = DecimalNumber.division(left, right)?.quotient, let number = Int64(exactly: whole.digits)
            else { return report("number-overflow", at: nil) }
            push(.integer(number))
        default:
            if right.digits != 0 { pushChecked(DecimalNumber.division(left, right)?.remainder) }
        }
    }

    /// Pushes a number, or reports that it does not fit.
    func pushChecked(_ number: DecimalNumber?) {
        guard let number else { return report("number-overflow", at: nil) }
        pushDecimal(number)
    }

    private func computeQuantity(_ symbol: BinaryOperator, _ left: Quantity, _ right: Quantity, at value: Value) {
        switch symbol {
        case .add: pushQuantity(algebra.sum(left, right))
        case .subtract:
            pushQuantity(algebra.sum(left, Quantity(value: right.value.negated, unit: right.unit)))
        case .multiply: pushQuantity(algebra.product(left, right))
        case .divide: pushQuantity(algebra.quotient(left, right))
        default: report("wrong-type", at: value)
        }
    }

    // MARK: Dates and times

    /// The one value pushed since a mark, and where FHIR says that its text is a date or a time, as that.
    func takeTyped(from mark: Int) -> Value? {
        let kind = stack.count - mark == 1 ? momentKind(stack[mark]) : nil
        guard let value = takeSingle(from: mark) else { return nil }
        guard let kind, value.kind == .string else { return value }
        return .text(kind, space: value.space, offset: Int(value.offset), length: Int(value.length))
    }

    /// The kind of date that FHIR says an element is; nil for anything else.
    func momentKind(_ value: Value) -> Value.Kind? {
        guard value.kind == .node, trees[Int(value.space)].format == .json,
            trees[Int(value.space)].nodes[value.nodeIndex].kind == .string,
            withText(value, { $0.count >= 4 && (0x30...0x39).contains($0[0]) }), let type = fhirType(of: value)
        else { return nil }
        switch FHIRTypes.shared.name(of: type) {
        case "date": return .date
        case "dateTime", "instant": return .dateTime
        case "time": return .time
        default: return nil
        }
    }

    /// A date, dateTime or time, or a text of a document that reads like one.
    func moment(_ value: Value) -> Temporal? {
        switch value.kind {
        case .date, .dateTime, .time: temporal(value)
        case .string where value.isFromDocument:
            temporal(value) ?? withText(value) { Temporal(time: $0) }
        default: nil
        }
    }

    private func shift(_ moment: Temporal, _ value: Value, by amount: Value, isBack: Bool) {
        guard isQuantity(amount), let quantity = quantity(amount), let unit = Self.calendarUnit(quantity.unit) else {
            return report("wrong-type", at: value)
        }
        var number = quantity.value
        if case .ucum = quantity.unit, unit == .second {
            // A definite second is counted whole, as HL7's tests have it.
            number = DecimalNumber(digits: number.truncated, places: 0)
        }
        do throws(Temporal.ArithmeticFault) {
            let result = try moment.adding(isBack ? number.negated : number, unit)
            pushTemporal(result, as: kind(of: value, moment))
        } catch {
            report(error == .wrongUnit ? "wrong-type" : "date-out-of-range", at: value)
        }
    }

    /// The calendar duration of a unit that may be added to a date: years and months of UCUM may not, they are no
    /// calendar ones (*Date/Time Arithmetic*).
    private static func calendarUnit(_ unit: Quantity.Unit) -> CalendarUnit? {
        switch unit {
        case .calendar(let calendar, _): calendar
        case .ucum(let code): CalendarUnit(code: code).flatMap { $0.isDefinite ? $0 : nil }
        }
    }

    /// What kind of value a moment is, where it comes from a document's text too.
    func kind(of value: Value, _ moment: Temporal) -> Value.Kind {
        guard value.kind == .string else { return value.kind }
        if moment.isTime { return .time }
        return moment.precision > .day ? .dateTime : .date
    }

    func pushTemporal(_ moment: Temporal, as kind: Value.Kind) {
        push(makeText(kind, moment.description.utf8))
    }
}

extension Value {
    /// Whether it is a slice of a document, not a text of the expression or one that was made.
    var isFromDocument: Bool { space < Value.constants }
}
