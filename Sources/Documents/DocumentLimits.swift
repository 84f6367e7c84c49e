/// How large a document may be before it is refused (architecture, invariant 7).
package struct DocumentLimits: Sendable, Equatable {
    /// Bytes of the message. Default 20 MiB.
    package var messageSize: Int
    /// Nodes of the tree. Default 5,000,000.
    package var treeNodes: Int
    /// Levels of nesting. Default 256.
    package var nesting: Int

    package init(messageSize: Int = 20 << 20, treeNodes: Int = 5_000_000, nesting: Int = 256) {
        self.messageSize = messageSize
        self.treeNodes = treeNodes
        self.nesting = nesting
    }
}

/// Why a body could not be read into a tree: a stable code and its place, never a value from the message.
package struct DocumentFault: Error, Sendable, Equatable {
    package enum Code: String, Sendable, CaseIterable {
        case empty = "document-empty"
        case malformed = "document-malformed"
        case notText = "document-encoding"
        case tooLarge = "document-too-large"
        case tooDeep = "document-too-deep"
        case tooManyNodes = "document-too-many-nodes"
        case documentType = "document-type-refused"
        /// What encloses the parts of a multi-message file is too large.
        case headerTooLarge = "document-header-too-large"
    }

    package let code: Code
    /// Byte offset in the body, where known.
    package let offset: Int?
    /// Line, counted from 1, where known.
    package let line: Int?

    package init(_ code: Code, offset: Int? = nil, line: Int? = nil) {
        self.code = code
        self.offset = offset
        self.line = line
    }
}
