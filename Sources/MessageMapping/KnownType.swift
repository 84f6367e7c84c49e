import CanonicalModel
import FHIRPath

/// What type of value an expression gives, where that is known without a message.
enum KnownType: Sendable {
    case boolean
    case integer
    case decimal
    case date
    case quantity

    /// Whether a field can hold it. A text can be read as anything, and anything can be written as a text.
    func fits(_ type: FieldType) -> Bool {
        switch (self, type) {
        case (_, .string), (_, .object): true
        case (.boolean, .boolean), (.integer, .integer), (.integer, .decimal), (.decimal, .decimal): true
        case (.date, .dateTime), (.date, .instant): true
        // A year may be written as a number.
        case (.integer, .dateTime): true
        default: false
        }
    }

    var words: String {
        switch self {
        case .boolean: "true or false"
        case .integer: "a whole number"
        case .decimal: "a number"
        case .date: "a date"
        case .quantity: "a quantity"
        }
    }
}

extension FieldType {
    var words: String {
        switch self {
        case .string: "a text"
        case .boolean: "true or false"
        case .integer: "a whole number"
        case .decimal: "a number"
        case .dateTime: "a date"
        case .instant: "a moment"
        case .uri: "a URI"
        case .digest: "a digest"
        case .oneOf: "a word of a closed list"
        case .object: "an object"
        }
    }
}

extension Expression {
    /// The parts of the expression that its values can be.
    var yielded: [Expression] {
        switch kind {
        case .call(_, "iif", let arguments) where arguments.count > 1: arguments.dropFirst().flatMap(\.yielded)
        case .call(let base?, "combine", let arguments), .call(let base?, "union", let arguments):
            base.yielded + arguments.flatMap(\.yielded)
        case .binary(.union, let left, let right): left.yielded + right.yielded
        case .call(_?, "select", let arguments): arguments.flatMap(\.yielded)
        case .call(let base?, let name, _) where Self.narrowing.contains(name): base.yielded
        default: [self]
        }
    }

    var knownType: KnownType? {
        switch kind {
        case .boolean: .boolean
        case .number(let digits): digits.contains(".") ? .decimal : .integer
        case .date, .dateTime: .date
        case .quantity: .quantity
        case .typed(_, isTest: true, _): .boolean
        case .binary(let symbol, _, _): Self.tests.contains(symbol) ? .boolean : nil
        case .call(_, let name, _): Self.types[name]
        default: nil
        }
    }

    private static let narrowing: Set<String> = ["first", "last", "single", "distinct", "tail", "skip", "take"]

    private static let tests: Set<BinaryOperator> = [
        .less, .lessOrEqual, .greater, .greaterOrEqual, .equal, .notEqual, .equivalent, .notEquivalent, .isIn,
        .contains, .and, .or, .xor, .implies,
    ]

    private static let types: [String: KnownType] = {
        var types: [String: KnownType] = [:]
        for name in [
            "empty", "exists", "all", "allTrue", "anyTrue", "allFalse", "anyFalse", "subsetOf", "supersetOf",
            "isDistinct", "toBoolean", "convertsToBoolean", "convertsToInteger", "convertsToDate",
            "convertsToDateTime", "convertsToDecimal", "convertsToString", "convertsToTime", "startsWith", "endsWith",
            "contains", "matches", "matchesFull", "not", "is", "hasValue", "hasKey",
        ] { types[name] = .boolean }
        for name in ["count", "length", "indexOf", "lastIndexOf", "toInteger"] { types[name] = .integer }
        for name in ["toDecimal", "sqrt", "exp", "ln", "log"] { types[name] = .decimal }
        for name in [
            "toDate", "toDateTime", "now", "today", "londonTime", "utcTime", "dateTime", "date", "hl7DateTime",
        ] { types[name] = .date }
        return types
    }()
}
