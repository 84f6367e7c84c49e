import CanonicalModel
import Documents
import FHIRPath

/// Compiles a parsed mapping against the canonical model. A field that the model does not have, a word that is not on its
/// closed list, an unknown function or variable are refused here, with file, line and hint.
struct TemplateCompiler {
    private let mapping: ParsedMapping
    private var compiler: ExpressionCompiler
    private var faults: [MappingFinding] = []
    var findings: [MappingFinding] { faults + checks.findings }
    private var places: [FileLine] = []
    private var checks: TemplateChecks

    init(_ mapping: ParsedMapping, vocabulary: Vocabulary, functions: [HostFunction], tables: [String: CodeTable]) {
        self.mapping = mapping
        self.checks = TemplateChecks(tables: tables)
        self.compiler = ExpressionCompiler(
            vocabulary: vocabulary, isCaseInsensitive: mapping.isCaseInsensitive, hostFunctions: functions)
    }

    mutating func compile(digest: String, vocabulary: Vocabulary) -> Mapping {
        let members = object(
            completenessLast(mapping.members), of: CanonicalShapes.message, path: "", variables: [:],
            isMessageWide: true)
        let at = mapping.reads?.at.map { compile($0, [:]) }
        let confidentiality = mapping.confidentialWhen.map { located in
            Mapping.Confidentiality(
                condition: compile(located, [:]),
                firstNames: SymbolSet(located.expression.firstNames.compactMap { vocabulary.symbol($0) }))
        }
        return Mapping(
            name: mapping.name, file: mapping.file, digest: digest, program: compiler.finish(), members: members,
            places: places, at: at, atValue: mapping.reads?.value, confidentiality: confidentiality,
            system: constantSystem(members),
            tables: checks.tableNames)
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
            for case .field(system, .constant(let bytes), _) in inside { return String(decoding: bytes, as: UTF8.self) }
        }
        return nil
    }

    private mutating func fail(_ line: FileLine, _ message: String, hint: String? = nil) {
        faults.append(MappingFinding(at: line, message, hint: hint))
    }

    private mutating func add(_ line: FileLine) -> Int {
        places.append(line)
        return places.count - 1
    }

    private mutating func compile(_ located: LocatedExpression, _ variables: [String: VariableSlot]) -> ExpressionRef {
        checks.check(located)
        do throws(ExpressionFault) {
            return try compiler.compile(located.expression, variables: variables)
        } catch {
            faults.append(
                MappingFinding(
                    at: located.line, error.message, hint: error.hint,
                    expression: located.text, position: error.position))
            return compiler.nothing()
        }
    }

    // MARK: Objects

    private mutating func object(
        _ members: [ParsedTemplate.Member], of shape: Shape, path: String, variables: [String: VariableSlot],
        isMessageWide: Bool
    ) -> [Template.Member] {
        var variables = variables
        var compiled: [Template.Member] = []
        for member in members {
            switch member {
            case .assign(let assignments):
                var slots: [Template.Assignment] = []
                for assignment in assignments {
                    let value = variable(assignment.value, variables)
                    let slot = compiler.declareVariable(isMessageWide: isMessageWide)
                    variables[assignment.name] = slot
                    slots.append(Template.Assignment(slot: slot, value: value))
                }
                compiled.append(.assign(slots))
            case .splice(let template):
                compiled.append(.splice(objectTemplate(template, of: shape, path: path, variables)))
            case .field(let name, let template, let line):
                if let member = field(name, template, line, shape, path, variables) { compiled.append(member) }
            }
        }
        return compiled
    }

    private mutating func field(
        _ name: String, _ template: ParsedTemplate, _ line: FileLine, _ shape: Shape, _ path: String,
        _ variables: [String: VariableSlot]
    ) -> Template.Member? {
        guard let field = CanonicalShapes.field(name, of: shape) else {
            let known = shape.fields.map { CanonicalShapes.fields[$0].name }
            let place = path.isEmpty ? "a message" : path
            fail(
                line, "\(place) has no field \(name)",
                hint: NearestName.suggestion(for: name, among: known).map { "did you mean \($0)?" }
                    ?? known.joined(separator: ", "))
            return nil
        }
        let place = path.isEmpty ? name : "\(path).\(name)"
        var template = template
        if shape.name == "completeness" { template = conditional(template) }
        switch field.type {
        case .object(let inner):
            let compiled = objectTemplate(template, of: CanonicalShapes.shape(inner), path: place, variables)
            return .field(field.id, compiled, place: add(line))
        default:
            return .field(field.id, scalar(template, field, line, place, variables), place: add(line))
        }
    }

    /// `complete: {bookings: {when: …, from: …}}` is the window, if the condition holds.
    private func conditional(_ template: ParsedTemplate) -> ParsedTemplate {
        guard case .object(let members, let line) = template else { return template }
        var condition: LocatedExpression?
        var rest: [ParsedTemplate.Member] = []
        for member in members {
            if case .field("when", .first(let expression), _) = member {
                condition = expression
            } else {
                rest.append(member)
            }
        }
        guard let condition else { return template }
        let body: ParsedTemplate = rest.isEmpty ? .constant("true", line: line) : .object(rest, line: line)
        return .choice([(condition, body)], otherwise: nil)
    }

    private mutating func objectTemplate(
        _ template: ParsedTemplate, of shape: Shape, path: String, _ variables: [String: VariableSlot]
    ) -> Template {
        switch template {
        case .object(let members, _):
            return .object(object(members, of: shape, path: path, variables: variables, isMessageWide: false))
        case .list(let templates, _):
            return .list(templates.map { objectTemplate($0, of: shape, path: path, variables) })
        case .each(let item, let index, let collection, let body):
            return each(item, index, collection, variables) { compiler, inner in
                compiler.objectTemplate(body, of: shape, path: path, inner)
            }
        case .choice(let branches, let otherwise):
            checks.check(branches: branches, otherwise: otherwise)
            return .choice(
                branches.map {
                    Template.Branch(
                        condition: compile($0.condition, variables),
                        body: objectTemplate($0.body, of: shape, path: path, variables))
                },
                otherwise: otherwise.map { objectTemplate($0, of: shape, path: path, variables) })
        case .constant(_, let line), .text(_, let line):
            fail(line, "\(path) is an object, not a text", hint: "write its fields below it")
            return .object([])
        case .first(let expression), .all(let expression):
            fail(expression.line, "\(path) is an object, not a value", hint: "write its fields below it")
            return .object([])
        }
    }

    private mutating func each(
        _ item: String, _ index: String?, _ collection: LocatedExpression, _ variables: [String: VariableSlot],
        _ body: (inout TemplateCompiler, [String: VariableSlot]) -> Template
    ) -> Template {
        let compiled = compile(collection, variables)
        var inner = variables
        let slot = compiler.declareVariable(isMessageWide: false)
        inner[item] = slot
        let indexSlot = index.map { _ in compiler.declareVariable(isMessageWide: false) }
        if let index { inner[index] = indexSlot }
        return .each(compiled, item: slot, index: indexSlot, body: body(&self, inner))
    }

    // MARK: Scalars

    private mutating func scalar(
        _ template: ParsedTemplate, _ field: ShapeField, _ line: FileLine, _ path: String,
        _ variables: [String: VariableSlot]
    ) -> Template {
        switch template {
        case .constant(let text, _):
            check(constant: text, field, line, path)
            return .constant(Array(text.utf8))
        case .first(let expression):
            checks.check(expression.expression, field, path)
            return .first(compile(expression, variables))
        case .all(let expression):
            checks.check(expression.expression, field, path)
            if !field.isList { fail(line, "\(path) holds one value", hint: "write {{ }} instead of {[ ]}") }
            return .all(compile(expression, variables))
        case .text(let parts, _): return .text(compile(parts, variables))
        case .list(let templates, let line):
            if !field.isList { fail(line, "\(path) holds one value, not a list") }
            return .list(templates.map { scalar($0, field, line, path, variables) })
        case .each(let item, let index, let collection, let body):
            return each(item, index, collection, variables) { compiler, inner in
                compiler.scalar(body, field, line, path, inner)
            }
        case .choice(let branches, let otherwise):
            checks.check(branches: branches, otherwise: otherwise)
            return .choice(
                branches.map {
                    Template.Branch(
                        condition: compile($0.condition, variables),
                        body: scalar($0.body, field, line, path, variables))
                },
                otherwise: otherwise.map { scalar($0, field, line, path, variables) })
        case .object(_, let line):
            fail(line, "\(path) is one value, not an object")
            return .constant([])
        }
    }

    private mutating func compile(_ parts: [ParsedTemplate.Part], _ variables: [String: VariableSlot])
        -> [Template.Part]
    {
        parts.map { part in
            switch part {
            case .constant(let text): .constant(Array(text.utf8))
            case .value(let expression): .value(compile(expression, variables))
            }
        }
    }

    /// The value of a variable is any template of values.
    private mutating func variable(_ template: ParsedTemplate, _ variables: [String: VariableSlot]) -> Template {
        switch template {
        case .constant(let text, _): return .constant(Array(text.utf8))
        case .first(let expression): return .first(compile(expression, variables))
        case .all(let expression): return .all(compile(expression, variables))
        case .text(let parts, _): return .text(compile(parts, variables))
        case .list(_, let line), .object(_, let line):
            fail(line, "a variable holds values", hint: "write {{ }} or {[ ]}")
        case .each(_, _, let expression, _): fail(expression.line, "a variable holds values", hint: "use select()")
        case .choice(let branches, _):
            fail(branches.first?.condition.line ?? mapping.line, "a variable holds values", hint: "use iif()")
        }
        return .constant([])
    }

    private mutating func check(constant text: String, _ field: ShapeField, _ line: FileLine, _ path: String) {
        switch field.type {
        case .oneOf(let list):
            let words = CanonicalShapes.closedLists[list]
            guard !words.contains(text) else { return }
            fail(
                line, "\(path) has no value \(text)",
                hint: NearestName.suggestion(for: text, among: words).map { "did you mean \($0)?" }
                    ?? words.joined(separator: ", "))
        case .boolean where text != "true" && text != "false": fail(line, "\(path) is true or false")
        case .integer where Int(text) == nil: fail(line, "\(path) is a whole number")
        default: return
        }
    }
}

extension Expression {
    /// The names by which the expression leaves the node it is asked about.
    var firstNames: [String] {
        switch kind {
        case .member(nil, let name): [name]
        case .member(let base?, _), .item(let base, _), .negated(let base), .typed(let base, _, _): base.firstNames
        case .call(let base, _, let arguments):
            (base?.firstNames ?? []) + (base == nil ? arguments.flatMap(\.firstNames) : [])
        case .binary(_, let left, let right): left.firstNames + right.firstNames
        default: []
        }
    }
}
