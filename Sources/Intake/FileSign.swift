package import CanonicalModel

/// Tells from the beginning of a body, and what came with it, whether it can be a file of many messages: only such a one
/// may be larger than a message. A source knows no mapping, so whoever knows them says it.
package struct FileSign: Sendable {
    private let size: @Sendable () -> Int
    private let isFile: @Sendable (_ head: [UInt8], _ transport: TransportContext) -> Bool

    /// - `headSize`: so many bytes are enough to tell; 0 while no body can be such a file.
    package init(
        headSize: @escaping @Sendable () -> Int,
        isFile: @escaping @Sendable (_ head: [UInt8], _ transport: TransportContext) -> Bool
    ) {
        size = headSize
        self.isFile = isFile
    }

    /// No body is larger than a message.
    package static let never = FileSign {
        0
    } isFile: { _, _ in
        false
    }

    var headSize: Int { size() }

    /// `beginning` is as much of the body as is there.
    func holds(_ beginning: [UInt8], _ transport: TransportContext) -> Bool {
        let head = beginning.prefix(headSize)
        return !head.isEmpty && isFile(Array(head), transport)
    }
}
