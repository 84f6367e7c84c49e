import CanonicalModel
import FHIRPath

/// Finds in a mapping what is well formed and yet cannot be meant: code tables that do not exist, branches that no message
/// takes, words that the model does not know.
struct TemplateChecks {
    private let tables: [String: CodeTable]
    private(set) var findings: [MappingFinding] = []
    /// The code tables that expressions name; nil when one of them is told only by the message.
    private(set) var tableNames: Set<String>? = []

    init(tables: [String: CodeTable]) { self.tables = tables }

    /// Refuses a code table that does not exist and a choice that is always the same.
    mutating func check(_ located: LocatedExpression) {
        for part in located.expression.parts {
            if let name = part.tableName { note(table: name, part, located) }
            if case .call(_, "iif", let arguments) = part.kind, let truth = arguments.first?.constantTruth {
                fail(
                    located, part.position, "one value of this iif() is never given",
                    hint: "its condition is always \(truth)")
            }
        }
    }

    private mutating func note(table name: String, _ call: Expression, _ located: LocatedExpression) {
        guard !name.isEmpty else { return tableNames = nil }
        tableNames?.insert(name)
        guard tables[name] == nil else { return }
        fail(
            located, call.position, "there is no code table \(name)",
            hint: NearestName.suggestion(for: name, among: tables.keys).map { "did you mean \($0)?" }
                ?? "code tables are the files of the folder codes")
    }

    private mutating func fail(_ located: LocatedExpression, _ position: Int, _ message: String, hint: String) {
        findings.append(
            MappingFinding(
                at: located.line, message, hint: hint, expression: located.text, position: position))
    }

    /// Refuses a branch that no message takes.
    mutating func check(
        branches: [(condition: LocatedExpression, body: ParsedTemplate)], otherwise: ParsedTemplate?
    ) {
        for (index, branch) in branches.enumerated() {
            let isLast = index == branches.count - 1 && otherwise == nil
            switch branch.condition.expression.constantTruth {
            case false?:
                fail(branch.condition, 0, "this branch is never taken", hint: "its condition is always false")
            case true? where !isLast:
                fail(branch.condition, 0, "what follows is never reached", hint: "this condition is always true")
            default: continue
            }
        }
    }

    /// Refuses the row of a code table whose target is no word of the closed list that it is read into.
    mutating func check(_ expression: Expression, _ field: ShapeField, _ path: String) {
        guard case .oneOf(let list) = field.type else { return }
        let words = CanonicalShapes.closedLists[list]
        for table in expression.yieldedTables.compactMap({ tables[$0] }) {
            for row in table.rows.values.sorted(by: { $0.line < $1.line }) where !words.contains(row.target) {
                findings.append(
                    MappingFinding(
                        file: table.file, line: row.line, "\(path) has no value \(row.target)",
                        hint: NearestName.suggestion(for: row.target, among: words).map { "did you mean \($0)?" }
                            ?? words.joined(separator: ", ")))
            }
        }
    }
}
