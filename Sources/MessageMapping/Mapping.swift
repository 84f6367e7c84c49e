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
    let plan: TemplatePlan
    /// The lines that values stand on.
    let places: [FileLine]
    /// For expressions whose values are computed, where they come from.
    let sources: [ExpressionRef: SourcePath]
    let confidentiality: Confidentiality?
    /// The literal `source.system`, where it is one.
    package let system: String?
    /// How its expressions use code tables.
    package let tableUses: [TableUse]
    /// What is allowed and yet hardly meant. A gateway reads messages by such a mapping; `hatchway check` tells it.
    package let remarks: [MappingFinding]
    /// What the ids of its items are made of.
    package let identity: MappingIdentity
    /// The names that it asks for: issues and explanations show no other.
    let names: KnownNames
    /// Every line that can give a value.
    package var lines: Set<FileLine> { Set(places) }
    /// Whether the root, keys or type of a body alone tell that it reads it: it has no `at`.
    let isToldByKind: Bool
    /// Where the messages stand in the files that hold many of them; several only where nothing encloses them.
    package var each: [PartPath] = []

    /// The code tables that its expressions name; nil when one of them is told only by the message.
    package var tables: Set<String>? {
        let names = tableUses.compactMap(\.table)
        return names.count == tableUses.count ? Set(names) : nil
    }
}
