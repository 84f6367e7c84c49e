/// Numbers the parts that a scanner finds, keeps their bytes within the limit of a message, and keeps the header's.
///
/// It keeps **invariant 7** (memory is bounded whatever arrives) for files that are larger than memory: of a part that is
/// over the limit nothing is kept, and all headers together are no larger than what was read of the file, so that what is
/// stored of a file stays in proportion to it.
struct PartCollector {
    private let limits: DocumentLimits
    /// Parts up to this number were told before: they are counted and not kept.
    private let skipped: Int
    private var found: [DocumentPart] = []
    private(set) var count = 0
    private(set) var header: DocumentHeader?
    private var headerBytes = 0
    private var body: [UInt8] = []
    private var refusal: DocumentFault.Code?

    /// A header may always be so large, however little was read.
    private static let headerAllowance = 4 * DocumentPart.headerSize

    init(limits: DocumentLimits, skipping skipped: Int) {
        self.limits = limits
        self.skipped = skipped
    }

    /// The parts found since the last call.
    mutating func takeParts() -> [DocumentPart] {
        defer { found = [] }
        return found
    }

    /// Whether the bytes of the part that is being read are wanted.
    var isKeeping: Bool { count > skipped && refusal == nil }

    mutating func begin() {
        count += 1
        refusal = nil
        body = []
    }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard isKeeping else { return }
        guard body.count + bytes.count <= limits.messageSize else { return refuse(.tooLarge) }
        body.append(contentsOf: bytes)
    }

    /// Gives up the part that is being read, and only that.
    mutating func refuse(_ code: DocumentFault.Code) {
        guard refusal == nil else { return }
        refusal = code
        body = []
    }

    mutating func end() {
        defer { body = [] }
        guard count > skipped else { return }
        let content = refusal.map { DocumentPart.Content.refused($0) } ?? .body(body)
        found.append(DocumentPart(number: count, content: content, header: header))
    }

    /// `consumed` is how many bytes of the file were read so far.
    mutating func setHeader(_ body: [UInt8], consumed: Int) throws(DocumentFault) {
        headerBytes += body.count
        guard body.count <= DocumentPart.headerSize, headerBytes <= consumed + Self.headerAllowance else {
            throw DocumentFault(.headerTooLarge)
        }
        header = DocumentHeader(number: (header?.number ?? 0) + 1, body: body)
    }
}
