import FHIRPath

/// The rows of a collection by the value of a key, so that a join costs the sum of both sides and not their product.
struct JoinIndex: Sendable {
    private let rows: [String: [Value]]

    private init(_ collection: [Value], key: (Value) -> [String]) {
        var rows: [String: [Value]] = [:]
        for value in collection {
            for key in key(value) { rows[key, default: []].append(value) }
        }
        self.rows = rows
    }

    /// The rows whose key, evaluated on each of them, equals a value. The index is kept for the rest of the message where
    /// the collection does not depend on where the call stands.
    static func rows(_ call: HostCall, collection: Int, key: Int, equalTo wanted: String) -> [Value] {
        if let kept = call.evaluator.notes[call.place] as? JoinIndex { return kept.rows[wanted] ?? [] }
        let index = JoinIndex(call.argument(collection)) { row in
            call.argument(key, on: row).compactMap(call.evaluator.string)
        }
        if call.isMessageWide(argument: collection), call.isMessageWide(argument: key) {
            call.evaluator.notes[call.place] = index
        }
        return index.rows[wanted] ?? []
    }
}
