/// Writes random expressions and bodies that go together: both use the same few names.
struct RandomExpression {
    var generator: SeededGenerator

    private static let names = ["a", "b", "c", "value", "Kind", "`div`", "`two words`"]
    private static let operators = [
        "+", "-", "*", "/", "div", "mod", "&", "|", "=", "!=", "~", "!~", "<", "<=", ">", ">=", "in", "contains", "and",
        "or", "xor", "implies",
    ]
    private static let literals = [
        "{}", "true", "false", "0", "1", "42", "9223372036854775807", "0.0", "7.20", "'x'", "''", "'it\\'s'",
        "'tab\\t, \\u00e9, \\\\'", "@2026", "@2026-10", "@2026-10-25", "@2026-10-25T00:30:00Z",
        "@2026-10-25T01:30:00+01:00",
        "@2024-02-29T", "@T09:30", "@T23:59:59.5", "%context", "%resource", "$this", "$index", "$total",
        "9223372036854775807L", "12345678901234567890.123456789", "@9999-12-31", "@0001-01-01T00:00:00+14:00",
        "10 'mg'", "0.5 'mmol/L'", "98.6 '[degF]'", "1 'm2.kg/(s.{x}10*-3)'", "1 'nonsense'", "4 days", "1 year",
        "999999999999 months", "0.001 seconds", "1 millisecond", "%sct", "%`vs-a`", "'\\uD83D\\uDE00'", "'4 days'",
    ]
    private static let plainFunctions = [
        "empty", "exists", "not", "count", "distinct", "isDistinct", "allTrue", "anyTrue", "allFalse", "anyFalse",
        "single", "first", "last", "tail", "abs", "ceiling", "floor", "round", "truncate", "toInteger", "toDecimal",
        "toString", "toBoolean", "toDate", "toDateTime", "toTime", "convertsToInteger", "convertsToDate", "upper",
        "lower", "trim", "length", "toChars", "children", "descendants", "hasValue", "getValue", "resolve", "now",
        "today", "timeOfDay",
        "join", "sqrt", "exp", "ln", "sum", "min", "max", "avg", "sort", "toQuantity", "convertsToQuantity", "toLong",
        "convertsToLong", "convertsToBoolean", "convertsToDecimal", "convertsToString", "convertsToDateTime",
        "convertsToTime", "lowBoundary", "highBoundary", "precision", "yearOf", "monthOf", "dayOf", "hourOf",
        "minuteOf", "secondOf", "millisecondOf", "timezoneOffsetOf", "dateOf", "timeOf", "type",
    ]
    private static let functions = [
        "where", "select", "all", "exists", "repeat", "skip", "take", "startsWith", "endsWith", "contains", "indexOf",
        "lastIndexOf", "substring", "split", "join", "union", "combine", "intersect", "exclude", "subsetOf",
        "supersetOf", "power", "log", "aggregate", "round", "trace", "extension", "repeatAll", "sort", "coalesce",
        "comparable", "lowBoundary", "highBoundary", "toQuantity", "convertsToQuantity", "encode", "decode", "escape",
        "unescape",
    ]

    private static let patterns = ["x", "", "(a+)+$", "[a-z0-9]*", "(?<n>.)\\\\1", "^\\\\d{2,4}", "\\\\p{L}|😀"]
    private var variableCount = 0

    init(generator: SeededGenerator) { self.generator = generator }

    mutating func expression(depth: Int) -> String {
        guard depth > 0 else { return Bool.random(using: &generator) ? pick(Self.literals) : pick(Self.names) }
        switch Int.random(in: 0..<15, using: &generator) {
        case 0: return pick(Self.literals)
        case 1: return pick(Self.names)
        case 2: return "\(operand(depth)).\(pick(Self.names))"
        case 3: return "\(operand(depth)).\(pick(Self.plainFunctions))()"
        case 4: return "\(operand(depth)).\(pick(Self.functions))(\(expression(depth: depth - 1)))"
        case 5: return "\(operand(depth))[\(expression(depth: depth - 1))]"
        case 6: return "-\(operand(depth))"
        case 7: return "\(operand(depth)) \(pick(["is", "as"])) \(pick(["Integer", "String", "FHIR.Patient", "Date"]))"
        case 8: return "iif(\(expression(depth: depth - 1)), \(expression(depth: depth - 1)), \(operand(depth)))"
        case 9:
            let keys = "\(expression(depth: depth - 1)) \(pick(["asc", "desc"])), -\(operand(depth))"
            return "\(operand(depth)).sort(\(keys))"
        case 10: return definition(depth)
        case 11:
            let function = pick(["matches", "matchesFull", "replaceMatches"])
            let substitution = function == "replaceMatches" ? ", \(expression(depth: depth - 1))" : ""
            return "\(operand(depth)).\(function)('\(pick(Self.patterns))'\(substitution))"
        case 12: return "+\(operand(depth))"
        default:
            return "\(expression(depth: depth - 1)) \(pick(Self.operators)) \(expression(depth: depth - 1))"
        }
    }

    /// A variable of its own name each time, since a name must not come twice.
    private mutating func definition(_ depth: Int) -> String {
        variableCount += 1
        let name = "v\(variableCount)"
        let value = Bool.random(using: &generator) ? ", \(expression(depth: depth - 1))" : ""
        return "\(operand(depth)).defineVariable('\(name)'\(value)).select(%\(name) | \(expression(depth: depth - 1)))"
    }

    private mutating func operand(_ depth: Int) -> String { "(\(expression(depth: depth - 1)))" }

    /// A JSON body of the same names.
    mutating func body(depth: Int = 4) -> String {
        guard depth > 0 else { return scalar() }
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: return scalar()
        case 1:
            return
                "[\((0..<Int.random(in: 0..<4, using: &generator)).map { _ in body(depth: depth - 1) }.joined(separator: ","))]"
        default: return object(depth: depth)
        }
    }

    mutating func object(depth: Int = 4) -> String {
        let keys = ["a", "b", "c", "valueString", "Kind", "div", "two words", "resourceType", "id", "reference"]
            .shuffled(using: &generator).prefix(Int.random(in: 1..<6, using: &generator))
        return "{\(keys.map { "\"\($0)\":\(body(depth: depth - 1))" }.joined(separator: ","))}"
    }

    private mutating func scalar() -> String {
        pick([
            "null", "true", "false", "0", "-1", "42", "7.20", "1e3", "1e-400", "1E+99999999999999999999",
            "-9223372036854775808", "9223372036854775807", "123456789012345678901234567890123456789012",
            "0.00000000000000000000000000000000000000000001", "\"\"", "\"x\"", "\"2026-10\"", "\"2026-13-45\"",
            "\"4 'mg'\"", "{\"value\":1.5,\"system\":\"http://unitsofmeasure.org\",\"code\":\"mg\"}",
            "\"2026-10-25T00:30:00Z\"", "\"09:30\"", "\"-9223372036854775808\"", "\"é\\u0001😀\"", "\"#a\"", "\"1.50\"",
        ])
    }

    private mutating func pick(_ choices: [String]) -> String { choices.randomElement(using: &generator) ?? "{}" }
}
