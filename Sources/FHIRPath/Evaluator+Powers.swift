import Glibc

extension Evaluator {
    /// Powers, roots and logarithms, computed in binary and kept to eight decimal places (FHIRPath 2.0, *Math*). What has no
    /// real value yields nothing.
    func runPower(_ step: Step, from mark: Int) {
        guard let input = takeSingle(from: mark) else { return }
        guard let base = decimal(input)?.approximate else { return report("not-a-number", at: input) }
        var operand = 0.0
        if step.c > 0 {
            guard let value = argumentValue(step) else { return }
            guard let number = decimal(value)?.approximate else { return report("not-a-number", at: value) }
            operand = number
        }
        let result =
            switch step.function {
            case .sqrt: base.squareRoot()
            case .exp: exp(base)
            case .ln: log(base)
            case .log: log(base) / log(operand)
            default: pow(base, operand)
            }
        guard let number = DecimalNumber(approximate: result) else { return }
        let isWhole = step.function == .power && input.kind == .integer && number.trimmed.places == 0
        if isWhole, let whole = Int64(exactly: number.truncated) {
            push(.integer(whole))
        } else {
            pushDecimal(number.trimmed)
        }
    }
}

extension DecimalNumber {
    /// The nearest binary number.
    fileprivate var approximate: Double { Double(digits) / pow(10, Double(places)) }

    /// Eight decimal places of a binary number; nil for what is none or beyond 18 digits.
    fileprivate init?(approximate value: Double) {
        guard value.isFinite, abs(value) < 1e18 else { return nil }
        self.init(digits: Int128((value * 1e8).rounded()), places: 8)
    }
}
