import Crypto

/// Cuts the bytes of a file into chunks as they come, and makes their digest and length on the way.
struct FileWriter {
    private var chunk: [UInt8] = []
    private var index = 0
    private var digest: HMAC<SHA256>
    private(set) var length = 0

    init(digest: HMAC<SHA256>) { self.digest = digest }

    /// Takes bytes off a piece.
    /// - Returns: a chunk and its place when one is full; nil when the piece is used up.
    mutating func take(_ piece: inout ArraySlice<UInt8>) -> (chunk: [UInt8], index: Int)? {
        let taken = piece.prefix(SQLiteTransaction.chunkLength - chunk.count)
        chunk += taken
        piece = piece.dropFirst(taken.count)
        return chunk.count == SQLiteTransaction.chunkLength ? close() : nil
    }

    /// - Returns: what is left, unless there is nothing.
    mutating func takeLast() -> (chunk: [UInt8], index: Int)? { chunk.isEmpty ? nil : close() }

    /// The digest of all that was taken.
    func finish() -> [UInt8] { Array(digest.finalize()) }

    private mutating func close() -> (chunk: [UInt8], index: Int) {
        defer {
            chunk = []
            index += 1
        }
        digest.update(data: chunk)
        length += chunk.count
        return (chunk, index)
    }
}
