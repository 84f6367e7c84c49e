/// Which files of a folder are messages, and what their path says about them: `{odsCode}/{nhsNumber}/*.xml`.
///
/// Segments are separated by `/`. In a segment `{name}` stands for one or more characters, which become the value of
/// that name in the transport context; `*` stands for any run of characters; everything else stands for itself. A name
/// beginning with a dot never matches.
package struct FolderPattern: Sendable, Equatable {
    /// The rule in a sentence, for an operator.
    package static let rule =
        "segments of letters, * and {name}, for instance {odsCode}/{nhsNumber}/*.xml; no leading /, no .., no name twice"

    enum Piece: Equatable {
        case literal([UInt8])
        case anything
        case capture(String)
    }

    let segments: [[Piece]]

    /// - Returns: nil when the text is not such a pattern, has more than 16 segments or more than 8 wildcards in one.
    package init?(_ text: String) {
        var segments: [[Piece]] = []
        var names: Set<String> = []
        for part in text.split(separator: "/", omittingEmptySubsequences: false) {
            guard let pieces = Self.pieces(part, names: &names), part != "..", !part.hasPrefix(".") else { return nil }
            segments.append(pieces)
        }
        guard segments.count <= 16 else { return nil }
        self.segments = segments
    }

    private static func pieces(_ segment: Substring, names: inout Set<String>) -> [Piece]? {
        var pieces: [Piece] = []
        var rest = segment
        while let first = rest.first {
            switch first {
            case "*":
                rest.removeFirst()
                pieces.append(.anything)
            case "{":
                guard let end = rest.firstIndex(of: "}") else { return nil }
                let name = String(rest[rest.index(after: rest.startIndex)..<end])
                let isName = !name.isEmpty && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
                guard isName, names.insert(name).inserted else { return nil }
                pieces.append(.capture(name))
                rest = rest[rest.index(after: end)...]
            case "}": return nil
            default:
                let literal = rest.prefix { $0 != "*" && $0 != "{" && $0 != "}" }
                pieces.append(.literal(Array(literal.utf8)))
                rest = rest[literal.endIndex...]
            }
        }
        let wildcards = pieces.count { if case .literal = $0 { false } else { true } }
        return pieces.isEmpty || wildcards > 8 ? nil : pieces
    }

    /// Matches one name of a path against the segment at that depth.
    /// - Returns: what it captured, or nil when it does not match.
    func captures(of name: String, at depth: Int) -> [String: String]? {
        guard segments.indices.contains(depth), !name.hasPrefix(".") else { return nil }
        var match = SegmentMatch(pieces: segments[depth], name: Array(name.utf8))
        return match.run()
    }

    /// Matches a whole path, for tests and for people who try a pattern out.
    package func captures(of path: String) -> [String: String]? {
        let names = path.split(separator: "/", omittingEmptySubsequences: false)
        guard names.count == segments.count else { return nil }
        var all: [String: String] = [:]
        for (depth, name) in names.enumerated() {
            guard let captured = captures(of: String(name), at: depth) else { return nil }
            all.merge(captured) { $1 }
        }
        return all
    }
}

/// Matches one name. Dead ends are remembered, so that it takes time in proportion to pieces times the square of the
/// name's length at most, whatever the exporter calls its files.
private struct SegmentMatch {
    let pieces: [FolderPattern.Piece]
    let name: [UInt8]
    private var deadEnds: Set<Int> = []

    init(pieces: [FolderPattern.Piece], name: [UInt8]) {
        self.pieces = pieces
        self.name = name
    }

    mutating func run() -> [String: String]? { match(piece: 0, from: 0) }

    private mutating func match(piece: Int, from start: Int) -> [String: String]? {
        guard piece < pieces.count else { return start == name.count ? [:] : nil }
        let state = piece * (name.count + 1) + start
        guard !deadEnds.contains(state) else { return nil }
        switch pieces[piece] {
        case .literal(let literal):
            if name[start...].starts(with: literal), let rest = match(piece: piece + 1, from: start + literal.count) {
                return rest
            }
        case .anything:
            for end in start...name.count {
                if let rest = match(piece: piece + 1, from: end) { return rest }
            }
        case .capture(let key):
            for end in start + 1..<max(start + 1, name.count + 1) {
                guard var rest = match(piece: piece + 1, from: end) else { continue }
                guard let value = String(validating: name[start..<end], as: UTF8.self) else { continue }
                rest[key] = value
                return rest
            }
        }
        deadEnds.insert(state)
        return nil
    }
}
