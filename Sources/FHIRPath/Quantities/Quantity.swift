/// A number with its unit (FHIRPath 2.0, *Quantity*).
struct Quantity: Sendable {
    let value: DecimalNumber
    let unit: Unit

    /// A UCUM unit, or a calendar duration, which is not the same as UCUM's definite one (*Time-valued Quantities*).
    enum Unit: Sendable, Hashable {
        case ucum(String)
        /// The keyword as it was written.
        case calendar(CalendarUnit, keyword: String)

        /// A unit by its name: a calendar keyword, quoted or not, or a UCUM code.
        init(_ name: String) {
            if let calendar = CalendarUnit(keyword: name) {
                self = .calendar(calendar, keyword: name)
            } else {
                self = .ucum(name)
            }
        }

        static let one = Unit.ucum("1")
    }
}

/// A calendar duration, the longest first.
enum CalendarUnit: Int, Sendable, CaseIterable {
    case year, month, week, day, hour, minute, second, millisecond

    init?(keyword: String) {
        let singular = keyword.hasSuffix("s") ? String(keyword.dropLast()) : keyword
        guard let unit = Self.allCases.first(where: { "\($0)" == singular }) else { return nil }
        self = unit
    }

    /// The definite duration that stands for it where both are compared loosely (*Time-valued Quantities*).
    var code: String { ["a", "mo", "wk", "d", "h", "min", "s", "ms"][rawValue] }

    /// The calendar duration of a UCUM code.
    init?(code: String) {
        guard let unit = Self.allCases.first(where: { $0.code == code }) else { return nil }
        self = unit
    }

    /// Milliseconds, with 365 days a year and 30 days a month (*toQuantity*, conversion factors).
    var milliseconds: Int128 {
        let day: Int128 = 86_400_000
        return [365 * day, 30 * day, 7 * day, day, 3_600_000, 60_000, 1000, 1][rawValue]
    }

    /// Whether it is as long as UCUM says: years and months are not.
    var isDefinite: Bool { rawValue >= CalendarUnit.week.rawValue }
}

extension Quantity: CustomStringConvertible {
    /// As `toString()` writes it: `10 'mg'`, `4 days`.
    var description: String {
        switch unit {
        case .ucum(let code): "\(value) '\(code)'"
        case .calendar(_, let keyword): "\(value) \(keyword)"
        }
    }
}
