/// Boundaries, precision and parts of dates, times and numbers (FHIRPath 3.0, *Utility functions*).
extension Evaluator {
    func runMoment(_ step: Step, from mark: Int) {
        guard let value = takeTyped(from: mark) else { return }
        switch step.function {
        case .lowBoundary, .highBoundary: runBoundary(step, value)
        case .precision: runPrecision(value)
        case .comparable:
            guard let argument = argumentValue(step) else { return }
            guard let first = quantity(value), let second = quantity(argument) else {
                return report("wrong-type", at: value)
            }
            push(.boolean(algebra.areAlike(first, second)))
        default:
            guard let moment = moment(value) else { return report("wrong-type", at: value) }
            runPart(step.function, moment)
        }
    }

    private func runBoundary(_ step: Step, _ value: Value) {
        let isHigh = step.function == .highBoundary
        var digits: Int?
        if step.c > 0 {
            let mark = stack.count
            run(program.arguments[Int(step.b)])
            guard let number = takeInteger(from: mark) else { return }
            digits = Int(number)
        }
        if let moment = moment(value) {
            let kind = kind(of: value, moment)
            let most = kind == .time ? 9 : kind == .date ? 8 : 17
            guard (digits ?? most) <= most, let edge = moment.boundary(isHigh: isHigh, digits: digits ?? most) else {
                return
            }
            return pushTemporal(edge, as: kind)
        }
        if let number = decimal(value) {
            return pushDecimal(number.boundary(isHigh: isHigh, places: digits ?? 8))
        }
        guard let quantity = quantity(value) else { return report("wrong-type", at: value) }
        pushQuantity(
            quantity.value.boundary(isHigh: isHigh, places: digits ?? 8).map {
                Quantity(value: $0, unit: quantity.unit)
            })
    }

    private func runPrecision(_ value: Value) {
        if let moment = moment(value) { return push(.integer(Int64(moment.digitCount))) }
        guard let number = decimal(value) ?? quantity(value)?.value else { return report("wrong-type", at: value) }
        push(.integer(Int64(number.places)))
    }

    private func runPart(_ function: Function, _ moment: Temporal) {
        func part(_ number: Int, from precision: Temporal.Precision, ofDate: Bool = false) {
            let isThere = moment.precision >= precision && !(ofDate && moment.isTime)
            if isThere { push(.integer(Int64(number))) }
        }
        switch function {
        case .yearOf: part(moment.year, from: .year, ofDate: true)
        case .monthOf: part(moment.month, from: .month, ofDate: true)
        case .dayOf: part(moment.day, from: .day, ofDate: true)
        case .hourOf: part(moment.hour, from: .hour)
        case .minuteOf: part(moment.minute, from: .minute)
        case .secondOf: part(moment.second, from: .second)
        case .millisecondOf: if moment.fractionDigits > 0 { part(moment.nanosecond / 1_000_000, from: .second) }
        case .timezoneOffsetOf:
            guard let offset = moment.offset else { return }
            let hours = DecimalNumber.quotient(
                DecimalNumber(digits: Int128(offset), places: 0), DecimalNumber(digits: 60, places: 0))
            pushDecimal(hours.map { $0.places == 0 ? DecimalNumber(digits: $0.digits * 10, places: 1) : $0 })
        case .dateOf: if !moment.isTime { pushTemporal(moment.date, as: .date) }
        default: if let time = moment.timeOfDay { pushTemporal(time, as: .time) }
        }
    }
}

extension DecimalNumber {
    /// The least or the greatest number that is written like this one, to so many places; nil for more than 28 places.
    ///
    /// HL7's tests have a number that vanishes at the places asked for stay zero.
    fileprivate func boundary(isHigh: Bool, places wanted: Int) -> DecimalNumber? {
        guard (0...28).contains(wanted), digits.magnitude < UInt128(Int128.max) / 100 else { return nil }
        let edge = DecimalNumber(digits: digits * 10 + (isHigh ? 5 : -5), places: places + 1)
        if wanted >= edge.places {
            guard let raised = Self.power(edge.digits, wanted - edge.places) else { return nil }
            return DecimalNumber(digits: raised, places: wanted)
        }
        if digits != 0, edge.rounded(to: wanted).digits == 0 { return DecimalNumber(digits: 0, places: wanted) }
        guard let unit = Self.power(1, edge.places - wanted) else { return nil }
        var whole = edge.digits / unit
        if edge.digits % unit != 0, isHigh == (edge.digits > 0) { whole += isHigh ? 1 : -1 }
        return DecimalNumber(digits: whole, places: wanted)
    }
}
