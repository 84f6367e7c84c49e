import Telemetry

package import struct Foundation.Date

extension StatusReport {
    /// A table for people. It says its age first, since a daemon that hangs leaves an old file behind.
    package func render(now: Date) -> String {
        let age = age(now: now)
        let doubt = isStale(now: now) ? " — STALE: the daemon has died or hangs" : ""
        var lines = [
            "hatchway \(program), process \(pid), \(state), up \(Self.span(uptimeSeconds))",
            "written \(Self.span(age)) ago\(doubt)",
        ]
        lines += table(
            "SOURCE", sources,
            columns: ["accepted", "repeated", "refused"], extra: ["WAITING", "AWAITING-ID", "QUARANTINED"]
        ) { name in
            guard let messages = messages?[name] else { return ["-", "-", "-"] }
            return ["\(messages.accepted)", "\(messages.awaitingIdentity)", "\(messages.quarantined)"]
        }
        if let files, !files.isEmpty { lines += [""] + files.map(Self.line) }
        lines += table(
            "CONSUMER", consumers,
            columns: ["delivered", "retried", "dead-lettered"], extra: ["BACKLOG", "OLDEST"]
        ) { name in
            let line = consumers[name]
            let oldest = line?.oldestWaiting.map { Self.span(max(0, Int(now.timeIntervalSince($0)))) }
            return ["\(line?.backlog ?? 0)", oldest ?? "-"]
        }
        var withheld: [String] = []
        for (name, line) in consumers.sorted(by: { $0.key < $1.key }) {
            let rules = line.counts.filter { $0.key.hasPrefix("withheld.") }.sorted { $0.key < $1.key }
                .map { "\($0.key.dropFirst("withheld.".count)) \($0.value)" }
            if !rules.isEmpty { withheld.append("withheld from \(name), by rule: \(rules.joined(separator: ", "))") }
        }
        if !withheld.isEmpty { lines += [""] + withheld }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func line(_ file: File) -> String {
        let percent = file.bytes > 0 ? 100 * file.bytesDone / file.bytes : 100
        return "file \(file.id) from \(file.source): \(percent) % taken apart, \(file.parts) parts: "
            + "\(file.partsRead) read, \(file.partsAwaitingIdentity) awaiting identity, "
            + "\(file.partsQuarantined) quarantined"
    }

    private func table(
        _ title: String, _ rows: [String: StatusBoard.Line], columns: [String], extra: [String],
        _ more: (String) -> [String]
    ) -> [String] {
        guard !rows.isEmpty else { return [] }
        var cells = [[title, "STATE"] + columns.map { $0.uppercased() } + extra + ["LAST ERROR"]]
        for (name, line) in rows.sorted(by: { $0.key < $1.key }) {
            let counts = columns.map { "\(line.counts[$0] ?? 0)" }
            cells.append([name, line.state] + counts + more(name) + [line.lastError ?? "-"])
        }
        let widths = cells[0].indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
        return [""]
            + cells.map { row in
                let padded = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
                let line = padded.joined(separator: "  ")
                return String(line.reversed().drop(while: { $0 == " " }).reversed())
            }
    }

    /// A span of time in its two greatest units: `3d 4h`, `5m 2s`.
    static func span(_ seconds: Int) -> String {
        let units = [("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)]
        let first = units.firstIndex { seconds >= $0.1 } ?? 3
        var rest = seconds
        var parts: [String] = []
        for (name, length) in units[first...].prefix(2) {
            parts.append("\(rest / length)\(name)")
            rest %= length
        }
        return parts.joined(separator: " ")
    }
}
