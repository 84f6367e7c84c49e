import FHIRPath
import Yams

/// A mapping file, read but not yet compiled.
struct ParsedMapping: Sendable {
    let file: String
    let name: String
    let line: FileLine
    var reads: Reads?
    var isCaseInsensitive = false
    /// Where the messages stand in the files that hold many.
    var each: [LocatedText] = []
    /// Parts of the source to which rule 5 of the release policy applies: the conditions of the file and its includes.
    var confidentialWhen: [LocatedExpression] = []
    /// How often its author made the ids anew, where the file says it.
    var renumber: Int?
    var renumberLine: FileLine?
    var members: [ParsedTemplate.Member] = []
    /// The whole text with its includes, to tell one version of a mapping from another.
    var text: String
    /// Paths of the files that it includes.
    var includes: Set<String> = []

    /// Which messages a mapping reads.
    struct Reads: Sendable {
        enum Body: Sendable, Hashable {
            /// An XML root element, by namespace (empty for none) and local name.
            case root(namespace: String, name: String)
            /// A JSON object that has these keys at the top.
            case keys([String])
            case resource(String)
            /// A body that says nothing of itself.
            case transport([String: String])
        }

        let body: Body
        /// An expression whose value tells messages with a shared root apart.
        let at: LocatedExpression?
        let value: String?
        let line: FileLine
    }

    /// Every name that it asks for.
    var names: [String] {
        var names = expressions.flatMap(\.expression.names)
        switch reads?.body {
        case .root(_, let name): names.append(name)
        case .keys(let keys): names += keys
        default: break
        }
        return names
    }

    var expressions: [LocatedExpression] {
        ParsedTemplate.object(members, line: line).expressions
            + confidentialWhen + [reads?.at].compactMap { $0 }
    }
}
