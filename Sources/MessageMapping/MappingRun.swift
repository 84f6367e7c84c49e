import CanonicalModel
import Documents
import FHIRPath

/// One message going through one mapping: the template is walked once, values are written straight into the canonical
/// arena, and what could not be read becomes an issue.
final class MappingRun {
    private let mapping: Mapping
    private let tree: DocumentTree
    let evaluator: Evaluator
    private var message = CanonicalMessage()
    private(set) var issues = IssueList()
    private let marks: ConfidentialMarks
    private let isExplaining: Bool
    private(set) var explanations: [ValueExplanation] = []

    /// The names of the fields being written, for an issue's target.
    private var fieldPath: [String] = []
    /// The source nodes that the objects being written were made from.
    private var sourceNodes: [Int] = []
    private var reachesConfidential = false
    /// Kinds of which an item was left out: they are not complete.
    private var voided: Set<FieldID> = []
    private var place = 0
    private let stamp: SourceStamp

    /// What writing a template came to.
    private struct Written {
        /// Something is in the arena.
        var isAnything = false
        /// Something of it came from the message.
        var isData = false

        static func | (lhs: Written, rhs: Written) -> Written {
            Written(isAnything: lhs.isAnything || rhs.isAnything, isData: lhs.isData || rhs.isData)
        }
    }

    init(
        _ mapping: Mapping, tree: DocumentTree, transport: DocumentTree, header: DocumentTree? = nil,
        stamp: SourceStamp, isExplaining: Bool
    ) {
        self.mapping = mapping
        self.tree = tree
        self.stamp = stamp
        self.isExplaining = isExplaining
        evaluator = Evaluator(mapping.program, tree: tree, transport: transport, header: header, now: stamp.time)
        evaluator.focus(on: .node(0, tree: 0))
        marks = ConfidentialMarks(mapping.confidentiality, tree: tree, evaluator: evaluator)
        if !marks.isEmpty {
            evaluator.onReach = { [unowned self] node in
                if marks.contains(node) { reachesConfidential = true }
            }
        }
    }

    func run() -> CanonicalMessage {
        let root = message.begin(.message)
        message.append(CanonicalShapes.required("message", "mapping"), mapping.name)
        sourceNodes = [0]
        _ = write(mapping.members, of: CanonicalShapes.message)
        collectProblems()
        writeIssues()
        message.end(root)
        return message
    }

    private func writeIssues() {
        let shape = CanonicalShapes.required("issue")
        for issue in issues.issues {
            let node = message.begin(CanonicalShapes.required("message", "issues"))
            let values = [
                "severity": issue.severity.rawValue, "code": issue.code, "path": issue.path, "target": issue.target,
                "count": issue.count.map(String.init),
            ]
            for index in shape.fields {
                let field = CanonicalShapes.fields[index]
                if let value = values[field.name] ?? nil { message.append(field.id, value) }
            }
            message.end(node)
        }
    }

    /// What the gateway knows of a message's own description, beside what the mapping read.
    private func writeStamp(into node: Int) {
        let time = CanonicalShapes.required("source", "time")
        let isStated = message.first(time, in: node, upTo: message.nodes.count) != nil
        if !isStated { message.append(time, stamp.time) }
        message.append(
            CanonicalShapes.required("source", "timeKind"),
            isStated ? "stated" : stamp.isObserved ? "observed" : "accepted")
        message.append(CanonicalShapes.required("source", "digest"), stamp.digest)
    }

    // MARK: Objects

    private func write(_ members: [Template.Member], of shape: Shape) -> Written {
        var written = Written()
        var bindings: [(VariableSlot, Range<Int>)] = []
        for member in members {
            switch member {
            case .assign(let assignments):
                for assignment in assignments {
                    bindings.append((assignment.slot, evaluator.bind(assignment.slot, values(assignment.value))))
                }
            case .splice(let template):
                written = written | splice(template, of: shape)
            case .field(let id, _, _) where CanonicalItems.isVoid(id, voided): continue
            case .field(let id, let template, let place):
                let outerPlace = self.place
                self.place = place
                let field = CanonicalShapes.field(id)
                fieldPath.append(field.name)
                written = written | write(template, field)
                fieldPath.removeLast()
                self.place = outerPlace
            }
        }
        for (slot, before) in bindings.reversed() { evaluator.unbind(slot, before) }
        return written
    }

    private func splice(_ template: Template, of shape: Shape) -> Written {
        switch template {
        case .object(let members): return write(members, of: shape)
        case .choice(let branches, let otherwise):
            for branch in branches where holds(branch.condition) { return splice(branch.body, of: shape) }
            return otherwise.map { splice($0, of: shape) } ?? Written()
        case .list(let templates): return templates.reduce(Written()) { $0 | splice($1, of: shape) }
        case .each(let collection, let item, let index, let body):
            return each(collection, item, index, of: nil) { splice(body, of: shape) }
        default: return Written()
        }
    }

