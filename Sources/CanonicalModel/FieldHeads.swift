/// What stands before each field's value in JSON, made once: `"start":`.
struct FieldHeads: Sendable {
    struct Head {
        let bytes: UnsafeRawBufferPointer
        let isList: Bool
        /// Written without quotes.
        let isToken: Bool
    }

    static let all = FieldHeads()

    /// Lives as long as the process: there is one of it.
    private nonisolated(unsafe) let heads: UnsafeBufferPointer<Head>

    private init() {
        let fields = CanonicalShapes.fields
        let heads = UnsafeMutableBufferPointer<Head>.allocate(capacity: fields.count)
        for (index, field) in fields.enumerated() {
            let name = Array("\"\(field.name)\":".utf8)
            let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: name.count, alignment: 1)
            bytes.copyBytes(from: name)
            let isToken = [.boolean, .integer, .decimal].contains(field.type)
            heads.initializeElement(
                at: index, to: Head(bytes: UnsafeRawBufferPointer(bytes), isList: field.isList, isToken: isToken))
        }
        self.heads = UnsafeBufferPointer(heads)
    }

    subscript(field: FieldID) -> Head { heads[Int(field.rawValue)] }
}
