import CanonicalModel
import FHIRPath

/// What a run tells beside the message: its issues and, when asked for, where each value came from.
extension MappingRun {
    func writeIssues() {
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

    /// Turns what expressions reported into issues of the field being written.
    /// - Returns: whether something in the data could not be used.
    @discardableResult
    func collectProblems() -> Bool {
        guard evaluator.hasProblems else { return false }
        var isDataLost = false
        for problem in evaluator.takeProblems() {
            if problem.isDeliberate, issues.count(problem.code, more: problem.count) { continue }
            let severity: Issue.Severity = problem.isDeliberate ? .information : .warning
            if !problem.isDeliberate { isDataLost = true }
            let isPathWanted = issues.wantsPath(problem.code, isCounted: problem.isDeliberate)
            let node = isPathWanted ? problem.node.map { Value.node($0, tree: 0) } ?? sourceNodes.last : nil
            issues.add(
                Issue(
                    severity, problem.code, path: node.flatMap(path),
                    target: problem.isDeliberate ? nil : target, count: problem.isDeliberate ? problem.count : nil),
                isCounted: problem.isDeliberate)
        }
        return isDataLost
    }

    func report(_ severity: Issue.Severity, _ code: String, at value: Value?) {
        collectProblems()
        guard issues.wantsPath(code, isCounted: false) else {
            return issues.add(Issue(severity, code, target: target), isCounted: false)
        }
        let path = value.flatMap(path) ?? sourceNodes.last.flatMap(path)
        issues.add(Issue(severity, code, path: path, target: target), isCounted: false)
    }

    private func path(_ node: Value) -> String? { evaluator.path(node, naming: mapping.names) }

    private var target: String? {
        fieldPath.isEmpty ? nil : fieldPath.map { CanonicalShapes.field($0).name }.joined(separator: ".")
    }

    // MARK: Explanations

    func explain(_ place: Int32, _ source: Value?) {
        guard let target else { return }
        explanations.append(
            ValueExplanation(
                target: target, place: mapping.places[Int(place)], source: source.flatMap(path)))
    }

    /// The node that a value came from: itself, else what its expression started from, else what the item stands for.
    func origin(of value: Value?, from expressions: [ExpressionRef]) -> Value? {
        if let value, value.kind == .node { return value }
        // Looking for it again must change nothing of what the message says.
        let outerReach = reachesConfidential
        defer {
            reachesConfidential = outerReach
            _ = evaluator.takeProblems()
        }
        return expressions.lazy.compactMap { self.mapping.sources[$0]?.node(in: self.evaluator) }.first
            ?? sourceNodes.last
    }
}
