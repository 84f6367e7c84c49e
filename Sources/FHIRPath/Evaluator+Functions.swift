extension Evaluator {
    func runFunction(_ step: Step) {
        switch step.function {
        case .where, .select, .repeat, .repeatAll, .all, .exists, .aggregate, .iif: runIteration(step)
        case .sort: runSort(step)
        case .defineVariable: runDefinition(step)
        case .coalesce: runCoalesce(step)
        case .trace: runTrace(step)
        case .is, .as, .ofType:
            let name = program.constants[Int(program.steps[Int(program.arguments[Int(step.b)])].a)]
            if step.function == .ofType {
                runOfType(step.a, typeName: name)
            } else {
                runTypeOperator(step.a, typeName: name, isTest: step.function == .is)
            }
        case .union, .combine, .intersect, .exclude, .subsetOf, .supersetOf: runSetFunction(step)
        case .type, .conformsTo:
            let mark = stack.count
            runInput(step.a)
            if step.function == .type { runType(from: mark) } else { runConformsTo(step, from: mark) }
        case .extension, .hasValue, .getValue, .resolve, .children, .descendants: runTreeFunction(step)
        case .now: push(makeText(.dateTime, now.utf8))
        case .today: push(makeText(.date, now.utf8.prefix(10)))
        case .timeOfDay: if let time = Temporal(dateTime: now)?.timeOfDay { pushTemporal(time, as: .time) }
        default:
            let mark = stack.count
            runInput(step.a)
            runOnInput(step, from: mark)
        }
    }

    /// Functions that look at their evaluated input alone; the input is replaced by the result.
    private func runOnInput(_ step: Step, from mark: Int) {
        let count = stack.count - mark
        switch step.function {
        case .empty: replace(mark, with: .boolean(count == 0))
        case .count: replace(mark, with: .integer(Int64(count)))
        case .not:
            let value = takeBoolean(from: mark)
            if let value { push(.boolean(!value)) }
        case .distinct: removeDuplicates(from: mark)
        case .isDistinct:
            removeDuplicates(from: mark)
            replace(mark, with: .boolean(stack.count - mark == count))
        case .allTrue, .anyTrue, .allFalse, .anyFalse: runQuantifier(step.function, from: mark)
        case .single:
            if count > 1 { report("multiple-values", at: stack[mark]) }
            if count != 1 { drop(mark..<stack.count) }
        case .first: if count > 1 { drop(mark + 1..<stack.count) }
        case .last: if count > 1 { drop(mark..<stack.count - 1) }
        case .tail: if count > 0 { drop(mark..<mark + 1) }
        case .skip, .take: runSkipOrTake(step, from: mark)
        case .abs, .ceiling, .floor, .round, .truncate: runMath(step, from: mark)
        case .sqrt, .exp, .ln, .log, .power: runPower(step, from: mark)
        case .toBoolean, .toInteger, .toLong, .toDecimal, .toString, .toDate, .toDateTime, .toTime, .toQuantity,
            .convertsToBoolean, .convertsToInteger, .convertsToLong, .convertsToDecimal, .convertsToString,
            .convertsToDate, .convertsToDateTime, .convertsToTime, .convertsToQuantity:
            runConversion(step, from: mark)
        case .sum, .min, .max, .avg: runTotal(step, from: mark)
        case .lowBoundary, .highBoundary, .precision, .comparable, .yearOf, .monthOf, .dayOf, .hourOf, .minuteOf,
            .secondOf, .millisecondOf, .timezoneOffsetOf, .dateOf, .timeOf:
            runMoment(step, from: mark)
        default: runString(step, from: mark)
        }
    }

    func replace(_ mark: Int, with value: Value) {
        drop(mark..<stack.count)
        push(value)
    }

    private func runQuantifier(_ function: Function, from mark: Int) {
        let values = stack[mark...].map { atomic($0) ?? $0 }
        if let other = values.first(where: { $0.kind != .boolean }) {
            drop(mark..<stack.count)
            return report("wrong-type", at: other)
        }
        let result =
            switch function {
            case .allTrue: values.allSatisfy { $0.number != 0 }
            case .anyTrue: values.contains { $0.number != 0 }
            case .allFalse: values.allSatisfy { $0.number == 0 }
            default: values.contains { $0.number == 0 }
            }
        replace(mark, with: .boolean(result))
    }

    private func runSkipOrTake(_ step: Step, from mark: Int) {
        let end = stack.count
        run(program.arguments[Int(step.b)])
        guard let number = takeInteger(from: end) else { return drop(mark..<stack.count) }
        let cut = mark + Int(max(0, min(number, Int64(end - mark))))
        if step.function == .skip { drop(mark..<cut) } else { drop(cut..<stack.count) }
    }

    private func runMath(_ step: Step, from mark: Int) {
        guard let value = takeSingle(from: mark) else { return }
        guard let number = decimal(value) else {
            guard step.function == .abs, let quantity = quantity(value) else {
                return report("not-a-number", at: value)
            }
            let size = quantity.value.digits < 0 ? quantity.value.negated : quantity.value
            return pushQuantity(Quantity(value: size, unit: quantity.unit))
        }
        let one = DecimalNumber(digits: 1, places: 0)
        let whole = DecimalNumber(digits: number.truncated, places: 0)
        let isExact = DecimalNumber.order(whole, number) == 0
        switch step.function {
        case .abs:
            if value.kind == .integer { return pushWhole(number.digits < 0 ? number.negated : number) }
            pushDecimal(number.digits < 0 ? number.negated : number)
        case .ceiling: pushWhole(isExact || number.digits < 0 ? whole : DecimalNumber.sum(whole, one))
        case .floor: pushWhole(isExact || number.digits > 0 ? whole : DecimalNumber.sum(whole, one.negated))
        case .truncate: pushWhole(whole)
        default:
            var places: Int64 = 0
            if step.c > 0 {
                run(program.arguments[Int(step.b)])
                guard let given = takeInteger(from: mark) else { return }
                places = given
            }
            guard places >= 0 else { return report("wrong-type", at: value) }
            if places > 28 { places = 28 }
            pushDecimal(number.rounded(to: Int(places)))
        }
    }

    private func pushWhole(_ number: DecimalNumber?) {
        guard let number, let whole = Int64(exactly: number.digits) else { return report("number-overflow", at: nil) }
        push(.integer(whole))
    }

    /// The evaluated first argument as one value.
    func argumentValue(_ step: Step, _ index: Int = 0) -> Value? {
        guard index < Int(step.c) else { return nil }
        let mark = stack.count
        run(program.arguments[Int(step.b) + index])
        return takeSingle(from: mark)
    }
}

extension DecimalNumber {
    /// Rounded half away from zero.
    func rounded(to wanted: Int) -> DecimalNumber {
        guard places > wanted else { return self }
        var digits = digits
        var last: Int128 = 0
        for _ in wanted..<places {
            last = digits % 10
            digits /= 10
        }
        if last.magnitude >= 5 { digits += self.digits < 0 ? -1 : 1 }
        return DecimalNumber(digits: digits, places: wanted)
    }
}
