import CanonicalModel
import FHIRPath

/// Finds in a mapping what is well formed and yet cannot be meant: code tables that do not exist, branches that no message
/// takes, words that the model does not know, values of a type that the field does not hold.
struct TemplateChecks {
    private let tables: [String: CodeTable]
    private(set) var findings: [MappingFinding] = []
    private(set) var tableUses: [TableUse] = []
    private(set) var remarks: [MappingFinding] = []

    init(tables: [String: CodeTable]) { self.tables = tables }

    /// Refuses a code table that does not exist and a choice that is always the same.
    mutating func check(_ located: LocatedExpression) {
        for part in located.expression.parts {
            guard case .call(let base, let name, let arguments) = part.kind else { continue }
            switch name {
            case "codeTable": note(table: part.tableName ?? "", of: base, part, located)
            case "iif": checkConditions(of: part, arguments, located)
            default: break
            }
        }
    }

    private mutating func checkConditions(of call: Expression, _ arguments: [Expression], _ located: LocatedExpression)
    {
        guard let condition = arguments.first else { return }
        if let truth = condition.constantTruth {
            return fail(
                located, call.position, "one value of this iif() is never given",
                hint: "its condition is always \(truth)")
        }
        var otherwise = arguments.count > 2 ? arguments[2] : nil
        while case .call(_, "iif", let inner)? = otherwise?.kind, let test = inner.first {
            if test == condition {
                fail(
                    located, test.position, "one value of this iif() is never given",
                    hint: "an iif() around it has the same condition")
            }
            otherwise = inner.count > 2 ? inner[2] : nil
        }
    }

    private mutating func note(
        table name: String, of base: Expression?, _ call: Expression, _ located: LocatedExpression
    ) {
        tableUses.append(
            TableUse(table: name.isEmpty ? nil : name, words: KnownWords(base), line: located.line))
        guard !name.isEmpty, tables[name] == nil else { return }
        fail(
            located, call.position, "there is no code table \(name)",
            hint: NearestName.suggestion(for: name, among: tables.keys).map { "did you mean \($0)?" }
                ?? "code tables are the files of the folder codes")
    }

    private mutating func fail(_ located: LocatedExpression, _ position: Int, _ message: String, hint: String?) {
        findings.append(located.finding(message, hint: hint, at: position))
    }

    /// Refuses a branch that no message takes.
    mutating func check(
        branches: [(condition: LocatedExpression, body: ParsedTemplate)], otherwise: ParsedTemplate?
    ) {
        for (index, branch) in branches.enumerated() {
            let isLast = index == branches.count - 1 && otherwise == nil
            let condition = branch.condition.expression
            if branches[..<index].contains(where: { $0.condition.expression == condition }) {
                fail(branch.condition, 0, "this branch is never taken", hint: "an earlier one has the same condition")
                continue
            }
            switch condition.constantTruth {
            case false?:
                fail(branch.condition, 0, "this branch is never taken", hint: "its condition is always false")
            case true? where !isLast:
                fail(branch.condition, 0, "what follows is never reached", hint: "this condition is always true")
            default: continue
            }
        }
    }

    /// Refuses what an expression may give where the field cannot hold it: a word or the row of a code table that is not
    /// on its closed list, a value of another type.
    mutating func check(_ located: LocatedExpression, _ field: ShapeField, _ path: String) {
        for value in located.expression.yielded {
            if let type = value.knownType, !type.fits(field.type) {
                fail(located, value.position, "\(path) is \(field.type.words), not \(type.words)", hint: nil)
            }
            if case .string(let text) = value.kind, let problem = ConstantCheck.problem(text, field, path) {
                fail(located, value.position, problem.message, hint: problem.hint)
            }
            if case .oneOf(let list) = field.type, let name = value.tableName, let table = tables[name] {
                checkRows(of: table, CanonicalShapes.closedLists[list], path)
            }
        }
    }

    private mutating func checkRows(of table: CodeTable, _ words: [String], _ path: String) {
        for (source, row) in table.rows.sorted(by: { $0.value.line < $1.value.line }) {
            if !words.contains(row.target) {
                let problem = ConstantCheck.unknown(row.target, among: words, path)
                findings.append(
                    MappingFinding(file: table.file, line: row.line, problem.message, hint: problem.hint))
            } else if source == CodeTable.wildcard, words.contains("unknown") {
                remarks.append(
                    MappingFinding(
                        file: table.file, line: row.line, "\(path) gets a guess for every word without a row",
                        hint: "leave the row * out: such a word becomes unknown, and is told"))
            }
        }
    }
}
