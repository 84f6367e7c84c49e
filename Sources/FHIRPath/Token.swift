/// One token of an expression and where it stands.
struct Token: Equatable, Sendable {
    enum Kind: Equatable, Sendable {
        case identifier(String)
        /// `` `name` ``: an identifier even where the word is an operator.
        case delimitedIdentifier(String)
        case string(String)
        /// Digits as they were written; with a point it is a decimal.
        case number(String)
        /// What follows `@`: a date, a dateTime, or after `T` a time.
        case temporal(String)
        /// `%name`.
        case external(String)
        /// `$this`, `$index`, `$total`.
        case special(String)
        case symbol(String)
        case end
    }

    let kind: Kind
    /// Offset in UTF-8 bytes from the start of the expression.
    let position: Int
}
