/// Finds the holes of a text: `{{ … }}`, and `{{+ … +}}`, which FPML has to keep a null. The canonical model has no
/// nulls, so here both say the same.
struct TemplateHoles {
    enum Piece: Equatable {
        case constant(String)
        /// An expression and where it starts in the text, in UTF-8 bytes.
        case hole(String, start: Int)
    }

    private(set) var pieces: [Piece] = []
    private(set) var isOpen = false

    init(_ text: String) {
        var rest = text[...]
        while let open = rest.firstRange(of: "{{") {
            guard let close = Self.end(of: rest[open.upperBound...]) ?? rest[open.upperBound...].firstRange(of: "}}")
            else {
                isOpen = true
                return
            }
            add(rest[..<open.lowerBound])
            var inside = rest[open.upperBound..<close.lowerBound]
            if inside.first == "+", inside.last == "+", inside.count > 1 { inside = inside.dropFirst().dropLast() }
            pieces.append(
                .hole(
                    String(inside), start: text.utf8.distance(from: text.utf8.startIndex, to: inside.startIndex)))
            rest = rest[close.upperBound...]
        }
        add(rest)
    }

    /// Margins that are white space alone come from the way YAML is folded.
    private mutating func add(_ constant: Substring) {
        guard !constant.isEmpty else { return }
        pieces.append(.constant(String(constant)))
    }

    /// The `}}` that ends a hole: not inside a text or a quoted name, and behind `{}`, FHIRPath's empty collection.
    private static func end(of text: Substring) -> Range<Substring.Index>? {
        var index = text.startIndex
        var quote: Character?
        var depth = 0
        while index < text.endIndex {
            let character = text[index]
            let next = text.index(after: index)
            if let open = quote {
                if character == "\\", next < text.endIndex {
                    index = text.index(after: next)
                    continue
                }
                if character == open { quote = nil }
            } else if character == "'" || character == "`" || character == "\"" {
                quote = character
            } else if character == "{" {
                depth += 1
            } else if character == "}", depth > 0 {
                depth -= 1
            } else if character == "}", next < text.endIndex, text[next] == "}" {
                return index..<text.index(after: next)
            }
            index = next
        }
        return nil
    }
}
