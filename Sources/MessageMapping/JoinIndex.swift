import FHIRPath

/// Finds the rows of a `lookup` by the value of a key.
enum JoinIndex {
    /// The rows whose key, evaluated on each of them, equals a value. The table is kept for the rest of the message where
    /// the collection does not depend on where the call stands.
    static func rows(_ call: HostCall, collection: Int, key: Int, equalTo wanted: UnsafeRawBufferPointer) -> [Value] {
        if let kept = call.evaluator.keptTable(call.place) { return kept.rows(for: wanted) }
        let rows = call.argument(collection)
        let table = JoinTable(expecting: rows.count)
        for row in rows {
            table.add(row)
            for value in call.argument(key, on: row) {
                if let text = call.evaluator.text(of: value) { table.add(key: text) }
            }
        }
        if call.isMessageWide(argument: collection), call.isMessageWide(argument: key) {
            call.evaluator.keep(table, at: call.place)
        }
        return table.rows(for: wanted)
    }
}