    private func write(_ template: Template, _ field: ShapeField) -> Written {
        switch template {
        case .object(let members):
            guard case .object(let shape) = field.type else { return Written() }
            return writeObject(members, field, CanonicalShapes.shape(shape))
        case .list(let templates): return templates.reduce(Written()) { $0 | write($1, field) }
        case .each(let collection, let item, let index, let body):
            return each(collection, item, index, of: field) { write(body, field) }
        case .choice(let branches, let otherwise):
            for branch in branches where holds(branch.condition) { return write(branch.body, field) }
            return otherwise.map { write($0, field) } ?? Written()
        case .constant(let bytes):
            let written = bytes.withUnsafeBytes { writeScalar($0, nil, field) }
            return Written(isAnything: written.isAnything, isData: false)
        case .first(let expression):
            return evaluator.first(expression, on: nil) { value, count in
                var written = Written(isAnything: false, isData: collectProblems())
                if count > 1 { report(.warning, "multiple-values", at: value) }
                if let value { written = written | writeValue(value, field) }
                return written
            }
        case .all(let expression):
            let values = evaluator.evaluate(expression)
            let written = Written(isAnything: false, isData: collectProblems())
            return values.reduce(written) { $0 | writeValue($1, field) }
        case .text(let parts):
            let bytes = text(parts)
            collectProblems()
            return bytes.withUnsafeBytes { writeScalar($0, nil, field) }
        }
    }

    private func writeObject(_ members: [Template.Member], _ field: ShapeField, _ shape: Shape) -> Written {
        let mark = message.mark
        let outer = reachesConfidential
        // An item stands for its own source node; what is inside an item shares the item's mark.
        reachesConfidential = sourceNodes.last.map(marks.contains) ?? false
        let node = message.begin(field.id)
        let written = write(members, of: shape)
        if shape.id == CanonicalItems.source { writeStamp(into: node) }
        let isItem = CanonicalItems.fields.contains(field.id)
        if reachesConfidential {
            message.markConfidential(node)
            if isItem, let confidential = CanonicalShapes.field("confidential", of: shape),
                message.first(confidential.id, in: node, upTo: message.nodes.count) == nil
            {
                message.append(confidential.id, "true")
            }
        }
        reachesConfidential = isItem ? outer : outer || reachesConfidential
        guard message.end(node) else {
            message.rollBack(to: mark)
            return Written()
        }
        guard isMissingPart(node, shape) else { return written }
        message.rollBack(to: mark)
        // A picture whose holes all stayed empty is nothing; one that lost a part that it needs is told.
        if written.isData {
            report(isItem ? .error : .warning, isItem ? "item-left-out" : "part-left-out", at: nil)
            if isItem { voided.insert(field.id) }
        }
        return Written()
    }

    private func isMissingPart(_ node: Int, _ shape: Shape) -> Bool {
        shape.fields.contains { index in
            let field = CanonicalShapes.fields[index]
            return field.isRequired && message.first(field.id, in: node) == nil
        }
    }

    private func each(
        _ collection: ExpressionRef, _ item: VariableSlot, _ index: VariableSlot?, of field: ShapeField?,
        _ body: () -> Written
    ) -> Written {
        var written = Written()
        // What a loop over items reaches marks each item by itself, not the section that they stand in.
        let outer = reachesConfidential
        defer {
            if let field, CanonicalItems.fields.contains(field.id) { reachesConfidential = outer }
        }
        for (position, value) in evaluator.evaluate(collection).enumerated() {
            let before = evaluator.bind(item, [value])
            let indexBefore = index.map { evaluator.bind($0, [.integer(Int64(position))]) }
            let isNode = value.kind == .node && value.space == 0
            if isNode { sourceNodes.append(value.nodeIndex) }
            written = written | body()
            if isNode { sourceNodes.removeLast() }
            if let index, let indexBefore { evaluator.unbind(index, indexBefore) }
            evaluator.unbind(item, before)
        }
        return written
    }

    private func holds(_ condition: ExpressionRef) -> Bool { evaluator.holds(condition, on: nil) }

    // MARK: Values

    private func values(_ template: Template) -> [Value] {
        switch template {
        case .constant(let bytes): return [evaluator.makeText(.string, bytes)]
        case .first(let expression):
            return evaluator.first(expression, on: nil) { value, count in
                if count > 1 { report(.warning, "multiple-values", at: value) }
                return value.map { [$0] } ?? []
            }
        case .all(let expression): return evaluator.evaluate(expression)
        case .text(let parts): return [evaluator.makeText(.string, text(parts))]
        default: return []
        }
    }

