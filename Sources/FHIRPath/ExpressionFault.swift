/// Why an expression cannot be compiled: what is wrong, where, and the nearest thing that would be right.
package struct ExpressionFault: Error, Sendable, Equatable, CustomStringConvertible {
    package let message: String
    /// Offset in UTF-8 bytes from the start of the expression.
    package let position: Int
    package let hint: String?

    package init(_ message: String, at position: Int, hint: String? = nil) {
        self.message = message
        self.position = position
        self.hint = hint
    }

    /// The line of the expression that the fault is in, and a caret under its place.
    package func caret(under expression: String) -> String {
        let bytes = Array(expression.utf8)
        let place = min(position, bytes.count)
        let start = bytes[..<place].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        let end = bytes[place...].firstIndex(of: 0x0A) ?? bytes.count
        let indent = String(decoding: bytes[start..<place], as: UTF8.self).map { $0 == "\t" ? "\t" : " " }.joined()
        return String(decoding: bytes[start..<end], as: UTF8.self) + "\n" + indent + "^"
    }

    package var description: String { hint.map { "\(message); \($0)" } ?? message }
}

/// Finds the known word that a mistyped one most likely meant.
package enum NearestName {
    /// - Returns: the candidate with the least edit distance, if that is at most a third of the word's length or two.
    package static func suggestion(for word: String, among candidates: some Sequence<String>) -> String? {
        let limit = max(2, word.count / 3)
        return candidates.map { ($0, distance(word.lowercased(), $0.lowercased())) }
            .filter { $0.1 <= limit }.min { ($0.1, $0.0) < ($1.1, $1.0) }?.0
    }

    /// Levenshtein's distance; of longer words the first 64 characters count.
    private static func distance(_ first: String, _ second: String) -> Int {
        let first = first.prefix(64)
        let second = Array(second.prefix(64))
        var row = Array(0...second.count)
        for (index, letter) in first.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in second.indices {
                let substitution = diagonal + (letter == second[column] ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(substitution, row[column] + 1, row[column + 1] + 1)
            }
        }
        return row[second.count]
    }
}
