package import CanonicalModel
package import Documents
import FHIRPath

/// All mappings of a gateway, compiled together: they share one vocabulary, and one look-up tells which of them reads a
/// message.
package struct MappingSet: Sendable {
    package let mappings: [Mapping]
    /// Every name that a mapping asks for. Documents are read with it.
    package let vocabulary: Vocabulary
    /// The code tables beside them, by name.
    package let tables: [CodeTable]
    let detection: MappingDetection

    /// Compiles mapping files.
    /// - Parameters:
    ///   - files: path and text of every mapping file, without the included ones.
    ///   - tables: the code tables by name.
    ///   - include: finds an included file by name, from the file that asks for it.
    /// - Throws: ``MappingFindings`` with everything that is wrong in any of them.
    package init(
        files: [(path: String, text: String)], tables: [String: CodeTable],
        include: @escaping (_ name: String, _ from: String) -> (path: String, text: String)?
    ) throws(MappingFindings) {
        var reader = MappingFileReader(include: include)
        let parsed = files.compactMap { reader.read(file: $0.path, text: $0.text) }
        var findings = reader.findings
        let vocabulary = Vocabulary(parsed.flatMap(Self.names) + Self.ownNames)
        let functions = MappingFunctions.all(tables: tables)
        let tableTexts = tables.values.sorted { $0.name < $1.name }.map(\.digestText)
        var mappings: [Mapping] = []
        for mapping in parsed {
            var compiler = TemplateCompiler(mapping, vocabulary: vocabulary, functions: functions, tables: tables)
            let digest = FieldDigest.hex(of: [mapping.text] + tableTexts)
            var compiled = compiler.compile(digest: digest, vocabulary: vocabulary)
            findings += compiler.findings
            do throws(MappingFinding) {
                compiled.each = try mapping.each.map { (each) throws(MappingFinding) in
                    try EachClause.path(each, of: mapping)
                }
            } catch {
                findings.append(error)
            }
            mappings.append(compiled)
        }
        findings += Self.sameNames(mappings)
        let detection = MappingDetection(parsed, vocabulary: vocabulary)
        findings += detection.findings
        guard findings.isEmpty else {
            var seen: Set<MappingFinding> = []
            throw MappingFindings(findings: findings.filter { seen.insert($0).inserted })
        }
        self.mappings = mappings
        self.tables = tables.values.sorted { $0.name < $1.name }
        self.vocabulary = vocabulary
        self.detection = detection
    }

    /// The mapping that reads a message; nil when there is none.
    package func mapping(for tree: DocumentTree, transport: TransportContext) -> Mapping? {
        mapping(for: tree, transport: transport, among: \.isOfWholes)
    }

    func mapping(for tree: DocumentTree, transport: TransportContext, among isAsked: (Mapping) -> Bool) -> Mapping? {
        let context = TransportTree.make(transport, vocabulary: vocabulary)
        for index in detection.candidates(for: tree, transport: transport, systems: mappings.map(\.system)) {
            let mapping = mappings[index]
            guard isAsked(mapping) else { continue }
            guard let at = mapping.at else { return mapping }
            let evaluator = Evaluator(mapping.program, tree: tree, transport: context, now: "")
            let value = evaluator.evaluate(at, on: .node(0, tree: 0)).first.flatMap(evaluator.string)
            if value == mapping.atValue { return mapping }
        }
        return nil
    }

    /// Reads a message by a mapping. What could not be read is among the issues. `header` is what enclosed it, when it is
    /// one of many in a file.
    package func read(
        _ tree: DocumentTree, by mapping: Mapping, transport: TransportContext, stamp: SourceStamp,
        header: DocumentTree? = nil, isExplaining: Bool = false
    ) -> MappedMessage {
        let run = MappingRun(
            mapping, tree: tree, transport: TransportTree.make(transport, vocabulary: vocabulary), header: header,
            stamp: stamp, isExplaining: isExplaining)
        let message = run.run()
        return MappedMessage(
            mapping: mapping, message: message, issues: run.issues.issues, explanations: run.explanations,
            steps: run.evaluator.stepsTaken)
    }

    /// Two mappings of one name could not be told apart in an event or a log.
    private static func sameNames(_ mappings: [Mapping]) -> [MappingFinding] {
        var files: [String: String] = [:]
        return mappings.compactMap { mapping in
            guard let other = files.updateValue(mapping.file, forKey: mapping.name) else { return nil }
            return MappingFinding(
                file: mapping.file, line: 0, "the name \(mapping.name) is taken", hint: "\(other) has it too")
        }
    }

    private static func names(_ mapping: ParsedMapping) -> [String] {
        var names = mapping.expressions.flatMap(\.expression.names)
        switch mapping.reads?.body {
        case .root(_, let name): names.append(name)
        case .keys(let keys): names += keys
        default: break
        }
        return names
    }

    /// Names that the engine itself looks for, and the transport's keys.
    private static let ownNames =
        ["resourceType", "id", "fullUrl", "contained", "reference", "extension", "url"]
        + TransportContext.Key.allCases.map(\.rawValue)
}

extension CodeTable {
    fileprivate var digestText: String {
        name + rows.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.target)" }.joined(separator: "\n")
    }
}
