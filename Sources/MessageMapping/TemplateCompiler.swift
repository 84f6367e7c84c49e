import CanonicalModel
import Documents
import FHIRPath

/// Compiles a parsed mapping against the canonical model. A field that the model does not have, a word that is not on its
/// closed list, an unknown function or variable are refused here, with file, line and hint.
struct TemplateCompiler {
    typealias Variables = [String: VariableSlot]

    private let mapping: ParsedMapping
    private let vocabulary: Vocabulary
    private var compiler: ExpressionCompiler
    private var faults: [MappingFinding] = []
    private var places: [FileLine] = []
    private(set) var sources: [ExpressionRef: SourcePath] = [:]
    /// Where the values of variables come from.
    private var definitions: [VariableSlot: SourcePath] = [:]
    private var assigned: [(slot: VariableSlot, assignment: ParsedTemplate.Assignment)] = []
    private var used: Set<VariableSlot> = []
    var checks: TemplateChecks
    /// Whether `$this` is the message: it is not inside a `{{ }}` key, nor in a condition that is asked of every node.
    private var isOnRoot = true

    var findings: [MappingFinding] { faults + checks.findings }

    init(_ mapping: ParsedMapping, vocabulary: Vocabulary, functions: [HostFunction], tables: [String: CodeTable]) {
        self.mapping = mapping
        self.vocabulary = vocabulary
        self.checks = TemplateChecks(tables: tables)
        self.compiler = ExpressionCompiler(
            vocabulary: vocabulary, isCaseInsensitive: mapping.isCaseInsensitive, hostFunctions: functions)
    }

    mutating func compile(digest: String) -> Mapping {
        var given: Set<FieldID> = []
        let members = object(
            completenessLast(mapping.members), of: CanonicalShapes.message, path: "", variables: [:],
            isMessageWide: true, given: &given)
        isOnRoot = false
        let conditions = mapping.confidentialWhen.map { compile($0, [:]) }
        let system = constantSystem(members)
        let program = compiler.finish()
        let confidentiality = Mapping.Confidentiality(conditions, of: mapping, program: program)
        return Mapping(
            name: mapping.name, file: mapping.file, digest: digest, program: program, plan: TemplatePlan(members),
            places: places, sources: sources, confidentiality: confidentiality, system: system,
            tableUses: checks.tableUses, remarks: checks.remarks + unusedVariables,
            identity: MappingIdentity(mapping), names: KnownNames(mapping.names, isCaseInsensitive: mapping.isCaseInsensitive),
            isToldByKind: mapping.reads?.at == nil)
    }

    /// Whether a list is complete is known only when it has been read.
    private func completenessLast(_ members: [ParsedTemplate.Member]) -> [ParsedTemplate.Member] {
        func isCompleteness(_ member: ParsedTemplate.Member) -> Bool {
            if case .field("complete", _, _) = member { true } else { false }
        }
        return members.filter { !isCompleteness($0) } + members.filter(isCompleteness)
    }

    private func constantSystem(_ members: [Template.Member]) -> String? {
        let source = CanonicalShapes.required("message", "source")
        let system = CanonicalShapes.required("source", "system")
        for case .field(source, .object(let inside), _) in members {
            for case .field(system, .constant(let bytes, _), _) in inside {
                return String(decoding: bytes, as: UTF8.self)
            }
        }
        return nil
    }

    /// A variable that nothing asks for is most likely a slip. One of an include may be meant for other mappings, and one
    /// that calls `issue()` does its work without being asked for.
    private var unusedVariables: [MappingFinding] {
        assigned.filter { slot, assignment in
            !used.contains(slot) && assignment.line.file == mapping.file
                && !assignment.value.expressions.contains { $0.expression.parts.contains(where: \.isRemark) }
        }.map { _, assignment in
            MappingFinding(
                at: assignment.line, "nothing uses %\(assignment.name)", hint: "leave it out, or use it")
        }
    }

    mutating func fail(_ line: FileLine, _ message: String, hint: String? = nil) {
        faults.append(MappingFinding(at: line, message, hint: hint))
    }

    mutating func add(_ line: FileLine) -> Int {
        places.append(line)
        return places.count - 1
    }

    // MARK: Expressions

    mutating func compile(_ located: LocatedExpression, _ variables: Variables) -> ExpressionRef {
        checks.check(located)
        for part in located.expression.parts {
            if case .variable(let name) = part.kind, let slot = variables[name] { used.insert(slot) }
        }
        do throws(ExpressionFault) {
            return try compiler.compile(located.expression, variables: variables, isOnRoot: isOnRoot)
        } catch {
            faults.append(located.finding(error.message, hint: error.hint, at: error.position))
            return compiler.nothing()
        }
    }

    /// Compiles an expression whose value is written, and how to find where that value comes from.
    mutating func compile(value located: LocatedExpression, _ variables: Variables) -> ExpressionRef {
        let faultsBefore = faults.count
        let compiled = compile(located, variables)
        guard faults.count == faultsBefore else { return compiled }
        sources[compiled] =
            located.expression.isPlainPath ? .path(compiled) : source(of: located.expression, variables)
        return compiled
    }

    private mutating func source(of expression: Expression, _ variables: Variables) -> SourcePath? {
        if case .variable(let name) = expression.kind, let slot = variables[name] { return definitions[slot] }
        if expression.isPath { return (try? compiler.compile(expression, variables: variables)).map { .path($0) } }
        if case .call(_, "iif", let arguments) = expression.kind, arguments.count > 1 {
            guard let condition = try? compiler.compile(arguments[0], variables: variables) else { return nil }
            return .choice(
                condition, tested: source(of: arguments[0], variables), then: source(of: arguments[1], variables),
                otherwise: arguments.count > 2 ? source(of: arguments[2], variables) : nil)
        }
        for operand in expression.operands {
            if let source = source(of: operand, variables) { return source }
        }
        return nil
    }

    mutating func declare(_ assignment: ParsedTemplate.Assignment, isMessageWide: Bool, _ variables: inout Variables)
        -> Template.Assignment
    {
        let value = variable(assignment.value, variables)
        let slot = compiler.declareVariable(isMessageWide: isMessageWide)
        switch assignment.value {
        case .first(let expression), .all(let expression):
            definitions[slot] = source(of: expression.expression, variables)
        default: break
        }
        variables[assignment.name] = slot
        assigned.append((slot, assignment))
        return Template.Assignment(slot: slot, value: value)
    }

    mutating func each(
        _ item: String?, _ index: String?, _ collection: LocatedExpression, _ variables: Variables,
        _ body: (inout TemplateCompiler, Variables) -> Template
    ) -> Template {
        let compiled = compile(collection, variables)
        var inner = variables
        let slots = [item, index].map { name in
            name.map { _ in compiler.declareVariable(isMessageWide: false) }
        }
        if let item { inner[item] = slots[0] }
        if let index { inner[index] = slots[1] }
        let wasOnRoot = isOnRoot
        if item == nil { isOnRoot = false }
        defer { isOnRoot = wasOnRoot }
        return .each(compiled, item: slots[0], index: slots[1], body: body(&self, inner))
    }

    mutating func choice(
        _ branches: [(condition: LocatedExpression, body: ParsedTemplate)], otherwise: ParsedTemplate?,
        _ variables: Variables, _ body: (inout TemplateCompiler, ParsedTemplate) -> Template
    ) -> Template {
        checks.check(branches: branches, otherwise: otherwise)
        return .choice(
            branches.map { branch in
                Template.Branch(condition: compile(branch.condition, variables), body: body(&self, branch.body))
            },
            otherwise: otherwise.map { body(&self, $0) })
    }
}
