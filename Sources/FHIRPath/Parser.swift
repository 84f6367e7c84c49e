/// Parses an expression by precedence climbing (FHIRPath 2.0, *Formal Specifications*).
struct Parser {
    static let calendarUnits: Set<String> = [
        "year", "years", "month", "months", "week", "weeks", "day", "days", "hour", "hours", "minute", "minutes",
        "second", "seconds", "millisecond", "milliseconds",
    ]
    /// Words that are never a plain identifier.
    static let reserved: Set<String> = ["and", "or", "xor", "implies", "div", "mod", "in", "is", "true", "false"]
    /// Deeper nesting is refused, so that no text can exhaust the stack.
    private static let nestingLimit = 200

    private let tokens: [Token]
    private var index = 0
    private var depth = 0

    static func parse(_ text: String) throws(ExpressionFault) -> Expression {
        var parser = Parser(tokens: try Lexer.tokens(of: text))
        let expression = try parser.expression(atLeast: 0)
        guard parser.current.kind == .end else {
            throw ExpressionFault("something is left over after the expression", at: parser.current.position)
        }
        return expression
    }

    private init(tokens: [Token]) { self.tokens = tokens }

    private var current: Token { tokens[min(index, tokens.count - 1)] }

    private mutating func takes(_ symbol: String) -> Bool {
        guard current.kind == .symbol(symbol) else { return false }
        index += 1
        return true
    }

    private mutating func expect(_ symbol: String) throws(ExpressionFault) {
        guard takes(symbol) else { throw ExpressionFault("expected \(symbol)", at: current.position) }
    }

