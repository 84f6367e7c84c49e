/// What a key between `{%` and `%}` says.
enum Directive {
    case each(item: String, index: String?, of: Located)
    case condition(Located)
    case otherCondition(Located)
    case otherwise
    case assign
    case merge

    /// A piece of the key and where it starts in it, in UTF-8 bytes.
    struct Located {
        let text: String
        let start: Int
    }

    static let words = ["for", "if", "elif", "else", "assign", "merge"]

    /// Reads a key; nil when it is no directive.
    init?(_ key: String) {
        guard let inside = Self.inside(key) else { return nil }
        let word = inside.prefix { !$0.isWhitespace }
        let rest = inside.dropFirst(word.count)
        func located(_ part: Substring) -> Located {
            Located(
                text: String(part), start: key.utf8.distance(from: key.utf8.startIndex, to: part.startIndex))
        }
        switch word {
        case "for":
            guard let loop = Self.loop(rest) else { return nil }
            self = .each(item: loop.item, index: loop.index, of: located(loop.collection))
        case "if" where !rest.allSatisfy(\.isWhitespace): self = .condition(located(rest))
        case "elif" where !rest.allSatisfy(\.isWhitespace): self = .otherCondition(located(rest))
        case "else" where rest.allSatisfy(\.isWhitespace): self = .otherwise
        case "assign" where rest.allSatisfy(\.isWhitespace): self = .assign
        case "merge" where rest.allSatisfy(\.isWhitespace): self = .merge
        default: return nil
        }
    }

    /// What stands between `{%` and `%}`.
    static func inside(_ key: String) -> Substring? {
        guard let open = key.firstRange(of: "{%"), key[..<open.lowerBound].allSatisfy(\.isWhitespace) else {
            return nil
        }
        var tail = key[open.upperBound...]
        while tail.last?.isWhitespace ?? false { tail.removeLast() }
        guard tail.hasSuffix("%}") else { return nil }
        return tail.dropLast(2).drop(while: \.isWhitespace)
    }

    /// `x in …`, or `i, x in …` with the position, counted from 0, first.
    private static func loop(_ text: Substring) -> (item: String, index: String?, collection: Substring)? {
        guard let keyword = text.firstRange(of: " in ") else { return nil }
        let names = text[..<keyword.lowerBound].split(separator: ",", omittingEmptySubsequences: false)
            .map { TemplateParser.trimmed(String($0)) }
        guard names.allSatisfy(isName) else { return nil }
        let collection = text[keyword.upperBound...]
        switch names.count {
        case 1: return (names[0], nil, collection)
        case 2: return (names[1], names[0], collection)
        default: return nil
        }
    }

    /// Whether a text can follow `%` as it stands (FHIRPath 2.0, *IDENTIFIER*).
    static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return name.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x5F
        }
    }
}
