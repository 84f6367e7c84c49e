import CanonicalModel
package import Documents
import FHIRPath

/// A compiled mapping: how one kind of message says what the canonical model says.
package struct Mapping: Sendable {
    /// For instance `acme/visits`.
    package let name: String
    /// Path of its file as it was given.
    package let file: String
    /// A digest of the mapping's text with its includes and code tables, to tell when it was corrected.
    package let digest: String
    let program: Program
    let members: [Template.Member]
    /// The lines that fields stand on.
    let places: [FileLine]
    let at: ExpressionRef?
    let atValue: String?
    let confidentiality: Confidentiality?
    /// The literal `source.system`, where it is one.
    package let system: String?
    /// The code tables that its expressions name; nil when one of them is told only by the message.
    package let tables: Set<String>?
    /// Where the messages stand in a file that holds many of them.
    package var each: PartPath?

    /// Rule 5 of the release policy: which source nodes are marked.
    struct Confidentiality: Sendable {
        let condition: ExpressionRef
        /// The names that a marked node's own children can have for the condition to hold: only their parents are asked.
        let firstNames: Set<Symbol>
    }
}
