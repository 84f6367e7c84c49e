/// Something wrong in a mapping file, a code table or a sample, told so that its author can mend it.
package struct MappingFinding: Error, Sendable, Hashable, CustomStringConvertible {
    /// Path of the file as it was given.
    package let file: String
    /// Counted from 1; 0 when it is about the file as a whole.
    package let line: Int
    package let message: String
    package let hint: String?
    /// The line of an expression that is concerned, and the place in it (characters before it), to be shown with a caret.
    package let expression: String?
    package let position: Int

    package init(
        file: String, line: Int, _ message: String, hint: String? = nil, expression: String? = nil, position: Int = 0
    ) {
        self.file = file
        self.line = line
        self.message = message
        self.hint = hint
        self.expression = expression
        self.position = position
    }

    init(
        at place: FileLine, _ message: String, hint: String? = nil, expression: String? = nil, position: Int = 0
    ) {
        self.init(
            file: place.file, line: place.number, message, hint: hint, expression: expression, position: position)
    }

    package var description: String {
        var text = line > 0 ? "\(file):\(line): \(message)" : "\(file): \(message)"
        if let expression {
            let flat = expression.split(separator: "\n", omittingEmptySubsequences: false)
            var rest = position
            for row in flat {
                text += "\n    \(row)"
                if (0...row.utf8.count).contains(rest) {
                    text += "\n    \(String(repeating: " ", count: rest))^"
                }
                rest -= row.utf8.count + 1
            }
        }
        if let hint { text += "\n  hint: \(hint)" }
        return text
    }
}

/// A line of a mapping file, which may be an included one.
package struct FileLine: Sendable, Hashable {
    /// Path of the file as it was given.
    package let file: String
    /// Counted from 1; 0 where it is not known.
    package let number: Int

    package init(file: String, number: Int) {
        self.file = file
        self.number = number
    }
}

/// Everything found wrong in a set of mappings.
package struct MappingFindings: Error, Sendable, CustomStringConvertible {
    package let findings: [MappingFinding]

    package var description: String { findings.map(\.description).joined(separator: "\n") }
}
