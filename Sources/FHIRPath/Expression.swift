/// A parsed expression. ``Parser`` makes it, `Compiler` turns it into steps.
package struct Expression: Sendable, Equatable {
    package indirect enum Kind: Sendable, Equatable {
        /// `{}`.
        case empty
        case boolean(Bool)
        case string(String)
        /// Its digits as written.
        case number(String)
        case date(String)
        case dateTime(String)
        case time(String)
        case quantity(value: String, unit: String)
        /// `%name`.
        case variable(String)
        case this
        case index
        case total
        /// `base.name`; without a base the name is looked for in `$this`.
        case member(Expression?, String)
        case call(Expression?, String, [Expression])
        case item(Expression, at: Expression)
        case negated(Expression)
        case binary(BinaryOperator, Expression, Expression)
        /// `is` and `as` with a type name.
        case typed(Expression, isTest: Bool, type: String)
    }

    package let kind: Kind
    /// Offset in UTF-8 bytes from the start of the text.
    package let position: Int

    /// Parses a text.
    /// - Throws: ``ExpressionFault`` with the position of what is wrong.
    package init(parsing text: String) throws(ExpressionFault) {
        self = try Parser.parse(text)
    }

    /// `{}`.
    package static let nothing = Expression(.empty, at: 0)

    init(_ kind: Kind, at position: Int) {
        self.kind = kind
        self.position = position
    }

    /// Equal expressions say the same, wherever they stand.
    package static func == (lhs: Expression, rhs: Expression) -> Bool { lhs.kind == rhs.kind }
}

/// The operators with two operands, by their spelling.
package enum BinaryOperator: String, Sendable, CaseIterable {
    case multiply = "*"
    case divide = "/"
    case wholeDivide = "div"
    case modulo = "mod"
    case add = "+"
    case subtract = "-"
    case concatenate = "&"
    case union = "|"
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case equal = "="
    case notEqual = "!="
    case equivalent = "~"
    case notEquivalent = "!~"
    case isIn = "in"
    case contains = "contains"
    case and
    case or
    case xor
    case implies

    /// FHIRPath 2.0, *Operator Precedence*; a greater number binds tighter. `is` and `as` stand at 8.
    var precedence: Int {
        switch self {
        case .multiply, .divide, .wholeDivide, .modulo: 10
        case .add, .subtract, .concatenate: 9
        case .union: 7
        case .less, .lessOrEqual, .greater, .greaterOrEqual: 6
        case .equal, .notEqual, .equivalent, .notEquivalent: 5
        case .isIn, .contains: 4
        case .and: 3
        case .or, .xor: 2
        case .implies: 1
        }
    }

    static let typePrecedence = 8
}

extension Expression: CustomStringConvertible {
    /// The expression written out again, with parentheses wherever one operator stands inside another. Parsing it gives
    /// an equal expression.
    package var description: String {
        switch kind {
        case .empty: "{}"
        case .boolean(let value): String(value)
        case .string(let value): Self.quoted(value, by: "'")
        case .number(let digits): digits
        case .date(let text): "@" + text
        case .dateTime(let text): "@" + text + (text.contains("T") ? "" : "T")
        case .time(let text): "@T" + text
        case .quantity(let value, let unit):
            Parser.calendarUnits.contains(unit) ? "\(value) \(unit)" : "\(value) \(Self.quoted(unit, by: "'"))"
        case .variable(let name): Self.isPlain(name) ? "%\(name)" : "%" + Self.quoted(name, by: "`")
        case .this: "$this"
        case .index: "$index"
        case .total: "$total"
        case .member(let base, let name): Self.prefix(base) + Self.identifier(name)
        case .call(let base, let name, let arguments):
            Self.prefix(base) + name + "(" + arguments.map(\.description).joined(separator: ", ") + ")"
        case .item(let base, let index): "\(Self.operand(base))[\(index)]"
        case .negated(let operand): "-\(Self.operand(operand))"
        case .binary(let symbol, let left, let right):
            "\(Self.operand(left)) \(symbol.rawValue) \(Self.operand(right))"
        case .typed(let operand, let isTest, let type): "\(Self.operand(operand)) \(isTest ? "is" : "as") \(type)"
        }
    }

    private static func prefix(_ base: Expression?) -> String { base.map { operand($0) + "." } ?? "" }

    private static func operand(_ expression: Expression) -> String {
        switch expression.kind {
        case .binary, .typed, .negated, .quantity: "(\(expression))"
        default: expression.description
        }
    }

    private static func isPlain(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return name.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x5F
        }
    }

    private static func identifier(_ name: String) -> String {
        isPlain(name) && !Parser.reserved.contains(name) ? name : quoted(name, by: "`")
    }

    private static func quoted(_ text: String, by quote: Character) -> String {
        var result = String(quote)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where Character(scalar) == quote: result += "\\\(quote)"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + String(quote)
    }
}
