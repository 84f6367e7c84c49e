package import MessageMapping

/// Which line of which mapping gave each value, as a table for people: target, place in the mapping, place in the source.
package enum ExplanationTable {
    package static func render(_ explanations: [ValueExplanation]) -> String {
        let rows = explanations.map { explanation in
            (
                explanation.target, "\(explanation.place.file):\(explanation.place.number)",
                explanation.source ?? "(the mapping itself)"
            )
        }
        let targetWidth = rows.map(\.0.count).max() ?? 0
        let placeWidth = rows.map(\.1.count).max() ?? 0
        return rows.map { target, place, source in
            "\(padded(target, targetWidth)) ← \(padded(place, placeWidth)) ← \(source)\n"
        }.joined()
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: width - text.count)
    }
}
