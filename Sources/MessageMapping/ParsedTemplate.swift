import FHIRPath

/// A template as it was written: the picture of the result with its holes, before names are looked up.
indirect enum ParsedTemplate: Sendable {
    case constant(String, line: FileLine)
    /// `{{ }}`: the first value.
    case first(LocatedExpression)
    /// `{[ ]}`: all values.
    case all(LocatedExpression)
    /// A text with holes.
    case text([Part], line: FileLine)
    case object([Member], line: FileLine)
    case list([ParsedTemplate], line: FileLine)
    /// `{% for x in … %}`.
    case each(item: String, index: String?, of: LocatedExpression, body: ParsedTemplate)
    /// `{{ … }}: …`: the template once for each value, with that value as `$this`.
    case focused(on: LocatedExpression, body: ParsedTemplate)
    /// `{% if … %}` with its `{% elif … %}` and `{% else %}`.
    case choice([(condition: LocatedExpression, body: ParsedTemplate)], otherwise: ParsedTemplate?)

    enum Part: Sendable {
        case constant(String)
        case value(LocatedExpression)
    }

    enum Member: Sendable {
        case field(String, ParsedTemplate, line: FileLine)
        /// `{% assign %}`: variables for the other members.
        case assign([Assignment])
        /// `{% if %}` or `{% merge %}` among other members: an object whose members join these.
        case splice(ParsedTemplate)
    }

    struct Assignment: Sendable {
        let name: String
        let value: ParsedTemplate
        let line: FileLine
    }

    /// Every expression in the template.
    var expressions: [LocatedExpression] {
        switch self {
        case .constant: []
        case .first(let expression), .all(let expression): [expression]
        case .text(let parts, _):
            parts.compactMap { if case .value(let expression) = $0 { expression } else { nil } }
        case .object(let members, _):
            members.flatMap { member in
                switch member {
                case .field(_, let template, _), .splice(let template): template.expressions
                case .assign(let assignments): assignments.flatMap(\.value.expressions)
                }
            }
        case .list(let templates, _): templates.flatMap(\.expressions)
        case .each(_, _, let collection, let body), .focused(let collection, let body):
            [collection] + body.expressions
        case .choice(let branches, let otherwise):
            branches.flatMap { [$0.condition] + $0.body.expressions } + (otherwise?.expressions ?? [])
        }
    }

    /// Where it stands.
    var line: FileLine {
        switch self {
        case .constant(_, let line), .text(_, let line), .object(_, let line), .list(_, let line): line
        case .first(let expression), .all(let expression), .each(_, _, let expression, _),
            .focused(let expression, _):
            expression.line
        case .choice(let branches, let otherwise):
            branches.first?.condition.line ?? otherwise?.line ?? FileLine(file: "", number: 0)
        }
    }
}
