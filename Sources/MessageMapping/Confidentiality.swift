import Documents
import FHIRPath

extension Mapping {
    /// Rule 5 of the release policy: which source nodes are marked.
    struct Confidentiality: Sendable {
        /// A node is marked when one of them holds for it: a mapping adds to what it includes and takes nothing away.
        let conditions: [ExpressionRef]
        /// The names that a marked node's own children must have for a condition to hold, so that only their parents are
        /// asked; nil when every node must be asked.
        let firstNames: SymbolSet?
        private let isCaseInsensitive: Bool
        /// Nodes of XML or JSON inside a value may be marked too.
        let coversParsed: Bool

        /// Nil when there are no conditions.
        init?(_ conditions: [ExpressionRef], of mapping: ParsedMapping, program: Program) {
            guard !conditions.isEmpty else { return nil }
            let expressions = mapping.confidentialWhen.map(\.expression)
            self.conditions = conditions
            coversParsed = mapping.expressions.contains { $0.expression.parts.contains(where: \.isParsing) }
            let names = expressions.map(\.firstNames)
            let all = Set(names.compactMap { $0 }.joined())
            let isNarrow = names.allSatisfy { $0 != nil } && !Self.holdsForNothing(conditions, program)
            isCaseInsensitive = mapping.isCaseInsensitive
            firstNames = isNarrow ? Self.symbols(of: all, isCaseInsensitive, program.vocabulary) : nil
        }

        /// The first names as a document spells them; nil when every node must be asked.
        func firstNames(in tree: DocumentTree) -> SymbolSet? {
            guard let firstNames, isCaseInsensitive else { return firstNames }
            let known = tree.vocabulary.count
            let own = tree.extraNames.indices.filter { index in
                tree.vocabulary.foldedSymbol(tree.extraNames[index]).map(firstNames.contains) ?? false
            }
            return own.isEmpty ? firstNames : firstNames.union(own.map { Symbol(rawValue: UInt32(known + $0)) })
        }

        /// Every spelling that the vocabulary knows.
        private static func symbols(of names: Set<String>, _ isCaseInsensitive: Bool, _ vocabulary: Vocabulary)
            -> SymbolSet
        {
            guard isCaseInsensitive else { return SymbolSet(names.compactMap { vocabulary.symbol($0) }) }
            let folded = SymbolSet(names.compactMap { vocabulary.foldedSymbol($0) })
            return SymbolSet(
                (0..<vocabulary.count).map { Symbol(rawValue: UInt32($0)) }.filter { symbol in
                    vocabulary.foldedSymbol(vocabulary.name(symbol)).map(folded.contains) ?? false
                })
        }

        /// Whether a condition holds for a node that has nothing (`Shared.exists().not()`).
        private static func holdsForNothing(_ conditions: [ExpressionRef], _ program: Program) -> Bool {
            let arena = TreeArena(nodeCapacity: 1, textCapacity: 0)
            arena.append(DocumentNode(kind: .element, name: .none, parent: 0, end: 1))
            let nothing = DocumentTree(format: .json, arena: arena, vocabulary: program.vocabulary)
            let evaluator = Evaluator(program, tree: nothing, now: "")
            return conditions.contains { evaluator.holds($0, on: .node(0, tree: 0)) }
        }
    }
}

extension Expression {
    /// The names by which the expression leaves the node it is asked about, so that for a node without such children it
    /// is what it is for a node that has nothing; nil when it looks elsewhere.
    fileprivate var firstNames: Set<String>? {
        switch kind {
        case .empty, .boolean, .string, .number, .date, .dateTime, .time, .quantity: []
        // A name with a capital may be that of the node itself (`Patient.name` on a Patient).
        case .member(nil, let name): Set(names).union(name.first?.isUppercase ?? false ? ["resourceType"] : [])
        case .member(let base?, _), .negated(let base), .typed(let base, _, _): base.firstNames
        case .item(let base, let index): Self.union([base, index])
        case .binary(_, let left, let right): Self.union([left, right])
        case .call(nil, "extension", let arguments):
            Self.union(arguments)?.union(["extension", "modifierExtension"])
        case .call(nil, "iif", let arguments): Self.union(arguments)
        case .call(let base?, let name, let arguments) where Self.criteria.contains(name):
            arguments.contains(where: \.asksVariable) ? nil : base.firstNames
        case .call(let base?, _, let arguments): Self.union([base] + arguments)
        default: nil
        }
    }

    private static func union(_ expressions: [Expression]) -> Set<String>? {
        let names = expressions.map(\.firstNames)
        return names.contains { $0 == nil } ? nil : Set(names.compactMap { $0 }.joined())
    }

    private var asksVariable: Bool { parts.contains { if case .variable = $0.kind { true } else { false } } }

    /// Functions that ask their arguments of each item of their input and of nothing else.
    private static let criteria: Set<String> = [
        "where", "select", "all", "exists", "repeat", "distinctBy", "ofType", "is", "as",
    ]
}
