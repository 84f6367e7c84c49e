import Documents
import FHIRPath
import Testing

/// Evaluates expressions over a body, as a mapping would, and says what came out in a form that a test can compare.
struct Bench {
    /// The values, each as FHIRPath would write it (`'text'`, `7.20`, `@2026-10`); an object is `{…}`.
    let values: [String]
    /// The codes of what the data did not allow.
    let problems: [String]
    let steps: Int

    /// Evaluates an expression on the root of a body; a body that begins with `<` is XML.
    init(
        _ text: String, on body: String = "{}", limits: Evaluator.Limits = Evaluator.Limits(),
        isCaseInsensitive: Bool = false, functions: [HostFunction] = []
    ) throws {
        try self.init(
            Expression(parsing: text), on: body, limits: limits, isCaseInsensitive: isCaseInsensitive,
            functions: functions)
    }

    init(
        _ expression: Expression, on body: String = "{}", limits: Evaluator.Limits = Evaluator.Limits(),
        isCaseInsensitive: Bool = false, functions: [HostFunction] = []
    ) throws {
        let vocabulary = Vocabulary(expression.names + Inquiry.ownNames)
        var compiler = ExpressionCompiler(
            vocabulary: vocabulary, isCaseInsensitive: isCaseInsensitive, hostFunctions: functions)
        let compiled = try compiler.compile(expression, variables: [:])
        let tree = try DocumentReader(vocabulary: vocabulary).read(Array(body.utf8))
        let evaluator = Evaluator(
            compiler.finish(), tree: tree, now: "2026-10-25T00:30:00+01:00", limits: limits)
        values = evaluator.evaluate(compiled, on: .node(0, tree: 0)).map { Self.text($0, evaluator) }
        problems = evaluator.takeProblems().map(\.code)
        steps = evaluator.stepsTaken
    }

    private static func text(_ value: Value, _ evaluator: Evaluator) -> String {
        guard let atom = evaluator.atomic(value), let text = evaluator.string(atom) else { return "{…}" }
        switch atom.kind {
        case .string: return "'\(text)'"
        case .date, .dateTime: return "@\(text)"
        case .time: return "@T\(text)"
        default: return text
        }
    }
}

/// An expression, what it is asked of, and what it yields.
struct Row: Sendable, CustomTestStringConvertible {
    let expression: String
    let body: String
    let values: [String]

    init(_ expression: String, _ values: String..., on body: String = "{}") {
        self.expression = expression
        self.values = values
        self.body = body
    }

    var testDescription: String { expression }
}
