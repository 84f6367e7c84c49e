package import Documents

/// Compiled expressions: steps that refer to each other by number, without any text left to look up. One program serves
/// all expressions of a mapping, and any number of evaluators at once.
package final class Program: Sendable {
    let steps: [Step]
    let arguments: [Int32]
    let constants: [Value]
    let text: [UInt8]
    /// The literal quantities.
    let quantities: [Quantity]
    /// The regular expressions that are literal.
    let patterns: [Pattern]
    let hostFunctions: [HostFunction]
    /// The symbols that an element of several types goes by.
    let choices: [[UInt32]]
    package let vocabulary: Vocabulary
    /// How many variables there are.
    let slotCount: Int
    /// For each symbol of the vocabulary, the one that stands for all its spellings.
    let folds: [UInt32]
    /// The name that tells a FHIR resource's type.
    let resourceTypeSymbol: Symbol?

    init(
        steps: [Step], arguments: [Int32], constants: [Value], text: [UInt8], quantities: [Quantity],
        patterns: [Pattern], hostFunctions: [HostFunction],
        choices: [[UInt32]], vocabulary: Vocabulary, slotCount: Int
    ) {
        self.steps = steps
        self.arguments = arguments
        self.constants = constants
        self.text = text
        self.quantities = quantities
        self.patterns = patterns
        self.hostFunctions = hostFunctions
        self.choices = choices
        self.vocabulary = vocabulary
        self.slotCount = slotCount
        self.folds = vocabulary.names.map { vocabulary.foldedSymbol($0)?.rawValue ?? .max }
        self.resourceTypeSymbol = vocabulary.symbol("resourceType")
    }
}

/// An expression inside a ``Program``.
package struct ExpressionRef: Sendable, Hashable {
    let step: Int32
}

/// A variable inside a ``Program``.
package struct VariableSlot: Sendable, Hashable {
    let rawValue: Int32
}

struct Step: Sendable {
    enum Operation: UInt8, Sendable {
        case empty
        /// `a`: the constant.
        case constant
        case this, index, total
        /// The root of the message, `%resource` and `%context`.
        case root
        /// `%transport`.
        case transport
        /// `%header`: of a multi-message file.
        case header
        /// `a`: the slot.
        case variable
        /// `a`: the slot of a variable that `defineVariable()` sets.
        case defined
        /// `a`: input, or -1 for `$this`; `b`: the symbol; `c`: 1 when names are compared without regard to case;
        /// `d`: the number of its choices, counted from 1, or 0.
        case member
        /// As `member`, but `$this` itself when it is what the name says (`Patient.name` on a Patient).
        case memberOrThis
        /// `a`: input; `b`: start and `c`: count of the arguments; `d`: of `defineVariable` the slot, of `sort` a bit for
        /// each key that descends, of `matches` and its like the pattern, counted from 1.
        case function
        /// `a`: input; `b`: start and `c`: count of the arguments; `d`: the host function.
        case host
        /// `a`: input; `b`: index.
        case item
        /// `a`: operand.
        case negated
        /// `a`, `b`: operands.
        case binary
        /// `a`: operand; `b`: constant with the type's name.
        case isType, asType
    }

    var operation: Operation
    var function = Function.empty
    var binary = BinaryOperator.equal
    /// Offset in the text of its expression.
    var position: Int32
    var a: Int32 = -1
    var b: Int32 = -1
    var c: Int32 = 0
    var d: Int32 = 0
    /// A bit for each of the first arguments that has the same value all through the message.
    var wideArguments: UInt32 = 0
}
