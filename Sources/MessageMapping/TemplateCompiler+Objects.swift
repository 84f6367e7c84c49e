import CanonicalModel
import FHIRPath

extension TemplateCompiler {
    /// `given` has the fields that members before these may have written into the same object.
    mutating func object(
        _ members: [ParsedTemplate.Member], of shape: Shape, path: String, variables: Variables,
        isMessageWide: Bool, given: inout Set<FieldID>
    ) -> [Template.Member] {
        var variables = variables
        var compiled: [Template.Member] = []
        for member in members {
            switch member {
            case .assign(let assignments):
                compiled.append(
                    .assign(assignments.map { declare($0, isMessageWide: isMessageWide, &variables) }))
            case .splice(let template):
                compiled.append(.splice(splice(template, of: shape, path: path, variables, given: &given)))
            case .field(let name, let template, let line):
                guard let field = field(name, line, shape, path) else { continue }
                let isOver = !given.insert(field.id).inserted
                compiled.append(
                    .field(field.id, self.template(template, field, line, shape, path, variables), isOver: isOver))
            }
        }
        return compiled
    }

    private mutating func field(_ name: String, _ line: FileLine, _ shape: Shape, _ path: String) -> ShapeField? {
        if let field = CanonicalShapes.field(name, of: shape) { return field }
        let fields = shape.fields.map { CanonicalShapes.fields[$0].name }
        let known = path.isEmpty ? fields + MappingFileReader.keys : fields
        fail(
            line, "\(path.isEmpty ? "a message" : path) has no field \(name)",
            hint: NearestName.suggestion(for: name, among: known).map { "did you mean \($0)?" }
                ?? fields.joined(separator: ", "))
        return nil
    }

    private mutating func template(
        _ template: ParsedTemplate, _ field: ShapeField, _ line: FileLine, _ shape: Shape, _ path: String,
        _ variables: Variables
    ) -> Template {
        let place = path.isEmpty ? field.name : "\(path).\(field.name)"
        let template = shape.name == "completeness" ? conditional(template) : template
        guard case .object(let inner) = field.type else { return scalar(template, field, place, variables) }
        if !field.isList, case .list(_, let line) = template {
            fail(line, "\(place) is one object, not a list", hint: "write its fields below it")
        }
        return objectTemplate(template, of: CanonicalShapes.shape(inner), path: place, variables)
    }

    /// `complete: {bookings: {when: …, from: …}}` is the window, if the condition holds.
    private mutating func conditional(_ template: ParsedTemplate) -> ParsedTemplate {
        guard case .object(let members, let line) = template else { return template }
        var condition: LocatedExpression?
        var rest: [ParsedTemplate.Member] = []
        for member in members {
            switch member {
            case .field("when", .first(let expression), _): condition = expression
            case .field("when", _, let line):
                fail(line, "when is no condition", hint: "write \"{{ … }}\"")
            default: rest.append(member)
            }
        }
        guard let condition else { return rest.count == members.count ? template : .object(rest, line: line) }
        let body: ParsedTemplate = rest.isEmpty ? .constant("true", line: line) : .object(rest, line: line)
        return .choice([(condition, body)], otherwise: nil)
    }

    /// A template of whole objects.
    private mutating func objectTemplate(
        _ template: ParsedTemplate, of shape: Shape, path: String, _ variables: Variables
    ) -> Template {
        switch template {
        case .object(let members, _):
            var given: Set<FieldID> = []
            return .object(
                object(members, of: shape, path: path, variables: variables, isMessageWide: false, given: &given))
        case .list(let templates, _):
            return .list(templates.map { objectTemplate($0, of: shape, path: path, variables) })
        case .each(let item, let index, let collection, let body):
            return each(item, index, collection, variables) { compiler, inner in
                compiler.objectTemplate(body, of: shape, path: path, inner)
            }
        case .focused(let collection, let body):
            return each(nil, nil, collection, variables) { compiler, inner in
                compiler.objectTemplate(body, of: shape, path: path, inner)
            }
        case .choice(let branches, let otherwise):
            return choice(branches, otherwise: otherwise, variables) { compiler, body in
                compiler.objectTemplate(body, of: shape, path: path, variables)
            }
        case .constant, .text, .first, .all: return notAnObject(template, path)
        }
    }

    /// A template whose members join those of an object that is already open: a condition or `merge` beside other keys.
    private mutating func splice(
        _ template: ParsedTemplate, of shape: Shape, path: String, _ variables: Variables, given: inout Set<FieldID>
    ) -> Template {
        switch template {
        case .object(let members, _):
            return .object(
                object(members, of: shape, path: path, variables: variables, isMessageWide: false, given: &given))
        case .list(let templates, _):
            return .list(templates.map { splice($0, of: shape, path: path, variables, given: &given) })
        case .each(let item, let index, let collection, let body):
            return repeated(item, index, collection, body, of: shape, path: path, variables, given: &given)
        case .focused(let collection, let body):
            return repeated(nil, nil, collection, body, of: shape, path: path, variables, given: &given)
        case .choice(let branches, let otherwise):
            let before = given
            var after = given
            let compiled = choice(branches, otherwise: otherwise, variables) { compiler, body in
                var given = before
                defer { after.formUnion(given) }
                return compiler.splice(body, of: shape, path: path, variables, given: &given)
            }
            given = after
            return compiled
        case .constant, .text, .first, .all: return notAnObject(template, path)
        }
    }

    /// Each time round may write over what the last one gave.
    private mutating func repeated(
        _ item: String?, _ index: String?, _ collection: LocatedExpression, _ body: ParsedTemplate, of shape: Shape,
        path: String, _ variables: Variables, given: inout Set<FieldID>
    ) -> Template {
        given.formUnion(shape.fields.map { CanonicalShapes.fields[$0].id })
        var inside = given
        return each(item, index, collection, variables) { compiler, inner in
            compiler.splice(body, of: shape, path: path, inner, given: &inside)
        }
    }

    private mutating func notAnObject(_ template: ParsedTemplate, _ path: String) -> Template {
        let what: String
        switch template {
        case .constant, .text: what = "a text"
        default: what = "a value"
        }
        fail(
            template.line, "\(path.isEmpty ? "a message" : path) is an object, not \(what)",
            hint: "write its fields below it")
        return .object([])
    }
}
