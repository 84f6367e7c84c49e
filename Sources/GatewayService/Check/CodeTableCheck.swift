package import MessageMapping

/// Finds code tables that nothing reads.
package enum CodeTableCheck {
    /// - Returns: a finding for each table that no mapping uses; none where a mapping takes the table's name from the
    ///   message, since then any may be used.
    package static func findings(in set: MappingSet) -> [MappingFinding] {
        var used: Set<String> = []
        for mapping in set.mappings {
            guard let tables = mapping.tables else { return [] }
            used.formUnion(tables)
        }
        return set.tables.filter { !used.contains($0.name) }.map { table in
            MappingFinding(
                file: table.file, line: 1, "no mapping uses this code table",
                hint: "a mapping uses it with codeTable('\(table.name)')")
        }
    }
}
