import CanonicalModel
import FHIRPath

/// Objects, their members, loops and conditions.
extension MappingRun {
    /// Writes the members of an object into the one that is open.
    func writeMembers(_ object: TemplatePlan.Node) -> Written {
        var written = Written()
        var bindings: [(VariableSlot, Range<Int>)] = []
        for index in object.a..<object.a + object.b {
            let member = plan[plan.entry(index)]
            switch member.operation {
            case .assign: assign(member, &bindings)
            case .splice: written = written | splice(plan[member.a])
            default: written = written | writeField(member)
            }
        }
        for (slot, before) in bindings.reversed() { evaluator.unbind(slot, before) }
        return written
    }

    private func assign(_ member: TemplatePlan.Node, _ bindings: inout [(VariableSlot, Range<Int>)]) {
        for number in 0..<member.b {
            guard let slot = plan.slot(plan.entry(member.a + number * 2)) else { continue }
            bindings.append((slot, evaluator.bind(slot, values(plan[plan.entry(member.a + number * 2 + 1)]))))
        }
    }

    private func writeField(_ member: TemplatePlan.Node) -> Written {
        let field = fields[Int(member.a)]
        if !voided.isEmpty, CanonicalItems.isVoid(field.id, voided) { return Written() }
        let earlier = member.c == 1 ? message.all(field.id, from: openNode + 1) : []
        fieldPath.append(field.id)
        let written = write(plan[member.b], field)
        fieldPath.removeLast()
        if written.isAnything {
            for node in earlier.reversed() { message.remove(node) }
            openFields |= field.bit
        }
        return written
    }

    /// Members that join those of the object that is open.
    private func splice(_ template: TemplatePlan.Node) -> Written {
        switch template.operation {
        case .object: return writeMembers(template)
        case .choice: return branch(template).map { splice(plan[$0]) } ?? Written()
        case .list:
            return (template.a..<template.a + template.b).reduce(Written()) { $0 | splice(plan[plan.entry($1)]) }
        case .each: return each(template, of: nil) { splice(plan[template.d]) }
        default: return Written()
        }
    }

    func write(_ template: TemplatePlan.Node, _ field: FieldPlan) -> Written {
        switch template.operation {
        case .first: return writeFirst(template, field)
        case .object: return field.kind == .object ? writeObject(template, field) : Written()
        case .list:
            return (template.a..<template.a + template.b).reduce(Written()) { $0 | write(plan[plan.entry($1)], field) }
        case .each: return each(template, of: field) { write(plan[template.d], field) }
        case .choice: return branch(template).map { write(plan[$0], field) } ?? Written()
        default: return writeValues(template, field)
        }
    }

    /// The body of the first branch whose condition holds.
    func branch(_ choice: TemplatePlan.Node) -> Int32? {
        for number in 0..<choice.b {
            let condition = plan.expression(plan.entry(choice.a + number * 2))
            if evaluator.holds(condition, on: nil) { return plan.entry(choice.a + number * 2 + 1) }
        }
        return choice.c < 0 ? nil : choice.c
    }

    private func writeObject(_ template: TemplatePlan.Node, _ field: FieldPlan) -> Written {
        let shape = shapes[field.type]
        let outer = (reachesConfidential, openNode, openFields)
        // An item stands for its own source node; what is inside an item shares the item's mark.
        reachesConfidential = isMarking && (sourceNodes.last.map { marks.contains($0, evaluator) } ?? false)
        let node = message.begin(field.id)
        openNode = node
        openFields = 0
        let written = writeMembers(template)
        if shape.isSource { writeStamp(into: node) }
        if reachesConfidential, !field.isContainer {
            message.markConfidential(node)
            if field.isItem, let confidential = shape.confidential,
                openFields & fields[Int(confidential.rawValue)].bit == 0
            {
                message.append(confidential, "true")
            }
        }
        let isMissingPart = shape.required & ~openFields != 0
        reachesConfidential = field.isItem || field.isContainer ? outer.0 : outer.0 || reachesConfidential
        (_, openNode, openFields) = outer
        guard message.end(node) else {
            message.drop(node)
            return Written()
        }
        guard isMissingPart else { return Written(isAnything: true, isData: written.isData) }
        message.drop(node)
        // A picture whose holes all stayed empty is nothing; one that lost a part that it needs is told.
        if written.isData {
            report(field.isItem ? .error : .warning, field.isItem ? "item-left-out" : "part-left-out", at: nil)
            if field.isItem { voided.insert(field.id) }
        }
        return Written()
    }

    private func each(_ loop: TemplatePlan.Node, of field: FieldPlan?, _ body: () -> Written) -> Written {
        // What a loop over items reaches marks each item by itself, not the section that they stand in.
        let outer = reachesConfidential
        defer {
            if let field, field.isItem { reachesConfidential = outer }
        }
        let values = evaluator.push(plan.expression(loop.a))
        defer { evaluator.pop(values) }
        var written = Written(isAnything: false, isData: collectProblems())
        for position in values {
            let value = evaluator[position]
            // Nodes of the transport context and the header are not what an item stands for.
            let isNode = value.kind == .node && !Evaluator.besides.contains(value.space)
            if isNode { sourceNodes.append(value) }
            written = written | round(loop, value, position - values.lowerBound, body)
            if isNode { sourceNodes.removeLast() }
        }
        return written
    }

    /// Goes once through a loop: with its value as a variable, or where there is none as `$this`.
    func round<Result>(_ loop: TemplatePlan.Node, _ value: Value, _ position: Int, _ body: () -> Result) -> Result {
        let item = plan.slot(loop.b)
        let index = plan.slot(loop.c)
        let outerFocus = focus
        let before = item.map { evaluator.bind($0, to: value) }
        let indexBefore = index.map { evaluator.bind($0, to: .integer(Int64(position))) }
        if item == nil { setFocus(value) }
        defer {
            if item == nil { setFocus(outerFocus) }
            if let index, let indexBefore { evaluator.unbind(index, indexBefore) }
            if let item, let before { evaluator.unbind(item, before) }
        }
        return body()
    }

    private func setFocus(_ value: Value) {
        focus = value
        evaluator.focus(on: value)
    }
}
