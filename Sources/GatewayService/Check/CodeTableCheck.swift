package import MessageMapping

/// Finds code tables that nothing reads, and rows that no message reaches.
package enum CodeTableCheck {
    /// - Returns: a finding for each table that no mapping uses, and for each row whose word none of the calls can look
    ///   up; none where a mapping takes the table's name from the message, since then any may be used.
    package static func findings(in set: MappingSet) -> [MappingFinding] {
        var uses: [String: [TableUse]] = [:]
        for use in set.mappings.flatMap(\.tableUses) {
            guard let table = use.table else { return [] }
            uses[table, default: []].append(use)
        }
        return set.tables.flatMap { table in
            uses[table.name].map { unreachable(in: table, by: $0) } ?? [
                MappingFinding(
                    file: table.file, line: 1, "no mapping uses this code table",
                    hint: "a mapping uses it with codeTable('\(table.name)')")
            ]
        }
    }

    private static func unreachable(in table: CodeTable, by uses: [TableUse]) -> [MappingFinding] {
        table.rows.filter { source, _ in
            source != CodeTable.wildcard && !uses.contains { $0.canReach(source) }
        }.sorted { $0.value.line < $1.value.line }.map { _, row in
            MappingFinding(
                file: table.file, line: row.line, "no one can reach this row",
                hint: "no mapping looks up a word that is spelled so")
        }
    }
}
