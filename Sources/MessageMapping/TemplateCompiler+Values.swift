import CanonicalModel
import FHIRPath

extension TemplateCompiler {
    /// A template of the values of a field.
    mutating func scalar(
        _ template: ParsedTemplate, _ field: ShapeField, _ path: String, _ variables: Variables
    ) -> Template {
        switch template {
        case .constant(let text, let line):
            if let problem = ConstantCheck.problem(text, field, path) {
                fail(line, problem.message, hint: problem.hint)
            }
            return .constant(Array(text.utf8), place: add(line))
        case .first(let expression):
            checks.check(expression, field, path)
            return .first(compile(value: expression, variables), place: add(expression.line))
        case .all(let expression):
            checks.check(expression, field, path)
            if !field.isList {
                fail(expression.line, "\(path) holds one value", hint: "write {{ }} instead of {[ ]}")
            }
            return .all(compile(value: expression, variables), place: add(expression.line))
        case .text(let parts, let line): return .text(compile(parts, variables), place: add(line))
        case .list(let templates, let line):
            if !field.isList { fail(line, "\(path) holds one value, not a list") }
            return .list(templates.map { scalar($0, field, path, variables) })
        case .each(let item, let index, let collection, let body):
            return each(item, index, collection, variables) { compiler, inner in
                compiler.scalar(body, field, path, inner)
            }
        case .focused(let collection, let body):
            return each(nil, nil, collection, variables) { compiler, inner in
                compiler.scalar(body, field, path, inner)
            }
        case .choice(let branches, let otherwise):
            return choice(branches, otherwise: otherwise, variables) { compiler, body in
                compiler.scalar(body, field, path, variables)
            }
        case .object(_, let line):
            fail(line, "\(path) is one value, not an object")
            return .list([])
        }
    }

    private mutating func compile(_ parts: [ParsedTemplate.Part], _ variables: Variables) -> [Template.Part] {
        parts.map { part in
            switch part {
            case .constant(let text): .constant(Array(text.utf8))
            case .value(let expression): .value(compile(value: expression, variables))
            }
        }
    }

    /// The value of a variable: any template of values. Objects live in the message alone, where nothing can ask for them
    /// again, so a variable cannot hold one.
    mutating func variable(_ template: ParsedTemplate, _ variables: Variables) -> Template {
        switch template {
        case .constant(let text, let line): return .constant(Array(text.utf8), place: add(line))
        case .first(let expression): return .first(compile(expression, variables), place: add(expression.line))
        case .all(let expression): return .all(compile(expression, variables), place: add(expression.line))
        case .text(let parts, let line): return .text(compile(parts, variables), place: add(line))
        case .list(let templates, _): return .list(templates.map { variable($0, variables) })
        case .each(let item, let index, let collection, let body):
            return each(item, index, collection, variables) { compiler, inner in compiler.variable(body, inner) }
        case .focused(let collection, let body):
            return each(nil, nil, collection, variables) { compiler, inner in compiler.variable(body, inner) }
        case .choice(let branches, let otherwise):
            return choice(branches, otherwise: otherwise, variables) { compiler, body in
                compiler.variable(body, variables)
            }
        case .object(_, let line):
            fail(
                line, "a variable holds values, not an object", hint: "give each of its fields a variable of its own")
            return .list([])
        }
    }
}
