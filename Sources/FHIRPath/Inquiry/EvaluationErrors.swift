extension EvaluationProblem {
    /// Codes of what FHIRPath calls an error: an evaluator that may stop stops there (*Singleton Evaluation of
    /// Collections*, *Operators*, *Functions*). What the specification answers with an empty collection, such as
    /// overflow and division by zero, is no error and not among them.
    package static let errorCodes: Set<String> = [
        "multiple-values", "not-a-number", "not-a-text", "types-not-comparable", "wrong-type", "unknown-type",
        "pattern-unreadable", "pattern-too-costly", "date-out-of-range", "unknown-profile", "evaluation-limit",
    ]

    /// Whether the specification calls this an error.
    package var isError: Bool { Self.errorCodes.contains(code) }
}
