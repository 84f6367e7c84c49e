import CanonicalModel
import Documents
import MessageMapping

/// Compiles mapping files out of texts and reads bodies by them.
struct Bench {
    let mappings: MappingSet

    /// `tables` are CSV texts by name, `includes` the texts of included files by name.
    init(
        _ texts: String..., tables: [String: String] = [:], includes: [String: String] = [:],
        limits: DocumentLimits = DocumentLimits()
    ) throws {
        try self.init(files: texts, tables: tables, includes: includes, limits: limits)
    }

    init(
        files: [String], tables: [String: String] = [:], includes: [String: String] = [:],
        limits: DocumentLimits = DocumentLimits()
    ) throws {
        var read: [String: CodeTable] = [:]
        for (name, text) in tables { read[name] = try CodeTable(name: name, file: "codes/\(name).csv", text: text) }
        let named = files.enumerated().map { (path: $0 == 0 ? "a.yaml" : "b.yaml", text: $1) }
        mappings = try MappingSet(files: named, tables: read, limits: limits) { name, _ in
            includes[name].map { ("include/\(name).yaml", $0) }
        }
    }

    /// What is wrong with some mapping files.
    static func findings(
        _ texts: String..., tables: [String: String] = [:], includes: [String: String] = [:]
    ) -> [MappingFinding] {
        do {
            _ = try Bench(files: texts, tables: tables, includes: includes)
            return []
        } catch {
            return (error as? MappingFindings)?.findings ?? []
        }
    }

    func read(_ body: String, transport: [String: String] = [:], isExplaining: Bool = false) throws -> MappedMessage? {
        let tree = try DocumentReader(vocabulary: mappings.vocabulary).read(Array(body.utf8))
        let context = TransportContext(transport)
        guard let mapping = mappings.mapping(for: tree, transport: context) else { return nil }
        let stamp = SourceStamp(transport: context, acceptedAt: "2026-11-21T09:00:00Z", digest: "d")
        return mappings.read(tree, by: mapping, transport: context, stamp: stamp, isExplaining: isExplaining)
    }

    /// A field of what a body says, as JSON; nil when it is not there.
    func json(_ field: String, of body: String, transport: [String: String] = [:]) throws -> String? {
        guard let message = try read(body, transport: transport)?.message else { return nil }
        return message.json(field)
    }

    /// The issues that reading a body raises, each as `code target xCount`.
    func issues(of body: String, transport: [String: String] = [:]) throws -> [String] {
        try read(body, transport: transport)?.issues.map(\.short) ?? []
    }

    /// A mapping of visits; `lines` are the fields of a booking beside its id, status and start.
    static func visits(_ lines: String..., top: String = "", start: String = "{{ %v.When }}") -> String {
        let fields = lines.map { "      \($0)" }.joined(separator: "\n")
        return """
            mapping: acme/visits
            reads: {has: [Visits]}
            source: {system: acme, message: visits}
            \(top.isEmpty ? "# nothing more" : top)
            bookings:
              - "{% for v in Visits %}":
                  id: "{{ %v.Ref }}"
                  status: booked
                  start: "\(start)"
            \(fields)

            """
    }
}

extension CanonicalMessage {
    /// A field at the top, as JSON; a list is one text with its members joined by commas.
    func json(_ field: String) -> String? {
        let nodes = all(CanonicalShapes.required("message", field), in: 0)
        guard !nodes.isEmpty else { return nil }
        return nodes.map { node in
            self.nodes[node].isObject
                ? String(decoding: CanonicalJSONWriter.write(self, node: node), as: UTF8.self) : string(node)
        }.joined(separator: ",")
    }
}

extension Issue {
    var short: String {
        [code, target, count.map { "x\($0)" }].compactMap { $0 }.joined(separator: " ")
    }
}