    private mutating func expression(atLeast precedence: Int) throws(ExpressionFault) -> Expression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.nestingLimit else {
            throw ExpressionFault(
                "nested too deeply", at: current.position, hint: "at most \(Self.nestingLimit) levels")
        }
        var left = try unary()
        while true {
            let token = current
            if case .identifier(let word) = token.kind, word == "is" || word == "as",
                BinaryOperator.typePrecedence >= precedence
            {
                index += 1
                left = Expression(.typed(left, isTest: word == "is", type: try typeName()), at: token.position)
                continue
            }
            guard let symbol = binaryOperator(token), symbol.precedence >= precedence else { return left }
            index += 1
            let right = try expression(atLeast: symbol.precedence + 1)
            left = Expression(.binary(symbol, left, right), at: token.position)
        }
    }

    private func binaryOperator(_ token: Token) -> BinaryOperator? {
        switch token.kind {
        case .symbol(let symbol): BinaryOperator(rawValue: symbol)
        case .identifier(let word): BinaryOperator(rawValue: word)
        default: nil
        }
    }

    private mutating func typeName() throws(ExpressionFault) -> String {
        var name = try identifier()
        while takes(".") { name += "." + (try identifier()) }
        return name
    }

    private mutating func identifier() throws(ExpressionFault) -> String {
        switch current.kind {
        case .identifier(let name), .delimitedIdentifier(let name):
            index += 1
            return name
        default: throw ExpressionFault("expected a name", at: current.position)
        }
    }

    private mutating func unary() throws(ExpressionFault) -> Expression {
        let position = current.position
        if takes("-") {
            depth += 1
            defer { depth -= 1 }
            guard depth <= Self.nestingLimit else { throw ExpressionFault("nested too deeply", at: position) }
            return Expression(.negated(try unary()), at: position)
        }
        if takes("+") {
            // Twice the other way round: the operand must be a number here too.
            depth += 1
            defer { depth -= 1 }
            guard depth <= Self.nestingLimit else { throw ExpressionFault("nested too deeply", at: position) }
            return Expression(.negated(Expression(.negated(try unary()), at: position)), at: position)
        }
        return try postfix()
    }

    private mutating func postfix() throws(ExpressionFault) -> Expression {
        var base = try term()
        while true {
            let position = current.position
            if takes(".") {
                base = try invocation(on: base)
            } else if takes("[") {
                let index = try expression(atLeast: 0)
                try expect("]")
                base = Expression(.item(base, at: index), at: position)
            } else {
                return base
            }
        }
    }

    private mutating func term() throws(ExpressionFault) -> Expression {
        let token = current
        switch token.kind {
        case .symbol("("):
            index += 1
            let inner = try expression(atLeast: 0)
            try expect(")")
            return inner
        case .symbol("{"):
            index += 1
            try expect("}")
            return Expression(.empty, at: token.position)
        case .string(let value):
            index += 1
            return Expression(.string(value), at: token.position)
        case .number(let digits):
            index += 1
            return Expression(quantityOrNumber(digits), at: token.position)
        case .temporal(let text):
            index += 1
            return Expression(try temporal(text, at: token.position), at: token.position)
        case .external(let name):
            index += 1
            guard !name.isEmpty else { throw ExpressionFault("% without a name", at: token.position) }
            return Expression(.variable(name), at: token.position)
        case .identifier("true"), .identifier("false"):
            index += 1
            return Expression(.boolean(token.kind == .identifier("true")), at: token.position)
        default:
            return try invocation(on: nil)
        }
    }

    private mutating func quantityOrNumber(_ digits: String) -> Expression.Kind {
        switch current.kind {
        case .string(let unit):
            index += 1
            return .quantity(value: digits, unit: unit)
        case .identifier(let unit) where Self.calendarUnits.contains(unit):
            index += 1
            return .quantity(value: digits, unit: unit)
        default: return .number(digits)
        }
    }

    private func temporal(_ text: String, at position: Int) throws(ExpressionFault) -> Expression.Kind {
        if text.hasPrefix("T") {
            let time = String(text.dropFirst())
            guard Temporal(time: time) != nil else { throw ExpressionFault("not a time", at: position) }
            return .time(time)
        }
        let trimmed = text.hasSuffix("T") ? String(text.dropLast()) : text
        guard Temporal(dateTime: trimmed) != nil else {
            throw ExpressionFault("not a date", at: position, hint: "for example @2026-10-25 or @2026-10-25T09:30")
        }
        return text.contains("T") ? .dateTime(trimmed) : .date(trimmed)
    }

    private mutating func invocation(on base: Expression?) throws(ExpressionFault) -> Expression {
        let token = current
        switch token.kind {
        case .special(let name):
            index += 1
            switch name {
            case "$this": return Expression(.this, at: token.position)
            case "$index": return Expression(.index, at: token.position)
            case "$total": return Expression(.total, at: token.position)
            default:
                throw ExpressionFault("unknown \(name)", at: token.position, hint: "$this, $index or $total")
            }
        // `is` and `in` are names where no operator can stand.
        case .identifier(let name) where Self.reserved.contains(name) && base == nil && !isCall && !isName(name):
            throw ExpressionFault("expected a value before \(name)", at: token.position)
        case .identifier(let name):
            index += 1
            guard takes("(") else { return Expression(.member(base, name), at: token.position) }
            return Expression(.call(base, name, try arguments(areKeys: name == "sort")), at: token.position)
        case .delimitedIdentifier(let name):
            index += 1
            return Expression(.member(base, name), at: token.position)
        case .end: throw ExpressionFault("the expression ends too early", at: token.position)
        default: throw ExpressionFault("expected a value", at: token.position)
        }
    }

    private func isName(_ word: String) -> Bool { word == "is" || word == "in" }

    private var isCall: Bool { index + 1 < tokens.count && tokens[index + 1].kind == .symbol("(") }

    /// The arguments up to the closing parenthesis. When `areKeys`, they are those of `sort()`, where `desc` may follow:
    /// it reads as a minus before.
    private mutating func arguments(areKeys: Bool) throws(ExpressionFault) -> [Expression] {
        if takes(")") { return [] }
        var arguments: [Expression] = []
        repeat {
            var argument = try expression(atLeast: 0)
            if areKeys, case .identifier(let word) = current.kind, word == "asc" || word == "desc" {
                index += 1
                if word == "desc" { argument = Expression(.negated(argument), at: argument.position) }
            }
            arguments.append(argument)
        } while takes(",")
        try expect(")")
        return arguments
    }
}
