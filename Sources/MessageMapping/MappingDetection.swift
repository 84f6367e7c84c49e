import CanonicalModel
import Documents
import FHIRPath

/// Tells which mapping reads a message: one look-up on its root, then on the answer to what its mappings ask. It costs as
/// much with one mapping as with a thousand.
struct MappingDetection: Sendable {
    private struct Root: Hashable, Sendable {
        let namespace: String
        let name: String
    }

    /// Keys that a JSON object must have, as symbols: of their own spelling or of any.
    private struct KeySet: Hashable, Sendable {
        let symbols: [Symbol]
        let isFolded: Bool
    }

    private var roots: [Root: MappingClaim] = [:]
    private var resources: [String: MappingClaim] = [:]
    private var keySets: [(keys: KeySet, claim: MappingClaim)] = []
    /// The key sets by one of their keys, the one that the fewest other sets have.
    private var exactKeys: [Symbol: [Int]] = [:]
    private var foldedKeys: [Symbol: [Int]] = [:]
    /// By the names of the keys that are wanted of the transport context, then by their values.
    private var transports: [[String]: [[String]: MappingClaim]] = [:]
    private var exact: Program
    private var folded: Program
    private(set) var findings: [MappingFinding] = []

    /// Mappings are known by their place in the list; only those `among` these places are found. No two of the list may
    /// claim the same.
    init(_ mappings: [ParsedMapping], among places: Set<Int>, vocabulary: Vocabulary, functions: [HostFunction]) {
        var builder = Builder(vocabulary: vocabulary, functions: functions)
        for (index, mapping) in mappings.enumerated() {
            guard let reads = mapping.reads else { continue }
            builder.note(mapping, reads)
            guard places.contains(index) else { continue }
            switch reads.body {
            case .root(let namespace, let name):
                if namespace == "http://hl7.org/fhir" {
                    findings.append(
                        MappingFinding(
                            at: reads.line, "FHIR is not read by its root",
                            hint: "write {resourceType: \(name)}, for XML and JSON alike"))
                }
                builder.add(index, mapping, reads, &roots[Root(namespace: namespace, name: name), default: .init()])
            case .resource(let type): builder.add(index, mapping, reads, &resources[type, default: .init()])
            case .keys(let names):
                let isFolded = mapping.isCaseInsensitive
                let symbols = names.compactMap(isFolded ? vocabulary.foldedSymbol : vocabulary.symbol)
                let keys = KeySet(symbols: Set(symbols).sorted { $0.rawValue < $1.rawValue }, isFolded: isFolded)
                let place = keySets.firstIndex { $0.keys == keys } ?? keySets.count
                if place == keySets.count { keySets.append((keys, MappingClaim())) }
                builder.add(index, mapping, reads, &keySets[place].claim)
            case .transport(let wanted):
                let names = wanted.keys.sorted()
                let values = names.map { wanted[$0] ?? "" }
                builder.add(index, mapping, reads, &transports[names, default: [:]][values, default: .init()])
            }
        }
        exact = builder.exact.finish()
        folded = builder.folded.finish()
        findings += builder.findings
        indexKeys()
    }

    private mutating func indexKeys() {
        var counts: [KeySet: Int] = [:]
        for (keys, _) in keySets {
            for symbol in keys.symbols { counts[KeySet(symbols: [symbol], isFolded: keys.isFolded), default: 0] += 1 }
        }
        for (place, (keys, _)) in keySets.enumerated() {
            let rarest = keys.symbols.min { first, second in
                func count(_ symbol: Symbol) -> Int {
                    counts[KeySet(symbols: [symbol], isFolded: keys.isFolded)] ?? 0
                }
                return (count(first), first.rawValue) < (count(second), second.rawValue)
            }
            guard let rarest else { continue }
            if keys.isFolded {
                foldedKeys[rarest, default: []].append(place)
            } else {
                exactKeys[rarest, default: []].append(place)
            }
        }
    }

    /// The mappings that name a root element of XML.
    func mappings(ofRoot name: String, namespace: String) -> [Int] {
        roots[Root(namespace: namespace, name: name)]?.mappings ?? []
    }

    /// Finds the mapping of a message.
    /// - Returns: its number, if there is one, and how many look-ups and steps it took.
    func mapping(for tree: DocumentTree, transport: TransportContext) -> (index: Int?, steps: Int) {
        guard !tree.nodes.isEmpty else { return (nil, 0) }
        var search = Search(tree: tree, transport: transport, exact: exact, folded: folded)
        switch tree.format {
        case .xml:
            let root = tree.nodes[0]
            let key = Root(namespace: tree.namespaces[Int(root.namespace)], name: tree.name(root.name))
            if let found = search.ask(roots[key]) { return (found, search.steps) }
        case .json:
            if let found = json(tree, &search) { return (found, search.steps) }
        }
        for (names, claims) in transports.sorted(by: { $0.key.count > $1.key.count }) {
            let values = names.map { transport.values[$0] ?? "" }
            if let found = search.ask(claims[values]) { return (found, search.steps) }
        }
        return (nil, search.steps)
    }

