import CanonicalModel
import FHIRPath

/// One call of `codeTable()`: which table it names, and what is known of the words that it looks up.
package struct TableUse: Sendable {
    /// Nil when only the message tells which table is meant.
    package let table: String?
    let words: KnownWords
    let line: FileLine

    /// Whether a row can be reached by this call.
    package func canReach(_ source: String) -> Bool { words.canBe(source) }
}

/// What can be said of a text without a message.
enum KnownWords: Sendable, Equatable {
    case anything
    case lowerCase
    case upperCase
    case oneOf(Set<String>)

    func canBe(_ word: String) -> Bool {
        switch self {
        case .anything: true
        case .lowerCase: word == word.lowercased()
        case .upperCase: word == word.uppercased()
        case .oneOf(let words): words.contains(word)
        }
    }

    init(_ expression: Expression?) {
        guard let expression else {
            self = .anything
            return
        }
        switch expression.kind {
        case .string(let text): self = .oneOf([text])
        case .call(_, "lower", _): self = .lowerCase
        case .call(_, "upper", _): self = .upperCase
        case .call(let base?, let name, _) where Self.keeping.contains(name): self = KnownWords(base)
        case .call(let base, "where", let arguments):
            self = arguments.first.flatMap(\.wordsOfThis).map { .oneOf($0) } ?? base.map { KnownWords($0) } ?? .anything
        case .call(_, "iif", let arguments): self = Self.either(arguments.dropFirst().map { KnownWords($0) })
        case .call(let base?, "combine", let arguments): self = Self.either(([base] + arguments).map { KnownWords($0) })
        default: self = .anything
        }
    }

    private static func either(_ words: [KnownWords]) -> KnownWords {
        var all: Set<String> = []
        for word in words {
            guard case .oneOf(let some) = word else {
                return words.allSatisfy { $0 == words[0] } ? words[0] : .anything
            }
            all.formUnion(some)
        }
        return .oneOf(all)
    }

    /// Functions whose values are among those of their input.
    private static let keeping: Set<String> = ["first", "last", "single", "distinct", "tail", "skip", "take"]
}

extension Expression {
    /// The words that `$this = 'a' or $this = 'b'` lets pass.
    fileprivate var wordsOfThis: Set<String>? {
        switch kind {
        case .binary(.or, let left, let right):
            guard let one = left.wordsOfThis, let other = right.wordsOfThis else { return nil }
            return one.union(other)
        case .binary(.and, let left, let right): return left.wordsOfThis ?? right.wordsOfThis
        case .binary(.equal, let left, let right):
            if case .this = left.kind, case .string(let word) = right.kind { return [word] }
            if case .this = right.kind, case .string(let word) = left.kind { return [word] }
            return nil
        default: return nil
        }
    }
}
