import FHIRPath

/// A parsed expression and where it stands in its mapping file.
struct LocatedExpression: Sendable {
    let expression: Expression
    let text: String
    /// The line that it starts on.
    let line: FileLine
    private let scalar: ScalarPlace?
    /// Where it starts in the scalar's value, in UTF-8 bytes.
    private let start: Int

    /// Parses a text that starts at `start` of a scalar's value.
    /// - Returns: an expression that yields nothing, and why, when it cannot be parsed.
    static func parse(_ text: String, line: FileLine, in scalar: ScalarPlace?, at start: Int) -> (
        expression: LocatedExpression, finding: MappingFinding?
    ) {
        let leading = text.prefix { $0.isWhitespace }
        let trimmed = TemplateParser.trimmed(text)
        let start = start + leading.utf8.count
        let number = scalar?.point(at: start).map { $0.line + 1 } ?? line.number
        func located(_ expression: Expression) -> LocatedExpression {
            LocatedExpression(
                expression: expression, text: trimmed, line: FileLine(file: line.file, number: number),
                scalar: scalar, start: start)
        }
        do throws(ExpressionFault) {
            return (located(try Expression(parsing: trimmed)), nil)
        } catch {
            let nothing = located(.nothing)
            return (nothing, nothing.finding(error.message, hint: error.hint, at: error.position))
        }
    }

    /// Something wrong at a place in the expression, given in UTF-8 bytes from its start.
    func finding(_ message: String, hint: String?, at position: Int) -> MappingFinding {
        let part = start..<start + text.utf8.count
        guard let excerpt = scalar?.excerpt(of: part, at: start + position) else {
            return MappingFinding(at: line, message, hint: hint, expression: text, position: position)
        }
        return MappingFinding(
            file: line.file, line: excerpt.line, message, hint: hint, expression: excerpt.text,
            position: excerpt.position)
    }
}
