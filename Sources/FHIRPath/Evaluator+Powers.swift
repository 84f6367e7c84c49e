import Glibc

extension Evaluator {
    /// Powers, roots and logarithms, computed in binary where they are not exact (FHIRPath 2.0, *Math*). What has no real
    /// value yields nothing.
    func runPower(_ step: Step, from mark: Int) {
        guard let input = takeSingle(from: mark) else { return }
        guard let base = decimal(input) else { return report("not-a-number", at: input) }
        var operand = DecimalNumber(digits: 0, places: 0)
        if step.c > 0 {
            guard let value = argumentValue(step) else { return }
            guard let number = decimal(value) else { return report("not-a-number", at: value) }
            operand = number
        }
        if step.function == .power, let exact = exactPower(base, operand) {
            guard input.kind == .integer, exact.places == 0 else { return pushDecimal(exact) }
            guard let whole = Int64(exactly: exact.digits) else { return report("number-overflow", at: input) }
            return push(.integer(whole))
        }
        let result =
            switch step.function {
            case .sqrt: base.nearest.squareRoot()
            case .exp: exp(base.nearest)
            case .ln: log(base.nearest)
            case .log: logarithm(base.nearest, operand.nearest)
            default: pow(base.nearest, operand.nearest)
            }
        guard result.isFinite else {
            return result.isInfinite && base.digits != 0 ? report("number-overflow", at: input) : ()
        }
        guard let number = DecimalNumber(nearest: result) else { return report("number-overflow", at: input) }
        pushDecimal(number)
    }

    /// A power with a whole exponent from 0 to 1000, as long as it fits.
    private func exactPower(_ base: DecimalNumber, _ exponent: DecimalNumber) -> DecimalNumber? {
        let exponent = exponent.trimmed
        guard exponent.places == 0, let times = Int(exactly: exponent.digits), (0...1000).contains(times) else {
            return nil
        }
        return base.raised(to: times)
    }

    /// Whole powers of two and ten have whole logarithms, which a quotient of natural ones may miss by a hair.
    private func logarithm(_ number: Double, _ base: Double) -> Double {
        if base == 2 { return log2(number) }
        if base == 10 { return log10(number) }
        return log(number) / log(base)
    }
}
