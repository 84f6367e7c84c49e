import Foundation

/// A regular expression (*matches*): case matters, `.` takes line ends too.
final class Pattern: Sendable {
    /// How often the engine may report progress on one text, beside once for each place where a match could start. A
    /// report is some thousand steps: a pattern that goes back and forth without end (`(a+)+$`) is stopped after well
    /// under a second, on the longest text after some seconds.
    private static let patience = 500
    /// Longer texts are not searched. UTF-16 units.
    private static let longestText = 1 << 20
    private static let longestPattern = 10_000

    private let partial: NSRegularExpression
    private let whole: NSRegularExpression
    private let isEmpty: Bool

    /// nil when the pattern cannot be read.
    init?(_ text: String) {
        isEmpty = text.isEmpty
        guard text.utf8.count <= Self.longestPattern,
            let partial = try? NSRegularExpression(
                pattern: isEmpty ? "(?:)" : text, options: [.dotMatchesLineSeparators]),
            let whole = try? NSRegularExpression(
                pattern: "\\A(?:\(text))\\z", options: [.dotMatchesLineSeparators])
        else { return nil }
        self.partial = partial
        self.whole = whole
    }

    /// Why a text cannot be searched: it is too long, or the pattern takes too long on it.
    struct TooCostly: Error {}

    /// Whether the pattern is found in a text, or when `isWhole` matches all of it.
    func matches(_ text: String, isWhole: Bool) throws(TooCostly) -> Bool {
        var isFound = false
        try search(isWhole ? whole : partial, in: text) { _ in
            isFound = true
            return false
        }
        return isFound
    }

    /// The text with each match replaced; `$1` and `${name}` stand for what a group matched.
    func replacing(in text: String, with substitution: String) throws(TooCostly) -> String {
        // HL7's tests replace nothing by the empty pattern.
        if isEmpty { return text }
        let source = text as NSString
        var result = ""
        var end = 0
        try search(partial, in: text) { match in
            result += source.substring(with: NSRange(location: end, length: match.range.location - end))
            result += Self.expanded(substitution, match, source)
            end = match.range.location + match.range.length
            return result.utf8.count < Self.longestText * 4
        }
        return result + source.substring(from: end)
    }

    private func search(
        _ expression: NSRegularExpression, in text: String, _ body: (NSTextCheckingResult) -> Bool
    ) throws(TooCostly) {
        let length = text.utf16.count
        guard length <= Self.longestText else { throw TooCostly() }
        var patience = Self.patience + length
        withoutActuallyEscaping(body) { body in
            expression.enumerateMatches(
                in: text, options: [.reportProgress], range: NSRange(location: 0, length: length)
            ) { match, _, stop in
                if let match {
                    if !body(match) { stop.pointee = true }
                    return
                }
                patience -= 1
                if patience < 0 { stop.pointee = true }
            }
        }
        if patience < 0 { throw TooCostly() }
    }

    private static func expanded(_ substitution: String, _ match: NSTextCheckingResult, _ source: NSString) -> String {
        func text(_ range: NSRange) -> String { range.location == NSNotFound ? "" : source.substring(with: range) }
        var result = ""
        var rest = substitution[...]
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[rest.index(after: dollar)...]
            if let digit = rest.first?.wholeNumberValue, digit < match.numberOfRanges {
                result += text(match.range(at: digit))
                rest = rest.dropFirst()
            } else if rest.first == "{", let close = rest.firstIndex(of: "}") {
                let name = String(rest[rest.index(after: rest.startIndex)..<close])
                let number = Int(name).flatMap { (0..<match.numberOfRanges).contains($0) ? $0 : nil }
                result += text(number.map { match.range(at: $0) } ?? match.range(withName: name))
                rest = rest[rest.index(after: close)...]
            } else {
                result += "$"
            }
        }
        return result + rest
    }
}
