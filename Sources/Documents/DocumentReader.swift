/// Reads a body into a ``DocumentTree``. Which of the two languages it is written in is told by its first byte that is
/// not white space (after a byte order mark): `<` is XML, anything else is taken for JSON.
package struct DocumentReader: Sendable {
    package let vocabulary: Vocabulary
    package let limits: DocumentLimits

    package init(vocabulary: Vocabulary, limits: DocumentLimits = DocumentLimits()) {
        self.vocabulary = vocabulary
        self.limits = limits
    }

    /// - Throws: ``DocumentFault`` when the body is malformed or over a limit.
    package func read(_ body: [UInt8]) throws(DocumentFault) -> DocumentTree {
        throw DocumentFault(.empty)
    }
}
