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
    /// Paths of the files that some mapping includes.
    package let includes: Set<String>
    /// Of bodies that are one message.
    private let detection: MappingDetection
    /// Of the header of a file with many messages.
    let headerDetection: MappingDetection
    /// Of messages that nothing encloses, in a file with many.
    let partDetection: MappingDetection

    /// Compiles mapping files.
    /// - Parameters:
    ///   - files: path and text of every mapping file, without the included ones.
    ///   - tables: the code tables by name.
    ///   - limits: of documents that are read out of values.
    ///   - include: finds an included file by name, from the file that asks for it.
    /// - Throws: ``MappingFindings`` with everything that is wrong in any of them.
    package init(
        files: [(path: String, text: String)], tables: [String: CodeTable], limits: DocumentLimits = DocumentLimits(),
        include: @escaping (_ name: String, _ from: String) -> (path: String, text: String)?
    ) throws(MappingFindings) {
        var reader = MappingFileReader(include: include)
        let parsed = files.compactMap { reader.read(file: $0.path, text: $0.text) }
        var findings = reader.findings
        let vocabulary = Vocabulary(parsed.flatMap(\.names) + Self.ownNames)
        let functions = MappingFunctions.all(tables: tables, limits: limits)
        let tableTexts = tables.values.sorted { $0.name < $1.name }.map(\.digestText)
        var mappings: [Mapping] = []
        for mapping in parsed {
            var compiler = TemplateCompiler(mapping, vocabulary: vocabulary, functions: functions, tables: tables)
            let digest = FieldDigest.hex(of: [mapping.text] + tableTexts)
            var compiled = compiler.compile(digest: digest)
            findings += compiler.findings
            do throws(MappingFinding) {
                compiled.each = try EachClause.paths(mapping.each, of: mapping)
            } catch {
                findings.append(error)
            }
            mappings.append(compiled)
        }
        findings += Self.sameNames(mappings)
        func detect(among isAsked: (Mapping) -> Bool) -> MappingDetection {
            let places = Set(mappings.indices.filter { isAsked(mappings[$0]) })
            return MappingDetection(parsed, among: places, vocabulary: vocabulary, functions: functions)
        }
        detection = detect(among: \.isOfWholes)
        headerDetection = detect(among: \.isOfHeaders)
        partDetection = detect(among: \.isOfParts)
        for detection in [detection, headerDetection, partDetection] { findings += detection.findings }
        guard findings.isEmpty else {
            var seen: Set<MappingFinding> = []
            throw MappingFindings(findings: findings.filter { seen.insert($0).inserted })
        }
        self.mappings = mappings
        self.tables = tables.values.sorted { $0.name < $1.name }
        self.vocabulary = vocabulary
        self.includes = Set(parsed.flatMap(\.includes))
    }

    /// The mapping that reads a message; nil when there is none.
    package func mapping(for tree: DocumentTree, transport: TransportContext) -> Mapping? {
        detection(of: tree, transport: transport).mapping
    }

    /// The mapping that reads a message, if there is one, and what finding it cost: look-ups and steps of the evaluator.
    package func detection(of tree: DocumentTree, transport: TransportContext) -> (mapping: Mapping?, steps: Int) {
        let found = detection.mapping(for: tree, transport: transport)
        return (found.index.map { mappings[$0] }, found.steps)
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
            exercised: Set(run.exercised.map { mapping.places[Int($0)] }), steps: run.evaluator.stepsTaken)
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
