/// The least and the greatest value that a partial one may stand for (FHIRPath 3.0, *lowBoundary*, *highBoundary*).
extension Temporal {
    /// The value at its edge, written to so many digits.
    /// - Parameters:
    ///   - isHigh: the greatest value, not the least.
    ///   - digits: 4, 6, 8 for dates, also 10, 12, 14 and 17 for dateTimes; 2, 4, 6 and 9 for times.
    /// - Returns: nil for a count of digits that the type does not have.
    func boundary(isHigh: Bool, digits: Int) -> Temporal? {
        let steps: [(digits: Int, precision: Precision)] =
            isTime
            ? [(2, .hour), (4, .minute), (6, .second), (9, .second)]
            : [(4, .year), (6, .month), (8, .day), (10, .hour), (12, .minute), (14, .second), (17, .second)]
        guard let wanted = steps.first(where: { $0.digits == digits }) else { return nil }
        var result = filled(isHigh: isHigh)
        result.precision = wanted.precision
        if wanted.precision == .second {
            result.fractionDigits = digits == 9 || digits == 17 ? max(3, fractionDigits) : 0
        }
        if isTime || wanted.precision < .hour {
            result.offset = nil
        } else if offset == nil {
            result.offset = isHigh ? -12 * 60 : 14 * 60
        }
        return result
    }

    private func filled(isHigh: Bool) -> Temporal {
        var result = self
        if precision < .month { result.month = isHigh ? 12 : 1 }
        if precision < .day { result.day = isHigh ? Self.days(in: result.month, of: result.year) : 1 }
        if precision < .hour { result.hour = isHigh ? 23 : 0 }
        if precision < .minute { result.minute = isHigh ? 59 : 0 }
        if precision < .second { result.second = isHigh ? 59 : 0 }
        guard precision < .second || fractionDigits < 3 else { return result }
        let isOpen = precision < .second || fractionDigits == 0
        if isHigh, isOpen { result.nanosecond = 999_000_000 }
        return result
    }

    /// How many digits it is written with, separators aside (*precision*).
    var digitCount: Int {
        let time: Int =
            switch precision {
            case .hour: 2
            case .minute: 4
            case .second: 6 + fractionDigits
            default: 0
            }
        if isTime { return time }
        return time > 0 ? 8 + time : 4 + 2 * precision.rawValue
    }

    /// The day alone.
    var date: Temporal {
        var result = self
        result.precision = min(precision, .day)
        result.offset = nil
        return result
    }

    /// The time of day alone; nil where there is none.
    var timeOfDay: Temporal? {
        guard precision >= .hour else { return nil }
        var result = self
        result.isTime = true
        result.offset = nil
        return result
    }
}
