/// Takes a file that holds many messages apart while it is read, so that a file of any size needs the memory of one part.
///
/// A part over a limit is refused by itself. Malformed markup inside an XML stream ends the file, since nothing after it
/// can be believed; the parts before it have been handed over. A JSON part is told apart by its brackets alone, and
/// whether it is well formed shows when it is read.
package final class DocumentSplitter {
    private enum Scanner {
        case xml(XMLPartScanner)
        case json(JSONPartScanner)
        case lines(LinePartScanner)
        case rows(RowPartScanner)
    }

    private var scanner: Scanner
    /// The first bytes, until there are enough to see how the text is encoded.
    private var beginning: [UInt8]? = []
    private let isXML: Bool
    private var collector: PartCollector
    private var consumed = 0
    private var fault: DocumentFault?

    /// - Parameters:
    ///   - path: where the parts stand.
    ///   - limits: of each part; a file as a whole has none.
    ///   - skipping: how many parts were handed over before, when a file is read again from its start.
    package init(path: PartPath, limits: DocumentLimits, skipping: Int = 0) {
        collector = PartCollector(limits: limits, skipping: skipping)
        switch path {
        case .elements(let names): scanner = .xml(XMLPartScanner(names, limits: limits))
        case .keys(let keys, let isCaseInsensitive):
            scanner = .json(JSONPartScanner(keys: keys, isCaseInsensitive: isCaseInsensitive))
        case .items: scanner = .json(JSONPartScanner(keys: [], isCaseInsensitive: false))
        case .lines: scanner = .lines(LinePartScanner())
        case .rows: scanner = .rows(RowPartScanner())
        }
        isXML = if case .elements = path { true } else { false }
    }

    /// Parts found so far, refused and skipped ones too.
    package var count: Int { collector.count }

    /// What encloses the next part, once the first part begins or the file is over; nil before.
    package var header: DocumentHeader? { collector.header }

    /// The complete parts since the last call, in their order.
    package func takeParts() -> [DocumentPart] { collector.takeParts() }

    /// Reads on. The pieces may be cut anywhere.
    /// - Throws: ``DocumentFault`` when the stream ends here; parts found before it can still be taken.
    package func feed(_ bytes: ArraySlice<UInt8>) throws(DocumentFault) {
        if let fault { throw fault }
        guard var beginning else { return try scan(bytes) }
        beginning.append(contentsOf: bytes)
        // Four bytes tell every encoding apart (XML 1.0, appendix F).
        let start = beginning.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        let first = beginning.dropFirst(start).firstIndex { !DocumentReader.isWhiteSpace($0) } ?? beginning.count
        guard beginning.count - first >= 4 else {
            // White space before the first byte is dropped, so that endless white space is never kept.
            self.beginning = start == 0 ? Array(beginning[first...]) : Array(beginning[..<3] + beginning[first...])
            consumed += first - start
            return
        }
        self.beginning = nil
        consumed += first
        try scan(beginning[(isXML ? first : start)...])
    }

    /// Says that there is no more.
    /// - Throws: ``DocumentFault`` when the stream is not complete; parts found before can still be taken.
    package func finish() throws(DocumentFault) {
        if let fault { throw fault }
        if let beginning {
            self.beginning = nil
            let start = beginning.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
            guard beginning.count > start else { throw DocumentFault(.empty) }
            try scan(beginning[start...])
        }
        try keepingFault { (splitter) throws(DocumentFault) in
            switch splitter.scanner {
            case .xml(let scanner): try scanner.finish(into: &splitter.collector, consumed: splitter.consumed)
            case .json(let scanner): try scanner.finish(at: splitter.consumed)
            case .lines(let scanner): scanner.finish(into: &splitter.collector)
            case .rows(let scanner): try scanner.finish(into: &splitter.collector)
            }
        }
    }

    private func scan(_ bytes: ArraySlice<UInt8>) throws(DocumentFault) {
        try bytes.withUnsafeBufferPointer { (buffer) throws(DocumentFault) in
            try scan(UnsafeRawBufferPointer(buffer))
        }
    }

    private func scan(_ bytes: UnsafeRawBufferPointer) throws(DocumentFault) {
        try keepingFault { (splitter) throws(DocumentFault) in
            switch splitter.scanner {
            case .xml(let scanner):
                try scanner.feed(bytes, into: &splitter.collector, consumed: splitter.consumed + bytes.count)
            case .json(let scanner):
                try scanner.feed(bytes, into: &splitter.collector, at: splitter.consumed)
            case .lines(let scanner): scanner.feed(bytes, into: &splitter.collector)
            case .rows(let scanner): try scanner.feed(bytes, into: &splitter.collector)
            }
            splitter.consumed += bytes.count
        }
    }

    private func keepingFault(_ body: (DocumentSplitter) throws(DocumentFault) -> Void) throws(DocumentFault) {
        do throws(DocumentFault) {
            try body(self)
        } catch {
            fault = error
            throw error
        }
    }
}
