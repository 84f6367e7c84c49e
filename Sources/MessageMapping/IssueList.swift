import CanonicalModel

/// The issues of one message, bounded. What an author leaves out on purpose is told once with a count.
struct IssueList: Sendable {
    private static let limit = 1000

    private(set) var issues: [Issue] = []
    private var seen: Set<Issue> = []
    private var counted: [String: Int] = [:]

    /// Whether the place of another issue would be kept. Finding it costs as much as there are like nodes beside it, so
    /// that a hostile message could make it dear.
    func wantsPath(_ code: String, isCounted: Bool) -> Bool {
        isCounted ? counted[code] == nil : issues.count < Self.limit
    }

    /// Counts more of a code that is told once with a count.
    /// - Returns: false when none was told yet.
    mutating func count(_ code: String, more: Int) -> Bool {
        guard let index = counted[code] else { return false }
        issues[index].count = (issues[index].count ?? 1) + more
        return true
    }

    /// Adds an issue. Where it is counted, one entry stands for all of the same code: its path is the first one's, its
    /// count theirs.
    mutating func add(_ issue: Issue, isCounted: Bool) {
        if isCounted {
            if count(issue.code, more: issue.count ?? 1) { return }
            counted[issue.code] = issues.count
            var first = issue
            first.count = issue.count ?? 1
            return issues.append(first)
        }
        guard issues.count < Self.limit else { return add(Issue(.warning, "issues-left-out"), isCounted: true) }
        if seen.insert(issue).inserted { issues.append(issue) }
    }
}