    private func text(_ parts: [Template.Part]) -> [UInt8] {
        var bytes: [UInt8] = []
        for part in parts {
            switch part {
            case .constant(let constant): bytes += constant
            case .value(let expression):
                let text = evaluator.first(expression, on: nil) { value, _ in value.flatMap(evaluator.string) }
                bytes += Array((text ?? "").utf8)
            }
        }
        return bytes
    }

    private func writeValue(_ value: Value, _ field: ShapeField) -> Written {
        guard let atom = evaluator.atomic(value) else {
            report(.warning, "value-is-object", at: value)
            return Written()
        }
        switch atom.kind {
        case .integer, .boolean:
            let text = Array((evaluator.string(atom) ?? "").utf8)
            return text.withUnsafeBytes { writeScalar($0, value, field) }
        default:
            return evaluator.withText(atom) { writeScalar($0, value, field) }
        }
    }

    /// Writes a text as what the field holds; what it cannot be read as is left out and told.
    private func writeScalar(_ text: UnsafeRawBufferPointer, _ source: Value?, _ field: ShapeField) -> Written {
        guard !text.isEmpty else { return Written() }
        switch field.type {
        case .string, .uri, .digest, .object: message.append(field.id, text)
        case .boolean:
            guard text.elementsEqual("true".utf8) || text.elementsEqual("false".utf8) else {
                return unreadable("boolean-unreadable", source)
            }
            // An author may put the mark on an item and cannot take it off.
            if text.count == 5, CanonicalItems.confidential.contains(field.id) {
                return Written(isAnything: false, isData: true)
            }
            message.append(field.id, text)
        case .integer:
            guard NumberText.isInteger(text) else { return unreadable("number-unreadable", source) }
            message.append(field.id, text)
        case .decimal:
            guard NumberText.isDecimal(text) else { return unreadable("number-unreadable", source) }
            message.append(field.id, text)
        case .dateTime, .instant:
            let date = DateTimeText.normalised(text)
            guard !date.bytes.isEmpty, field.type != .instant || date.isInstant else {
                return unreadable("date-unreadable", source)
            }
            if let issue = date.issue { report(.warning, issue, at: source) }
            message.append(field.id, date.bytes)
        case .oneOf(let list): return writeWord(text, source, field, CanonicalShapes.closedLists[list])
        }
        explain(source)
        return Written(isAnything: true, isData: true)
    }

    private func writeWord(
        _ text: UnsafeRawBufferPointer, _ source: Value?, _ field: ShapeField, _ words: [String]
    ) -> Written {
        if words.contains(where: { text.elementsEqual($0.utf8) }) {
            message.append(field.id, text)
        } else {
            report(.warning, "value-unmapped", at: source)
            guard words.contains("unknown") else { return Written(isAnything: false, isData: true) }
            message.append(field.id, "unknown")
        }
        explain(source)
        return Written(isAnything: true, isData: true)
    }

    private func unreadable(_ code: String, _ source: Value?) -> Written {
        report(.warning, code, at: source)
        return Written(isAnything: false, isData: true)
    }

    // MARK: Issues

    /// Turns what expressions reported into issues of the field being written.
    /// - Returns: whether something in the data could not be used.
    @discardableResult
    private func collectProblems() -> Bool {
        guard !evaluator.problems.isEmpty else { return false }
        var isDataLost = false
        for problem in evaluator.takeProblems() {
            let severity: Issue.Severity = problem.isDeliberate ? .information : .warning
            if !problem.isDeliberate { isDataLost = true }
            let isPathWanted = issues.wantsPath(problem.code, isCounted: problem.isDeliberate)
            let node = isPathWanted ? problem.node ?? sourceNodes.last : nil
            issues.add(
                Issue(severity, problem.code, path: node.map(tree.path), target: problem.isDeliberate ? nil : target),
                isCounted: problem.isDeliberate)
        }
        return isDataLost
    }

    private func report(_ severity: Issue.Severity, _ code: String, at value: Value?) {
        collectProblems()
        guard issues.wantsPath(code, isCounted: false) else {
            return issues.add(Issue(severity, code, target: target), isCounted: false)
        }
        let node = value.flatMap { $0.kind == .node && $0.space == 0 ? $0.nodeIndex : nil } ?? sourceNodes.last
        issues.add(Issue(severity, code, path: node.map(tree.path), target: target), isCounted: false)
    }

    private var target: String? { fieldPath.isEmpty ? nil : fieldPath.joined(separator: ".") }

    private func explain(_ source: Value?) {
        guard isExplaining, let target else { return }
        let node = source.flatMap { $0.kind == .node && $0.space == 0 ? $0.nodeIndex : nil } ?? sourceNodes.last
        explanations.append(
            ValueExplanation(target: target, place: mapping.places[place], source: node.map(tree.path)))
    }
}