    private func json(_ tree: DocumentTree, _ search: inout Search) -> Int? {
        var exactSymbols: Set<Symbol> = []
        var foldedSymbols: Set<Symbol> = []
        for child in tree.children(of: 0) {
            let name = tree.nodes[child].name
            guard exactSymbols.insert(name).inserted else { continue }
            if let symbol = tree.vocabulary.foldedSymbol(tree.name(name)) { foldedSymbols.insert(symbol) }
            if tree.name(name) == "resourceType", let found = search.ask(resources[tree.string(child)]) {
                return found
            }
        }
        let places =
            exactSymbols.flatMap { exactKeys[$0] ?? [] }.filter {
                keySets[$0].keys.symbols.allSatisfy(exactSymbols.contains)
            }
            + foldedSymbols.flatMap { foldedKeys[$0] ?? [] }
            .filter { keySets[$0].keys.symbols.allSatisfy(foldedSymbols.contains) }
        // The more keys a mapping asks for, the more particular it is.
        let ordered = places.sorted {
            (keySets[$1].keys.symbols.count, $0) < (keySets[$0].keys.symbols.count, $1)
        }
        for place in ordered {
            if let found = search.ask(keySets[place].claim) { return found }
        }
        return nil
    }
}

/// One message on its way to its mapping.
private struct Search {
    let tree: DocumentTree
    let transport: TransportContext
    let exact: Program
    let folded: Program
    private(set) var steps = 0

    init(tree: DocumentTree, transport: TransportContext, exact: Program, folded: Program) {
        self.tree = tree
        self.transport = transport
        self.exact = exact
        self.folded = folded
    }

    mutating func ask(_ claim: MappingClaim?) -> Int? {
        steps += 1
        guard let claim else { return nil }
        for question in claim.questions {
            let program = question.isCaseInsensitive ? folded : exact
            let context = TransportTree.make(transport, vocabulary: program.vocabulary)
            let evaluator = Evaluator(program, tree: tree, transport: context, now: "")
            let answer = evaluator.evaluate(question.at, on: .node(0, tree: 0)).first.flatMap(evaluator.string)
            steps += 1 + evaluator.stepsTaken
            if let answer, let found = question.answers[answer]?.mapping(for: transport[.system]) { return found }
        }
        return claim.others.mapping(for: transport[.system])
    }
}

/// Collects the claims of mappings and refuses those that two make.
private struct Builder {
    var exact: ExpressionCompiler
    var folded: ExpressionCompiler
    private var claims: [String: String] = [:]
    private(set) var findings: [MappingFinding] = []

    init(vocabulary: Vocabulary, functions: [HostFunction]) {
        exact = ExpressionCompiler(vocabulary: vocabulary, hostFunctions: functions)
        folded = ExpressionCompiler(vocabulary: vocabulary, isCaseInsensitive: true, hostFunctions: functions)
    }

    mutating func add(
        _ index: Int, _ mapping: ParsedMapping, _ reads: ParsedMapping.Reads, _ claim: inout MappingClaim
    ) {
        guard let at = reads.at, let value = reads.value else { return claim.add(index, system: mapping.system) }
        claim.add(
            index, system: mapping.system, where: at.expression.description, is: value,
            isCaseInsensitive: mapping.isCaseInsensitive
        ) {
            do throws(ExpressionFault) {
                return mapping.isCaseInsensitive
                    ? try folded.compile(at.expression, variables: [:])
                    : try exact.compile(at.expression, variables: [:])
            } catch {
                findings.append(at.finding(error.message, hint: error.hint, at: error.position))
                return exact.nothing()
            }
        }
    }

    mutating func note(_ mapping: ParsedMapping, _ reads: ParsedMapping.Reads) {
        let body: String
        switch reads.body {
        case .root(let namespace, let name): body = "root {\(namespace)}\(name)"
        case .resource(let type): body = "resource \(type)"
        // Keys are few and plain; two systems may use the same.
        case .keys(let names):
            body = "keys \(Set(names).sorted().joined(separator: ",").lowercased()) \(mapping.system ?? "")"
        case .transport(let wanted): body = "transport \(wanted.sorted { $0.key < $1.key })"
        }
        let claim = "\(body) \(reads.at?.expression.description ?? "") = \(reads.value ?? "")"
        guard let other = claims.updateValue(mapping.name, forKey: claim) else { return }
        findings.append(
            MappingFinding(
                at: reads.line, "\(other) reads the same messages", hint: "tell them apart with at and is"))
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
