/// Cuts an expression into tokens (FHIRPath 2.0, *Lexical Elements*).
struct Lexer {
    /// An expression is evaluated recursively, and a chain of names nests as deeply as it is long.
    private static let limit = 2000

    private let text: [UInt8]
    private var position = 0

    private init(_ expression: String) { text = Array(expression.utf8) }

    static func tokens(of expression: String) throws(ExpressionFault) -> [Token] {
        var lexer = Lexer(expression)
        var tokens: [Token] = []
        repeat {
            tokens.append(try lexer.next())
            guard tokens.count <= limit else {
                throw ExpressionFault("too long", at: lexer.position, hint: "at most \(limit) names, values and signs")
            }
        } while tokens.last?.kind != .end
        return tokens
    }

    private mutating func next() throws(ExpressionFault) -> Token {
        try skipSpaceAndComments()
        let start = position
        guard let byte = peek() else { return Token(kind: .end, position: start) }
        switch byte {
        case UInt8(ascii: "'"):
            return Token(kind: .string(try quoted(by: byte)), position: start)
        case UInt8(ascii: "`"), UInt8(ascii: "\""):
            return Token(kind: .delimitedIdentifier(try quoted(by: byte)), position: start)
        case UInt8(ascii: "@"):
            position += 1
            return Token(kind: .temporal(temporal()), position: start)
        case UInt8(ascii: "%"):
            position += 1
            if let quote = peek(), [UInt8(ascii: "`"), UInt8(ascii: "'"), UInt8(ascii: "\"")].contains(quote) {
                return Token(kind: .external(try quoted(by: quote)), position: start)
            }
            return Token(kind: .external(external()), position: start)
        case UInt8(ascii: "$"):
            position += 1
            return Token(kind: .special("$" + take(while: Self.isIdentifier)), position: start)
        case _ where Self.isDigit(byte):
            return Token(kind: .number(number()), position: start)
        case _ where Self.isIdentifier(byte):
            return Token(kind: .identifier(take(while: Self.isIdentifier)), position: start)
        default:
            return Token(kind: .symbol(try symbol()), position: start)
        }
    }

    private func peek(_ ahead: Int = 0) -> UInt8? {
        position + ahead < text.count ? text[position + ahead] : nil
    }

    private mutating func take(while belongs: (UInt8) -> Bool) -> String {
        let start = position
        while let byte = peek(), belongs(byte) { position += 1 }
        return String(decoding: text[start..<position], as: UTF8.self)
    }

    private mutating func skipSpaceAndComments() throws(ExpressionFault) {
        while let byte = peek() {
            if byte == 0x20 || (0x09...0x0D).contains(byte) {
                position += 1
            } else if byte == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "/") {
                while let byte = peek(), byte != 0x0A { position += 1 }
            } else if byte == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "*") {
                let start = position
                position += 2
                while !(peek() == UInt8(ascii: "*") && peek(1) == UInt8(ascii: "/")) {
                    guard position < text.count else {
                        throw ExpressionFault("comment without end", at: start, hint: "close it with */")
                    }
                    position += 1
                }
                position += 2
            } else {
                return
            }
        }
    }

    /// A variable's name. `%a-1` subtracts, but what begins with `vs-` or `ext-` is the name of a value set or an
    /// extension (FHIR R4, *FHIRPath*, *Variables*).
    private mutating func external() -> String {
        var name = take(while: Self.isIdentifier)
        if name == "vs" || name == "ext", peek() == UInt8(ascii: "-"), peek(1).map(Self.isIdentifier) ?? false {
            name += take { Self.isIdentifier($0) || $0 == UInt8(ascii: "-") }
        }
        return name
    }

    private mutating func number() -> String {
        let start = position
        _ = take(while: Self.isDigit)
        // `1.first()` is a member of 1, `1.5` is a decimal.
        if peek() == UInt8(ascii: "."), let digit = peek(1), Self.isDigit(digit) {
            position += 1
            _ = take(while: Self.isDigit)
        }
        let digits = String(decoding: text[start..<position], as: UTF8.self)
        // `5L` is a long integer; all integers are.
        if peek() == UInt8(ascii: "L"), !(peek(1).map(Self.isIdentifier) ?? false), !digits.contains(".") {
            position += 1
        }
        return digits
    }

    private mutating func temporal() -> String {
        let start = position
        while let byte = peek(), Self.isTemporal(byte) {
            // `@2026.year()` is a member of a date, `@T09:30:00.5` a fraction.
            if byte == UInt8(ascii: "."), !(peek(1).map(Self.isDigit) ?? false) { break }
            position += 1
        }
        return String(decoding: text[start..<position], as: UTF8.self)
    }

    private mutating func quoted(by quote: UInt8) throws(ExpressionFault) -> String {
        let start = position
        position += 1
        var bytes: [UInt8] = []
        while let byte = peek() {
            position += 1
            if byte == quote { return String(decoding: bytes, as: UTF8.self) }
            if byte == UInt8(ascii: "\\") {
                try escape(into: &bytes)
            } else {
                bytes.append(byte)
            }
        }
        throw ExpressionFault("text without its closing quote", at: start)
    }

    private mutating func escape(into bytes: inout [UInt8]) throws(ExpressionFault) {
        let start = position - 1
        guard let letter = peek() else { throw ExpressionFault("escape without a letter", at: start) }
        position += 1
        switch letter {
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"), UInt8(ascii: "\\"), UInt8(ascii: "/"):
            bytes.append(letter)
        case UInt8(ascii: "u"):
            let scalar = try unicodeScalar(from: start)
            bytes.append(contentsOf: Array(String(Character(scalar)).utf8))
        default:
            throw ExpressionFault(
                "unknown escape", at: start, hint: "one of \\' \\\" \\` \\\\ \\/ \\n \\r \\t \\f \\uXXXX")
        }
    }

    /// `\u` with four digits; two of them for a character beyond the first 65,536 (UTF-16).
    private mutating func unicodeScalar(from start: Int) throws(ExpressionFault) -> Unicode.Scalar {
        guard let first = codeUnit() else { throw ExpressionFault("\\u wants four hexadecimal digits", at: start) }
        if let scalar = Unicode.Scalar(UInt32(first)) { return scalar }
        if UTF16.isLeadSurrogate(first), peek() == UInt8(ascii: "\\"), peek(1) == UInt8(ascii: "u") {
            position += 2
            if let second = codeUnit(), UTF16.isTrailSurrogate(second) {
                return UTF16.decode(UTF16.EncodedScalar([first, second]))
            }
        }
        throw ExpressionFault("\\u wants a character, and half of one stands here", at: start)
    }

    private mutating func codeUnit() -> UInt16? {
        let digits = text[position..<min(position + 4, text.count)]
        guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return nil }
        position += 4
        return UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    }

    private mutating func symbol() throws(ExpressionFault) -> String {
        let two = String(decoding: text[position..<min(position + 2, text.count)], as: UTF8.self)
        if ["<=", ">=", "!=", "!~"].contains(two) {
            position += 2
            return two
        }
        let one = String(decoding: text[position..<position + 1], as: UTF8.self)
        guard "()[]{}.,+-*/|&<>=~".contains(one) else {
            throw ExpressionFault("a character that no expression has", at: position)
        }
        position += 1
        return one
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isIdentifier(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "_") || isDigit(byte)
    }

    private static func isTemporal(_ byte: UInt8) -> Bool {
        isDigit(byte) || byte == UInt8(ascii: "T") || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: "+") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "Z")
    }
}
