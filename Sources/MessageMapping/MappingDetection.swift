import CanonicalModel
import Documents

/// Tells which mappings may read a message: one look-up on its root, the more particular first.
struct MappingDetection: Sendable {
    private var roots: [String: [Int]] = [:]
    private var resources: [String: [Int]] = [:]
    /// By one of the keys that a mapping wants, in lower case.
    private var keys: [String: [Int]] = [:]
    private var wantedKeys: [Int: [String]] = [:]
    private var transports: [(wanted: [String: String], index: Int)] = []
    private(set) var findings: [MappingFinding] = []

    init(_ mappings: [ParsedMapping], vocabulary: Vocabulary) {
        // Those with `at` are asked first; one without it takes the rest.
        let ordered = mappings.enumerated().sorted { first, second in
            let isFirstParticular = first.element.reads?.at != nil
            let isSecondParticular = second.element.reads?.at != nil
            return isFirstParticular == isSecondParticular
                ? first.offset < second.offset : isFirstParticular
        }
        var claims: [String: String] = [:]
        for (index, mapping) in ordered {
            guard let reads = mapping.reads else { continue }
            let claim: String
            switch reads.body {
            case .root(let namespace, let name):
                claim = "{\(namespace)}\(name)"
                roots[claim, default: []].append(index)
            case .resource(let type):
                claim = "resource \(type)"
                resources[type, default: []].append(index)
            case .keys(let names):
                claim = "keys \(names.sorted().joined(separator: ",").lowercased()) \(mapping.system ?? "")"
                wantedKeys[index] = names.map { $0.lowercased() }
                if let first = names.first { keys[first.lowercased(), default: []].append(index) }
            case .transport(let wanted):
                claim = "transport \(wanted.sorted { $0.key < $1.key })"
                transports.append((wanted, index))
            }
            let whole = "\(claim) \(reads.at?.text ?? "")=\(reads.value ?? "")"
            if let other = claims.updateValue(mapping.name, forKey: whole) {
                findings.append(
                    MappingFinding(
                        at: reads.line, "\(other) reads the same messages",
                        hint: "tell them apart with at and is"))
            }
        }
    }

    /// The mappings that name a root element of XML.
    func mappings(ofRoot name: String, namespace: String) -> [Int] { roots["{\(namespace)}\(name)"] ?? [] }

    /// The mappings to ask, in order. `systems` holds the literal `source.system` of each mapping: where the transport
    /// names a system, only its mappings are asked.
    func candidates(for tree: DocumentTree, transport: TransportContext, systems: [String?]) -> [Int] {
        guard !tree.nodes.isEmpty else { return [] }
        var found: [Int] = []
        switch tree.format {
        case .xml:
            let root = tree.nodes[0]
            found = roots["{\(tree.namespaces[Int(root.namespace)])}\(tree.name(root.name))"] ?? []
        case .json:
            var names: Set<String> = []
            for child in tree.children(of: 0) {
                let name = tree.name(of: child)
                if name == "resourceType" { found += resources[tree.string(child)] ?? [] }
                names.insert(name.lowercased())
            }
            let byKeys = names.flatMap { keys[$0] ?? [] }
                .filter { index in wantedKeys[index]?.allSatisfy(names.contains) ?? false }
            found += byKeys.sorted { (wantedKeys[$0]?.count ?? 0, $1) > (wantedKeys[$1]?.count ?? 0, $0) }
        }
        found += transports.filter { wanted, _ in
            wanted.allSatisfy { transport.values[$0.key] == $0.value }
        }.map(\.index)
        guard let system = transport[.system] else { return found }
        return found.filter { systems[$0] == nil || systems[$0] == system }
    }
}

extension ParsedMapping {
    /// The literal `source.system`.
    var system: String? {
        for case .field("source", .object(let inside, _), _) in members {
            for case .field("system", .constant(let text, _), _) in inside { return text }
        }
        return nil
    }
}
