/// What a unit measures: the exponents of the base units, and of units that convert to no other (UCUM's arbitrary units
/// such as `[iU]`).
struct Dimension: Sendable, Hashable {
    private(set) var exponents: [Int] = Array(repeating: 0, count: UnitTable.base.count)
    private(set) var arbitrary: [String: Int] = [:]

    static let none = Dimension()

    static func base(_ index: Int) -> Dimension {
        var dimension = Dimension()
        dimension.exponents[index] = 1
        return dimension
    }

    static func arbitrary(_ code: String) -> Dimension {
        var dimension = Dimension()
        dimension.arbitrary[code] = 1
        return dimension
    }

    /// The dimension of a product, where the other factor is raised to a power.
    func multiplied(by other: Dimension, power: Int) -> Dimension {
        var result = self
        for index in exponents.indices { result.exponents[index] += other.exponents[index] * power }
        for (code, exponent) in other.arbitrary {
            let sum = (result.arbitrary[code] ?? 0) + exponent * power
            result.arbitrary[code] = sum == 0 ? nil : sum
        }
        return result
    }
}
