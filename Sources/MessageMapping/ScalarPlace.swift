import Yams

/// The text of a mapping file, to show where in it an expression goes wrong.
final class MappingText: Sendable {
    let file: String
    /// The scalars of each line.
    let lines: [[Unicode.Scalar]]

    init(file: String, text: String) {
        self.file = file
        self.lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .map { Array($0.unicodeScalars) }
    }
}

/// Where a scalar of a mapping file stands, however YAML let its author write it: plain, quoted, literal or folded.
///
/// YAML folds lines, drops indentation and undoes escapes, so offsets in the value are not offsets in the file. What
/// stays is the order of the characters that are not white space; a place in the value is found in the file by counting
/// them.
struct ScalarPlace: Sendable {
    private let text: MappingText
    /// Counted from 0.
    private let line: Int
    private let column: Int
    private let style: Style
    private let value: [Unicode.Scalar]

    init?(_ node: Node, in text: MappingText) {
        guard case .scalar(let scalar) = node, let mark = scalar.mark, mark.line >= 1, mark.line <= text.lines.count
        else { return nil }
        self.text = text
        self.line = mark.line - 1
        self.column = max(0, mark.column - 1)
        self.style = Style(scalar.style)
        self.value = Array(scalar.string.unicodeScalars)
    }

    private enum Style: Sendable {
        case plain, singleQuoted, doubleQuoted, block

        init(_ style: Node.Scalar.Style) {
            switch style {
            case .singleQuoted: self = .singleQuoted
            case .doubleQuoted: self = .doubleQuoted
            case .literal, .folded: self = .block
            case .any, .plain: self = .plain
            }
        }
    }

    /// A place in the file; line and column are counted from 0.
    struct Point: Sendable, Equatable {
        let line: Int
        let column: Int
    }

    /// Finds a place of the value, given in UTF-8 bytes from its start, in the file.
    func point(at offset: Int) -> Point? {
        var bytes = 0
        var visible = 0
        var isVisible = false
        for scalar in value {
            if bytes >= offset {
                isVisible = !scalar.properties.isWhitespace
                break
            }
            bytes += Unicode.UTF8.width(scalar)
            if !scalar.properties.isWhitespace { visible += 1 }
        }
        // A place that is white space, or the end, is shown behind what comes before it.
        guard isVisible || visible > 0 else { return nil }
        guard let found = point(ofVisible: isVisible ? visible : visible - 1) else { return nil }
        return isVisible ? found : Point(line: found.line, column: found.column + 1)
    }

    /// Finds the n-th character of the scalar that is not white space.
    private func point(ofVisible wanted: Int) -> Point? {
        var line = line
        var column = column
        if style == .block {
            line += 1
            column = 0
        } else if style == .singleQuoted || style == .doubleQuoted {
            column += 1
        }
        var count = 0
        while line < text.lines.count {
            let row = text.lines[line]
            while column < row.count {
                let (width, isVisible) = character(row, column)
                if isVisible {
                    if count == wanted { return Point(line: line, column: column) }
                    count += 1
                }
                column += width
            }
            line += 1
            column = 0
        }
        return nil
    }

    /// How many scalars of the file one of the value takes, and whether it is not white space (YAML 1.1, section 5.6).
    private func character(_ row: [Unicode.Scalar], _ column: Int) -> (width: Int, isVisible: Bool) {
        let scalar = row[column]
        if style == .singleQuoted, scalar == "'" { return (2, true) }
        guard style == .doubleQuoted, scalar == "\\" else { return (1, !scalar.properties.isWhitespace) }
        guard column + 1 < row.count else { return (1, false) }
        switch row[column + 1] {
        case "n", "r", "t", "v", "f", " ", "\t", "N", "_", "L", "P": return (2, false)
        case "x": return (4, true)
        case "u": return (6, true)
        case "U": return (10, true)
        default: return (2, true)
        }
    }

    /// A part of the value as it stands on one line of the file, and a place in it, both to be shown.
    struct Excerpt: Sendable {
        let line: Int
        let text: String
        /// Characters before the place.
        let position: Int
    }

    /// Shows a place of the value, given like the part in UTF-8 bytes: the piece of the part on the line of the place.
    func excerpt(of part: Range<Int>, at offset: Int) -> Excerpt? {
        guard let place = point(at: offset), let start = point(at: part.lowerBound),
            let end = point(at: part.upperBound)
        else { return nil }
        let row = text.lines[place.line]
        var from = place.line == start.line ? start.column : 0
        var upTo = place.line == end.line ? min(end.column, row.count) : row.count
        while from < upTo, from < place.column, row[from].properties.isWhitespace { from += 1 }
        while upTo > from, row[upTo - 1].properties.isWhitespace { upTo -= 1 }
        guard from <= upTo, from <= place.column else { return nil }
        var view = String.UnicodeScalarView()
        view.append(contentsOf: row[from..<upTo])
        return Excerpt(line: place.line + 1, text: String(view), position: place.column - from)
    }
}
