/// Compares what was read with what an expected file says, line by line of pretty JSON.
///
/// In the expected text `"*digest*"` stands for 16 or more lower-case hexadecimal digits, with `-2`, `-3` … behind them
/// for the next equal ones, and `"*accepted*"` for the time of acceptance.
package struct SampleComparison: Sendable {
    /// The first line that differs.
    package struct Difference: Sendable, Equatable {
        /// In the expected text, counted from 1.
        package let line: Int
        package let found: String
        package let wanted: String
    }

    private let acceptedAt: String

    /// Every sample is read as if it were accepted at this moment (a FHIR instant).
    package init(acceptedAt: String = SampleComparison.moment) { self.acceptedAt = acceptedAt }

    package static let moment = "2026-11-21T09:00:00Z"

    /// - Returns: nil when they say the same.
    package func difference(found: String, wanted: String) -> Difference? {
        let mine = found.split(separator: "\n").map(String.init)
        let theirs = wanted.split(separator: "\n").map(String.init)
        for index in 0..<max(mine.count, theirs.count) {
            let one = index < mine.count ? mine[index] : nil
            let other = index < theirs.count ? theirs[index] : nil
            if let one, let other, one == other || matches(one, other) { continue }
            return Difference(line: index + 1, found: one ?? "nothing", wanted: other ?? "nothing")
        }
        return nil
    }

    private func matches(_ found: String, _ wanted: String) -> Bool {
        filled(found, wanted, "*digest*", isGood: Self.isDigest)
            || filled(found, wanted, "*accepted*") { $0 == acceptedAt }
    }

    /// Whether a line is the wanted one with something good in place of a placeholder.
    private func filled(
        _ found: String, _ wanted: String, _ placeholder: String, isGood: (Substring) -> Bool
    ) -> Bool {
        guard let place = wanted.firstRange(of: placeholder) else { return false }
        let head = wanted[..<place.lowerBound]
        let tail = wanted[place.upperBound...]
        guard found.count >= head.count + tail.count, found.hasPrefix(head), found.hasSuffix(tail) else { return false }
        return isGood(found.dropFirst(head.count).dropLast(tail.count))
    }

    private static func isDigest(_ text: Substring) -> Bool {
        let digits = text.prefix { $0.isHexDigit && !$0.isUppercase }
        let rest = text.dropFirst(digits.count)
        guard digits.count >= 16, !rest.isEmpty else { return digits.count >= 16 }
        return rest.first == "-" && Int(rest.dropFirst()).map { $0 > 1 } ?? false
    }
}
