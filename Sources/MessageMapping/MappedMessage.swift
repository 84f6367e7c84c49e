package import CanonicalModel

/// What a mapping made of a message.
package struct MappedMessage: Sendable {
    package let mapping: Mapping
    package let message: CanonicalMessage
    /// The same issues that the message carries.
    package let issues: [Issue]
    /// Where each value came from, when that was asked for.
    package let explanations: [ValueExplanation]
    /// When that was asked for: the lines of the mapping that gave a value, or an issue in place of one.
    package let exercised: Set<FileLine>
    /// What reading it cost, in steps of the evaluator: the same for the same message, whatever the machine.
    package let steps: Int
}

/// Which line of which mapping gave a value, and from where in the source.
package struct ValueExplanation: Sendable {
    /// The canonical field.
    package let target: String
    package let place: FileLine
    /// Where in the source.
    package let source: String?
}
