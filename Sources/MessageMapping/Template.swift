import CanonicalModel
import FHIRPath

/// A compiled template: fields are numbers of the model, expressions are steps of the mapping's program.
indirect enum Template: Sendable {
    case constant([UInt8])
    case first(ExpressionRef)
    case all(ExpressionRef)
    case text([Part])
    case object([Member])
    case list([Template])
    case each(ExpressionRef, item: VariableSlot, index: VariableSlot?, body: Template)
    case choice([Branch], otherwise: Template?)

    enum Part: Sendable {
        case constant([UInt8])
        case value(ExpressionRef)
    }

    enum Member: Sendable {
        /// `place`: which of the mapping's ``Mapping/places`` it stands at.
        case field(FieldID, Template, place: Int)
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
