import Synchronization

/// Parsers at rest, lent to one reader at a time: what a parser keeps from one document to the next is dear to make.
final class ParserPool<Parser: Sendable>: Sendable {
    private let idle = Mutex<[Parser]>([])

    /// More are never kept, however many read at the same time.
    private static var limit: Int { 16 }

    /// A parser that nobody else has now; nil when all are lent.
    func take() -> Parser? { idle.withLock { $0.popLast() } }

    func give(_ parser: Parser) {
        idle.withLock { idle in
            if idle.count < Self.limit { idle.append(parser) }
        }
    }
}
