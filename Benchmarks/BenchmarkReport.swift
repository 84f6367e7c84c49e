import Foundation

/// The table, and the goals held against it.
struct BenchmarkReport {
    /// A figure that a goal is set for.
    struct Goal {
        let title: String
        let value: String
        let goal: String
        let isMet: Bool?
    }

    let measurements: [Measurement]
    /// Bytes that reading the largest record needs at most, in a process of its own; nil when it was not read.
    let peakMemory: Int?
    let options: BenchmarkOptions
    /// Why some rows are not there.
    let missing: [String]

    private subscript(id: String) -> Measurement? { measurements.first { $0.workload.id == id } }

    /// Messages a second, as a part of another row's.
    private func ratio(_ id: String, to other: String) -> Double? {
        guard let row = self[id], let other = self[other] else { return nil }
        return other.ratio(to: row)
    }

    var goals: [Goal] {
        var goals: [Goal] = []
        func share(_ title: String, _ id: String, _ other: String, atLeast goal: Double?) {
            guard let ratio = ratio(id, to: other) else { return }
            goals.append(
                Goal(
                    title: title, value: Self.percent(ratio), goal: goal.map { "at least \(Self.percent($0))" } ?? "",
                    isMet: goal.map { ratio >= $0 }))
        }
        share("XML: whole / SAX2", "xml.whole", "xml.sax2", atLeast: 0.4)
        share("XML: whole / libxml2's own tree", "xml.whole", "xml.dom", atLeast: 1)
        share("XML: our tree / SAX2", "xml.tree", "xml.sax2", atLeast: nil)
        if let whole = self["json.whole"] {
            let rate = whole.megabytesPerSecond
            goals.append(
                Goal(
                    title: "JSON: whole", value: Self.fixed(rate, 0) + " MB/s", goal: "at least 150 MB/s",
                    isMet: rate >= 150))
        }
        share("JSON: whole / simdjson", "json.whole", "json.simdjson", atLeast: nil)
        share("JSON: our tree / simdjson", "json.tree", "json.simdjson", atLeast: nil)
        share("JSON: whole / JSONDecoder", "json.whole", "json.decoder", atLeast: nil)
        let peers = ["xml.saxon", "xml.libxslt"].compactMap { self[$0] }
        if let whole = self["xml.whole"], let fastest = peers.min(by: { $0.median < $1.median }) {
            let factor = fastest.ratio(to: whole)
            goals.append(
                Goal(
                    title: "XML: whole / \(fastest.workload.title)", value: Self.fixed(factor, 2) + " times as many",
                    goal: "at least 3 times", isMet: factor >= 3))
        }
        for format in ["xml", "json"] {
            guard let once = self["\(format).whole"], let tenfold = self["\(format).whole.x10"] else { continue }
            let cost = tenfold.ratio(to: once)
            goals.append(
                Goal(
                    title: "\(format.uppercased()): ten times the items, joins included",
                    value: Self.fixed(cost, 2) + " times the time", goal: "8.5 to 11.5",
                    isMet: (8.5...11.5).contains(cost)))
        }
        return goals + recordGoals
    }

    /// A record's statement costs no more in a large record than in a small one, and the largest fits into memory.
    private var recordGoals: [Goal] {
        let records = measurements.filter { $0.workload.statements != nil }
        var goals: [Goal] = []
        for record in records.dropFirst() {
            guard let first = records.first, let few = first.workload.statements, let many = record.workload.statements
            else { continue }
            let cost = record.ratio(to: first) * Double(few) / Double(many)
            goals.append(
                Goal(
                    title: "a statement: \(record.workload.id) / \(first.workload.id)",
                    value: Self.fixed(cost, 2) + " times the time", goal: "at most 1.15", isMet: cost <= 1.15))
        }
        if let peakMemory, let largest = records.last {
            let megabytes = Double(peakMemory) / 1e6
            goals.append(
                Goal(
                    title: "\(largest.workload.id): memory at most", value: Self.fixed(megabytes, 0) + " MB",
                    goal: "at most 300 MB", isMet: megabytes <= 300))
        }
        return goals
    }

    var table: String {
        var lines = [
            "One thread. CPU time of that thread: median of \(options.rounds) rounds of \(options.slice) ms a row, rows in turn, after \(options.warmUp) ms of warm-up a row.",
            "", Self.line("", "bytes", "MB/s", "messages/s", "µs each", "spread"),
        ]
        for row in measurements {
            lines.append(
                Self.line(
                    row.workload.title, String(row.workload.size), Self.fixed(row.megabytesPerSecond, 1),
                    Self.fixed(row.messagesPerSecond, 0), Self.fixed(row.median / 1e3, 1),
                    "± \(Self.percent(row.spread))", id: row.workload.id))
        }
        lines.append("")
        for goal in goals {
            let verdict = goal.isMet.map { $0 ? "met" : "NOT MET" } ?? ""
            lines.append(
                "  " + Self.left(goal.title, 44) + Self.right(goal.value, 22) + "   " + Self.left(goal.goal, 20)
                    + verdict)
        }
        lines += missing.map { "  \($0)" }
        return lines.joined(separator: "\n")
    }

    /// One line, for machines.
    func json() throws -> String {
        let rows = measurements.map { row in
            [
                "id": row.workload.id, "bytes": row.workload.size, "nanoseconds": row.median.rounded(),
                "megabytesPerSecond": row.megabytesPerSecond, "messagesPerSecond": row.messagesPerSecond,
                "spread": row.spread,
            ] as [String: Any]
        }
        let goals = goals.map { goal in
            [
                "title": goal.title, "value": goal.value, "goal": goal.goal,
                "met": goal.isMet.map { $0 as Any } ?? NSNull(),
            ]
                as [String: Any]
        }
        let data = try JSONSerialization.data(
            withJSONObject: ["rows": rows, "goals": goals, "missing": missing] as [String: Any], options: [.sortedKeys])
        return String(decoding: data, as: UTF8.self)
    }

    private static func line(_ title: String, _ columns: String..., id: String = "") -> String {
        let widths = [9, 10, 12, 10, 9]
        return "  " + left(id, 20) + left(title, 52) + zip(columns, widths).map { right($0, $1) }.joined()
    }

    private static func percent(_ part: Double) -> String { fixed(part * 100, part < 0.1 ? 1 : 0) + " %" }

    private static func fixed(_ number: Double, _ digits: Int) -> String {
        String(format: "%.\(digits)f", number)
    }

    private static func left(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
