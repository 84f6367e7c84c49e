import CanonicalModel
import FHIRPath

/// A compiled template: fields are numbers of the model, expressions are steps of the mapping's program.
///
/// A `place` is which of the mapping's ``Mapping/places`` a value stands at.
indirect enum Template: Sendable {
    case constant([UInt8], place: Int)
    case first(ExpressionRef, place: Int)
    case all(ExpressionRef, place: Int)
    case text([Part], place: Int)
    case object([Member])
    case list([Template])
    /// Once for each value: as a variable, or where there is none as `$this`.
    case each(ExpressionRef, item: VariableSlot?, index: VariableSlot?, body: Template)
    case choice([Branch], otherwise: Template?)

    enum Part: Sendable {
        case constant([UInt8])
        case value(ExpressionRef)
    }

    enum Member: Sendable {
        /// When `isOver`, a member before it may have given the field already; what it gives itself then takes the place
        /// of that.
        case field(FieldID, Template, isOver: Bool)
        case assign([Assignment])
        case splice(Template)
    }

    struct Assignment: Sendable {
        let slot: VariableSlot
        let value: Template
    }

    struct Branch: Sendable {
        let condition: ExpressionRef
        let body: Template
    }
}
