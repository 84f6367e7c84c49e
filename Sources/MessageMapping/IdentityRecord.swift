/// What the ids of the mappings of a folder were made of when they were last recorded: the file `ids.lock` beside
/// `inbound`, kept with the mappings.
///
/// Each line names a mapping, how often its ids were made anew, and the digest of what they are made of. A mapping that
/// makes its ids differently than the record says is refused, by `hatchway check` and by a gateway that loads it, unless
/// its `renumber` is one more.
package struct IdentityRecord: Sendable {
    package static let fileName = "ids.lock"

    private struct Entry: Sendable {
        let number: Int
        let digest: String
        let line: Int
    }

    private let file: String
    private var entries: [String: Entry] = [:]
    /// Lines that cannot be read.
    private var faults: [MappingFinding] = []

    /// `file` is the path that findings name.
    package init(file: String, text: String) {
        self.file = file
        for (index, row) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let words = row.split(whereSeparator: \.isWhitespace).map(String.init)
            guard let name = words.first, !name.hasPrefix("#") else { continue }
            guard words.count == 3, let number = Int(words[1]), entries[name] == nil else {
                faults.append(
                    MappingFinding(file: file, line: index + 1, "unreadable line", hint: "hatchway check --record-ids"))
                continue
            }
            entries[name] = Entry(number: number, digest: words[2], line: index + 1)
        }
    }

    /// What is refused by the records of some folders, of which a later one is laid over the earlier: ids that are made
    /// differently without a word.
    static func refusals(of mappings: [Mapping], by records: [IdentityRecord]) -> [MappingFinding] {
        records.flatMap(\.faults)
            + mappings.compactMap { mapping in
                let record = records.last { $0.entries[mapping.name] != nil }
                guard let record, let entry = record.entries[mapping.name] else { return nil }
                return record.refusal(of: mapping.identity, entry)
            }
    }

    private func refusal(of identity: MappingIdentity, _ entry: Entry) -> MappingFinding? {
        if identity.number < entry.number {
            return MappingFinding(
                at: identity.line, "renumber goes back from \(entry.number) to \(identity.number)",
                hint: "\(file):\(entry.line) has what it was")
        }
        guard identity.number == entry.number, identity.digest != entry.digest else { return nil }
        return MappingFinding(
            at: identity.line, "the ids of its items are made differently than before",
            hint: "consumers would lose everything they know and get it anew: where that is meant, say"
                + " `renumber: \(entry.number + 1)`")
    }

    /// Mappings whose ids were made anew, as they say, which has to be recorded before the next time.
    func remarks(on mappings: [Mapping]) -> [MappingFinding] {
        mappings.filter { mapping in
            entries[mapping.name].map { $0.number < mapping.identity.number } ?? false
        }.map { mapping in
            MappingFinding(
                at: mapping.identity.line, "that its ids are made anew is not recorded",
                hint: "hatchway check --record-ids writes it to \(file)")
        }
    }

    /// The text of a record of some mappings.
    package static func text(of mappings: [Mapping]) -> String {
        let lines = mappings.sorted { $0.name < $1.name }
            .map { "\($0.name) \($0.identity.number) \($0.identity.digest)\n" }
        return "# What ids are made of: mapping, renumber, digest. Written by hatchway check --record-ids.\n"
            + lines.joined()
    }
}
