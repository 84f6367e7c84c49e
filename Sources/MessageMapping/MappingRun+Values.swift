import CanonicalModel
import FHIRPath

/// Values, as fields hold them.
extension MappingRun {
    /// `{{ }}`: the first value.
    func writeFirst(_ template: TemplatePlan.Node, _ field: FieldPlan) -> Written {
        let expression = plan.expression(template.a)
        let first = evaluator.first(expression)
        if isExplaining, first.count > 0 || first.hasProblems { exercised.insert(template.place) }
        var written = Written(isAnything: false, isData: first.hasProblems && collectProblems())
        guard let value = first.value else { return written }
        if first.count > 1 { report(.warning, "multiple-values", at: value) }
        written = written | writeValue(value, first.text, field)
        if isExplaining, written.isAnything { explain(template.place, origin(of: value, from: [expression])) }
        return written
    }

    /// A constant, all values of an expression, or a text with holes.
    func writeValues(_ template: TemplatePlan.Node, _ field: FieldPlan) -> Written {
        switch template.operation {
        case .constant where template.b > 0 && (field.kind == .word || field.kind == .text):
            // It was compared with the list when the mapping was read.
            message.append(field.id, plan.constant(template))
            if isExplaining {
                exercised.insert(template.place)
                explain(template.place, nil)
            }
            return Written(isAnything: true, isData: false)
        case .constant:
            let written = writeScalar(plan.constant(template), nil, field)
            if isExplaining, written.isAnything {
                exercised.insert(template.place)
                explain(template.place, nil)
            }
            return Written(isAnything: written.isAnything, isData: false)
        case .all:
            let expression = plan.expression(template.a)
            let values = evaluator.evaluate(expression)
            if isExplaining, !values.isEmpty || evaluator.hasProblems { exercised.insert(template.place) }
            let written = Written(isAnything: false, isData: collectProblems())
            return values.reduce(written) { written, value in
                let own = writeValue(value, evaluator.text(of: value), field)
                if isExplaining, own.isAnything { explain(template.place, origin(of: value, from: [expression])) }
                return written | own
            }
        default:
            guard let bytes = text(template) else { return Written(isAnything: false, isData: collectProblems()) }
            let isData = collectProblems()
            if isExplaining { exercised.insert(template.place) }
            let written = bytes.withUnsafeBytes { writeScalar($0, nil, field) }
            if isExplaining, written.isAnything { explain(template.place, origin(of: nil, from: holes(of: template))) }
            return Written(isAnything: written.isAnything, isData: written.isData || isData)
        }
    }

    /// The values of a variable.
    func values(_ template: TemplatePlan.Node) -> [Value] {
        let values = valuesUnnoted(template)
        if isExplaining {
            switch template.operation {
            case .constant, .first, .all, .text:
                if !values.isEmpty || evaluator.hasProblems { exercised.insert(template.place) }
            default: break
            }
        }
        return values
    }

    private func valuesUnnoted(_ template: TemplatePlan.Node) -> [Value] {
        switch template.operation {
        case .constant: return [evaluator.makeText(.string, plan.constant(template))]
        case .first:
            let first = evaluator.first(plan.expression(template.a))
            if first.count > 1 { report(.warning, "multiple-values", at: first.value) }
            return first.value.map { [$0] } ?? []
        case .all: return evaluator.evaluate(plan.expression(template.a))
        case .text: return text(template).map { [evaluator.makeText(.string, $0)] } ?? []
        case .list:
            return (template.a..<template.a + template.b).flatMap { values(plan[plan.entry($0)]) }
        case .each:
            return evaluator.evaluate(plan.expression(template.a)).enumerated().flatMap { position, value in
                round(template, value, position) { values(plan[template.d]) }
            }
        case .choice: return branch(template).map { values(plan[$0]) } ?? []
        default: return []
        }
    }

    /// A text with its holes filled; nil when one of them stays empty (FPML, *String concatenation*).
    private func text(_ template: TemplatePlan.Node) -> [UInt8]? {
        var bytes: [UInt8] = []
        for index in template.a..<template.a + template.b {
            let part = plan[plan.entry(index)]
            guard part.operation == .first else {
                bytes += plan.constant(part)
                continue
            }
            let first = evaluator.first(plan.expression(part.a))
            if first.count > 1 { report(.warning, "multiple-values", at: first.value) }
            guard let text = first.text, !text.isEmpty else { return nil }
            bytes += text
        }
        return bytes
    }

    private func holes(of template: TemplatePlan.Node) -> [ExpressionRef] {
        (template.a..<template.a + template.b).map { plan[plan.entry($0)] }.filter { $0.operation == .first }
            .map { plan.expression($0.a) }
    }

    private func writeValue(_ value: Value, _ text: UnsafeRawBufferPointer?, _ field: FieldPlan) -> Written {
        guard let text else {
            report(.warning, "value-is-object", at: value)
            return Written()
        }
        return writeScalar(text, value, field)
    }

    /// Writes a text as what the field holds; what it cannot be read as is left out and told.
    private func writeScalar(_ text: UnsafeRawBufferPointer, _ source: Value?, _ field: FieldPlan) -> Written {
        guard !text.isEmpty else { return Written() }
        switch field.kind {
        case .text, .object: message.append(field.id, text)
        case .boolean:
            guard text.elementsEqual("true".utf8) || text.elementsEqual("false".utf8) else {
                return unreadable("boolean-unreadable", source)
            }
            // An author may put the mark on an item and cannot take it off.
            if text.count == 5, field.isConfidential { return Written(isAnything: false, isData: true) }
            message.append(field.id, text)
        case .integer:
            guard NumberText.isInteger(text) else { return unreadable("number-unreadable", source) }
            message.append(field.id, text)
        case .decimal:
            guard NumberText.isDecimal(text) else { return unreadable("number-unreadable", source) }
            message.append(field.id, text)
        case .dateTime, .instant:
            if let source, source.kind == .dateTime,
                source.mark >= (field.kind == .instant ? DateTimeText.momentMark : DateTimeText.dateMark)
            {
                message.append(field.id, text)
                break
            }
            let date = DateTimeText(text)
            guard date.isDate, field.kind != .instant || date.isInstant else {
                return unreadable("date-unreadable", source)
            }
            if let issue = date.issue { report(.warning, issue, at: source) }
            _ = date.withBytes { message.append(field.id, $0) }
        case .word: return writeWord(text, source, field)
        }
        return Written(isAnything: true, isData: true)
    }

    private func writeWord(_ text: UnsafeRawBufferPointer, _ source: Value?, _ field: FieldPlan) -> Written {
        if WordLists.contains(text, in: field.type) {
            message.append(field.id, text)
        } else {
            report(.warning, "value-unmapped", at: source)
            guard CanonicalShapes.closedLists[field.type].contains("unknown") else {
                return Written(isAnything: false, isData: true)
            }
            message.append(field.id, "unknown")
        }
        return Written(isAnything: true, isData: true)
    }

    private func unreadable(_ code: String, _ source: Value?) -> Written {
        report(.warning, code, at: source)
        return Written(isAnything: false, isData: true)
    }
}
