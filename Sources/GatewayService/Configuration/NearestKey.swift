/// Finds the word that somebody probably meant.
enum NearestKey {
    /// - Returns: the candidate with the smallest edit distance, if that is at most a third of the word's length (and at
    ///   least 1).
    static func suggestion(for word: String, among candidates: [String]) -> String? {
        let best = candidates.map { ($0, distance(word.lowercased(), $0.lowercased())) }.min { $0.1 < $1.1 }
        guard let best, best.1 <= max(1, word.count / 3) else { return nil }
        return best.0
    }

    /// Levenshtein's distance. Words longer than 64 characters are told apart by their first 64.
    static func distance(_ lhs: String, _ rhs: String) -> Int {
        let left = Array(lhs.prefix(64))
        let right = Array(rhs.prefix(64))
        var previous = Array(0...right.count)
        for (row, character) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                let substitution = previous[column] + (character == other ? 0 : 1)
                current.append(min(substitution, previous[column + 1] + 1, current[column] + 1))
            }
            previous = current
        }
        return previous[right.count]
    }
}
