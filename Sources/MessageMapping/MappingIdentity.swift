import CanonicalModel
import FHIRPath

/// What the ids of a mapping's items are made of. Consumers know things by their ids, so a mapping that makes them
/// differently withdraws everything that it told and tells it anew: that must be meant.
package struct MappingIdentity: Sendable, Equatable {
    /// A digest of the expressions; it does not change with what else the mapping says.
    package let digest: String
    /// The author's own count of the times that ids were made anew: `renumber`, 1 where the mapping does not say it.
    package let number: Int
    let line: FileLine

    init(_ mapping: ParsedMapping) {
        var reader = IdentityReader()
        reader.read(mapping.members, path: [], variables: [:])
        digest = FieldDigest.hex(of: reader.found)
        number = mapping.renumber ?? 1
        line = mapping.renumberLine ?? mapping.line
    }
}

/// Collects the templates of ids with the variables that they use.
private struct IdentityReader {
    private(set) var found: [String] = []

    mutating func read(
        _ members: [ParsedTemplate.Member], path: [String], variables: [String: ParsedTemplate]
    ) {
        var variables = variables
        for member in members {
            switch member {
            case .assign(let assignments):
                for assignment in assignments { variables[assignment.name] = assignment.value }
            case .splice(let template): read(template, path: path, variables: variables)
            case .field("id", let template, _) where Self.items.contains(path):
                var seen: Set<String> = []
                let texts = Self.texts(template, variables, &seen)
                found.append(([path.joined(separator: ".")] + texts).joined(separator: "\n"))
            case .field(let name, let template, _): read(template, path: path + [name], variables: variables)
            }
        }
    }

    private mutating func read(_ template: ParsedTemplate, path: [String], variables: [String: ParsedTemplate]) {
        switch template {
        case .object(let members, _): read(members, path: path, variables: variables)
        case .list(let templates, _): for template in templates { read(template, path: path, variables: variables) }
        case .each(let item, let index, _, let body):
            var inner = variables
            for name in [item, index] { if let name { inner[name] = nil } }
            read(body, path: path, variables: inner)
        case .focused(_, let body): read(body, path: path, variables: variables)
        case .choice(let branches, let otherwise):
            for branch in branches { read(branch.body, path: path, variables: variables) }
            if let otherwise { read(otherwise, path: path, variables: variables) }
        case .constant, .first, .all, .text: return
        }
    }

    /// A template written out, with the values of its variables behind it, each once.
    private static func texts(
        _ template: ParsedTemplate, _ variables: [String: ParsedTemplate], _ seen: inout Set<String>
    ) -> [String] {
        var texts: [String]
        switch template {
        case .constant(let text, _): texts = [text]
        case .text(let parts, _):
            texts = parts.map { if case .constant(let text) = $0 { text } else { "{{}}" } }
        default: texts = []
        }
        for located in template.expressions {
            // As it was written: how expressions are printed may change from one version to the next.
            texts.append(located.text.split(whereSeparator: \.isWhitespace).joined(separator: " "))
            for part in located.expression.parts {
                guard case .variable(let name) = part.kind, let value = variables[name],
                    seen.insert(name).inserted
                else { continue }
                texts += Self.texts(value, variables, &seen)
            }
        }
        return texts
    }

    /// Where the items of the model stand.
    private static let items: Set<[String]> = {
        var paths: Set<[String]> = []
        for field in CanonicalItems.fields.map(CanonicalShapes.field) {
            if field.name != "items" { paths.insert([field.name]) }
        }
        for index in CanonicalShapes.required("sections").fields {
            paths.insert(["recordSummary", "sections", CanonicalShapes.fields[index].name, "items"])
        }
        return paths
    }()
}
