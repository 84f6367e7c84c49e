package import CanonicalModel

/// Tells from the beginning of a body, and what came with it, whether it can be a file of many messages: only such a one
/// may be larger than a message. A source knows no mapping, so whoever knows them says it.
package struct FileSign: Sendable {
    /// So many bytes are enough to tell.
    package let headSize: Int
    private let isFile: @Sendable (_ head: [UInt8], _ transport: TransportContext) -> Bool

    package init(headSize: Int, isFile: @escaping @Sendable (_ head: [UInt8], _ transport: TransportContext) -> Bool) {
        self.headSize = headSize
        self.isFile = isFile
    }

    /// No body is larger than a message.
    package static let never = FileSign(headSize: 0) { _, _ in false }

    /// `beginning` is as much of the body as is there.
    func holds(_ beginning: [UInt8], _ transport: TransportContext) -> Bool {
        isFile(Array(beginning.prefix(headSize)), transport)
    }
}
