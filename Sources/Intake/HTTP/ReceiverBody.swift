import Hummingbird
import NIOCore

/// A request's body, read within the limit of a message and of all bodies together; of one that is larger than a message
/// only the beginning is read until somebody wants the rest.
struct ReceiverBody {
    private let declared: Int?
    private let messageSize: Int
    private let headSize: Int
    private let admission: ReceiverAdmission
    private var pieces: RequestBody.AsyncIterator
    private var isBeginningTaken = false

    /// The whole body, unless it ``isLarge``.
    private(set) var beginning: [UInt8] = []
    /// It is larger than a message.
    private(set) var isLarge = false
    /// Bytes to be given back to the admission.
    private(set) var reserved = 0

    init(_ request: Request, messageSize: Int, headSize: Int, admission: ReceiverAdmission) {
        declared = request.headers[.contentLength].flatMap { Int($0) }
        self.messageSize = messageSize
        self.headSize = headSize
        self.admission = admission
        pieces = request.body.makeAsyncIterator()
    }

    /// A declared length is judged before anything is read; a length that turns out greater than declared, or is not
    /// declared, as soon as it does.
    mutating func readBeginning() async throws(ReceiverProblem) {
        isLarge = declared.map { $0 > messageSize } ?? false
        if isLarge, headSize == 0 { throw .tooLarge }
        try reserve(isLarge ? headSize : declared ?? 0)
        beginning.reserveCapacity(reserved)
        while !(isLarge && beginning.count >= headSize), let piece = try await piece() {
            isLarge = isLarge || beginning.count + piece.count > messageSize
            if isLarge, headSize == 0 { throw .tooLarge }
            if beginning.count + piece.count > reserved { try reserve(beginning.count + piece.count - reserved) }
            beginning += piece
        }
        // It said that it was larger than it is.
        if isLarge, beginning.count <= messageSize, beginning.count < headSize { isLarge = false }
    }

    /// The body from its first byte on, piece by piece; nil at the end.
    mutating func next() async throws(ReceiverProblem) -> [UInt8]? {
        guard isBeginningTaken else {
            isBeginningTaken = true
            defer { beginning = [] }
            return beginning
        }
        return try await piece()
    }

    private mutating func piece() async throws(ReceiverProblem) -> [UInt8]? {
        do {
            return try await pieces.next().map { Array($0.readableBytesView) }
        } catch {
            throw .interrupted
        }
    }

    private mutating func reserve(_ bytes: Int) throws(ReceiverProblem) {
        guard admission.reserve(bytes: bytes) else { throw .busy }
        reserved += bytes
    }
}
