/// The functions of FHIRPath that this engine evaluates, with how many arguments each takes.
enum Function: String, CaseIterable, Sendable {
    // Existence
    case empty, exists, all, allTrue, anyTrue, allFalse, anyFalse, subsetOf, supersetOf, count, distinct, isDistinct
    // Filtering and projection
    case `where`, select, `repeat`, repeatAll, ofType, sort
    // Subsetting
    case single, first, last, tail, skip, take, intersect, exclude
    // Combining
    case union, combine, coalesce
    // Conversion
    case iif, toBoolean, convertsToBoolean, toInteger, convertsToInteger, toDate, convertsToDate, toDateTime
    case convertsToDateTime, toDecimal, convertsToDecimal, toString, convertsToString, toTime, convertsToTime
    case toQuantity, convertsToQuantity, toLong, convertsToLong
    // Strings
    case indexOf, lastIndexOf, substring, startsWith, endsWith, contains, upper, lower, replace, matches, matchesFull
    case replaceMatches, length, toChars, trim, split, join, encode, decode, escape, unescape
    // Math
    case abs, ceiling, floor, round, truncate, sqrt, exp, ln, log, power, sum, min, max, avg
    // Dates, times and precision
    case lowBoundary, highBoundary, precision, comparable, yearOf, monthOf, dayOf, hourOf, minuteOf, secondOf
    case millisecondOf, timezoneOffsetOf, dateOf, timeOf
    // Tree
    case children, descendants
    // Utility
    case trace, now, today, timeOfDay, not, aggregate, defineVariable
    // Types
    case `is`, `as`, type
    // FHIR's own
    case `extension`, hasValue, getValue, resolve, conformsTo

    /// Functions of FHIR that ask a terminology server or a validator, which a gateway has none of.
    static let unavailable: Set<String> = ["memberOf", "subsumes", "subsumedBy", "validateVS", "htmlChecks"]

    var arity: ClosedRange<Int> {
        switch self {
        case .all, .subsetOf, .supersetOf, .where, .select, .repeat, .repeatAll, .ofType, .skip, .take, .intersect,
            .exclude,
            .union, .combine, .indexOf, .lastIndexOf, .startsWith, .endsWith, .contains, .matches, .matchesFull, .log,
            .power, .is, .as,
            .extension, .split, .conformsTo, .encode, .decode, .escape, .unescape, .comparable:
            1...1
        case .exists, .round, .join, .toQuantity, .convertsToQuantity, .lowBoundary, .highBoundary: 0...1
        case .sort: 0...16
        case .coalesce: 1...32
        case .iif: 2...3
        case .substring, .aggregate, .trace, .defineVariable: 1...2
        case .replace, .replaceMatches: 2...2
        default: 0...0
        }
    }

    /// Whether an argument is evaluated on each item of the input.
    func isOnItems(argument index: Int) -> Bool {
        switch self {
        case .where, .select, .repeat, .repeatAll, .all, .exists, .sort: true
        case .aggregate: index == 0
        case .trace: index == 1
        default: false
        }
    }
}

/// A function that the mapping room adds to the language.
package struct HostFunction: Sendable {
    package typealias Body = @Sendable (_ call: HostCall) -> Void

    package let name: String
    package let arity: ClosedRange<Int>
    /// The arguments that it evaluates on the items of another argument or of its input, and not where the call stands.
    package let itemArguments: Set<Int>
    package let body: Body

    package init(
        _ name: String, arity: ClosedRange<Int> = 0...0, itemArguments: Set<Int> = [], _ body: @escaping Body
    ) {
        self.name = name
        self.arity = arity
        self.itemArguments = itemArguments
        self.body = body
    }
}
