/// A file as pieces, read one after the other. Every call blocks on the disk.
final class FilePieces: Sendable {
    private static let size = 1 << 20

    private let file: Descriptor

    init(_ file: consuming Descriptor) { self.file = file }

    /// - Returns: nil at the end.
    func next() throws -> [UInt8]? {
        let piece = try file.read(limit: Self.size - 1)
        return piece.isEmpty ? nil : piece
    }
}
