/// The names that may be shown of a document: those that its reader asks for. What else a document calls its elements and
/// keys may say something about a patient.
package struct KnownNames: Sendable {
    private var spellings: [String: String] = [:]
    private let isCaseInsensitive: Bool

    /// Of several spellings that are the same name the first is shown.
    package init(_ names: some Sequence<String>, isCaseInsensitive: Bool = false) {
        self.isCaseInsensitive = isCaseInsensitive
        for name in names {
            let key = isCaseInsensitive ? name.lowercased() : name
            if spellings[key] == nil { spellings[key] = name }
        }
    }

    /// The name as it may be shown; nil when it may not.
    package func spelling(of name: String) -> String? { spellings[isCaseInsensitive ? name.lowercased() : name] }
}
