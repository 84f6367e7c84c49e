/// Finds among rows of text those that were cut off and the ones that have the whole, for `mergeCut()`.
///
/// A text of at least 50 characters was cut off when it ends in dots (`...`), or when its end goes on in another text.
/// Its mark is its last 50 characters without the dots. The first other row of the same key that has the mark, and is
/// still there, is what it was cut from: the two become one row, in the place of the first. Each row is looked through
/// once, whatever the number of rows.
struct CutRows {
    struct Row {
        let key: String
        let text: [Unicode.Scalar]

        init(key: String, text: String) {
            self.key = key
            self.text = Array(text.unicodeScalars)
        }
    }

    /// What becomes of the rows.
    struct Outcome: Equatable {
        /// For a row that was cut off, the row that it is put together with.
        var partners: [Int: Int] = [:]
        /// Rows that end in dots and whose whole is not there.
        var unmatched: [Int] = []
    }

    static let length = 50
    private static let dots: [Unicode.Scalar] = [".", ".", "."]

    /// The mark of a text that may have been cut off.
    struct Mark {
        let scalars: ArraySlice<Unicode.Scalar>
        let isDotted: Bool

        init?(_ text: [Unicode.Scalar]) {
            guard text.count >= CutRows.length else { return nil }
            isDotted = text.suffix(3).elementsEqual(CutRows.dots)
            scalars = text.suffix(CutRows.length).dropLast(isDotted ? 3 : 0)
        }

        /// Whether a place of another text that has the mark shows that this one was cut off there.
        func counts(at start: Int, of text: [Unicode.Scalar]) -> Bool { isDotted || start + scalars.count < text.count }
    }

    private struct Window: Hashable {
        let key: Int
        let isDotted: Bool
        let hash: UInt64
    }

    static func find(_ rows: [Row]) -> Outcome {
        let marks = rows.map { Mark($0.text) }
        let keys = numbered(rows.map(\.key))
        // The rows that have each mark, in their order.
        var holders = [[Int]](repeating: [], count: rows.count)
        var numbers: [Window: [Int]] = [:]
        var markNumbers = [Int?](repeating: nil, count: rows.count)
        for (row, mark) in marks.enumerated() {
            guard let mark else { continue }
            let window = Window(key: keys[row], isDotted: mark.isDotted, hash: RollingHash.hash(mark.scalars))
            let same = numbers[window]?.first { marks[$0]?.scalars.elementsEqual(mark.scalars) ?? false }
            if same == nil { numbers[window, default: []].append(row) }
            markNumbers[row] = same ?? row
        }
        for isDotted in [true, false] where marks.contains(where: { $0?.isDotted == isDotted }) {
            for (row, value) in rows.enumerated() {
                RollingHash.forEachWindow(of: length - (isDotted ? 3 : 0), in: value.text) { start, hash in
                    for number in numbers[Window(key: keys[row], isDotted: isDotted, hash: hash)] ?? [] {
                        guard let mark = marks[number], holders[number].last != row,
                            value.text[start...].starts(with: mark.scalars), mark.counts(at: start, of: value.text)
                        else { continue }
                        holders[number].append(row)
                    }
                }
            }
        }
        return match(marks, markNumbers, holders)
    }

    private static func match(_ marks: [Mark?], _ numbers: [Int?], _ holders: [[Int]]) -> Outcome {
        var outcome = Outcome()
        var isGone = [Bool](repeating: false, count: marks.count)
        // Rows that cannot be a partner any more are passed once for each mark and not again.
        var starts = [Int](repeating: 0, count: marks.count)
        for (row, mark) in marks.enumerated() where !isGone[row] {
            guard let mark, let number = numbers[row] else { continue }
            var position = starts[number]
            var partner: Int?
            while partner == nil, position < holders[number].count {
                let holder = holders[number][position]
                if isGone[holder] || outcome.partners[holder] != nil {
                    if position == starts[number] { starts[number] += 1 }
                } else if holder != row {
                    partner = holder
                }
                position += 1
            }
            if let partner {
                outcome.partners[row] = partner
                isGone[partner] = true
            } else if mark.isDotted {
                outcome.unmatched.append(row)
            }
        }
        return outcome
    }

    private static func numbered(_ keys: [String]) -> [Int] {
        var numbers: [String: Int] = [:]
        return keys.map { key in
            let number = numbers[key] ?? numbers.count
            numbers[key] = number
            return number
        }
    }

    /// The text of a cut row before its mark, and the whole of the other; what both have before the mark stands once.
    static func merged(_ cut: [Unicode.Scalar], with whole: [Unicode.Scalar]) -> String {
        guard let mark = Mark(cut) else { return text(whole) }
        var head = cut.dropLast(length)
        let start = whole.indices.first { whole[$0...].starts(with: mark.scalars) } ?? 0
        let before = whole[..<start]
        if before.count <= head.count, head.suffix(before.count).elementsEqual(before) {
            head = head.dropLast(before.count)
        }
        return text(Array(head) + whole)
    }

    private static func text(_ scalars: [Unicode.Scalar]) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }
}

/// Hashes of every window of a text, each from the one before it (Karp and Rabin, 1987).
enum RollingHash {
    private static let base: UInt64 = 0x9E37_79B9_7F4A_7C15

    static func hash(_ scalars: some Collection<Unicode.Scalar>) -> UInt64 {
        scalars.reduce(0) { $0 &* base &+ UInt64($1.value) }
    }

    static func forEachWindow(
        of length: Int, in text: [Unicode.Scalar], _ body: (_ start: Int, _ hash: UInt64) -> Void
    ) {
        guard text.count >= length else { return }
        let top = (1..<length).reduce(UInt64(1)) { power, _ in power &* base }
        var hash = hash(text[..<length])
        body(0, hash)
        for end in length..<text.count {
            hash = (hash &- UInt64(text[end - length].value) &* top) &* base &+ UInt64(text[end].value)
            body(end - length + 1, hash)
        }
    }
}
