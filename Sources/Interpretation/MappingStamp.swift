import MessageMapping

/// The mapping that read something, as states remember it: `NAME DIGEST`.
struct MappingStamp: Equatable {
    let name: String
    let digest: String

    init(name: String, digest: String) {
        self.name = name
        self.digest = digest
    }

    init?(_ text: String) {
        let parts = text.split(separator: " ")
        guard parts.count == 2 else { return nil }
        self.init(name: String(parts[0]), digest: String(parts[1]))
    }

    var text: String { "\(name) \(digest)" }

    /// Whether the same mapping was corrected since: then a difference may be the correction's doing.
    func isCorrected(since known: String) -> Bool {
        guard let known = MappingStamp(known) else { return false }
        return known.name == name && known.digest != digest
    }
}
