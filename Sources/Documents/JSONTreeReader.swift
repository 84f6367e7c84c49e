import CSimdJSON

/// Reads a JSON body (RFC 8259) into a ``DocumentTree``.
///
/// An object is an element and each of its members a child. A list is its members: an array under a key becomes one
/// child of that name per member, arrays within arrays too, and an array without members becomes one node of kind
/// `emptyArray`. A repeated key is kept as it stands. U+0000, which RFC 8259 lets a string escape, is refused in keys and
/// strings alike, as XML refuses it (XML 1.0, section 2.2): what stores or compares text may end at it, and then two
/// identifiers are one.
struct JSONTreeReader {
    let vocabulary: Vocabulary
    let limits: DocumentLimits
    let parser: JSONParser

    /// - Parameters:
    ///   - body: the whole body, for the places of faults.
    ///   - start: where the JSON text starts in it.
    /// - Returns: the tree.
    /// - Throws: ``DocumentFault`` when the text is malformed or over a limit.
    func read(_ body: UnsafeRawBufferPointer, from start: Int) throws(DocumentFault) -> DocumentTree {
        var builder = TreeBuilder(vocabulary: vocabulary, limits: limits, bodySize: body.count)
        var offset = Int.max
        let outcome = parser.read(UnsafeRawBufferPointer(rebasing: body[start...]), into: &builder, &offset)
        guard outcome.code != csimdjson_ok else {
            let tree = builder.finish(.json)
            return outcome.hasCompanions ? FHIRJSONFolding.fold(tree) : tree
        }

        let isKnown = offset >= 0 && offset <= body.count - start
        let place = isKnown ? start + offset : nil
        let line = place.map { 1 + body[..<$0].count { $0 == 0x0A } }
        let code: DocumentFault.Code =
            switch outcome.code {
            case csimdjson_not_utf8: .notText
            case csimdjson_too_deep: .tooDeep
            case csimdjson_no_memory: .tooLarge
            case csimdjson_too_many_nodes: .tooManyNodes
            default: .malformed
            }
        throw DocumentFault(code, offset: place, line: line)
    }
}
