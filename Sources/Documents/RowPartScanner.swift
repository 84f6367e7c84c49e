/// Cuts comma-separated values (RFC 4180) into their rows. A part is a JSON object of a row's cells under the names that
/// the first row gives the columns; a cell with nothing in it is `null`.
///
/// Cells are parted by what parts the names: a comma, a semicolon or a tab. A row that has more cells than there are
/// names, or a quote that is not closed, harms only itself.
final class RowPartScanner {
    private enum Place {
        case start, plain, quoted
        /// Behind a quote in a quoted cell: another one is a quote, all else is behind the cell.
        case quote
    }

    private static let quoteMark = UInt8(ascii: "\"")

    /// The names of the columns, once the first row is over.
    private(set) var columns: [[UInt8]]?
    private var names: [[UInt8]] = []
    private var nameBytes = 0
    private var name: [UInt8] = []
    private var separator: UInt8?
    private var place = Place.start
    /// The cell of the row that is being read.
    private var column = 0
    private var isRowOpen = false
    private var isCellOpen = false
    /// What is written of the row and not handed over yet.
    private var written: [UInt8] = []

    func feed(_ bytes: UnsafeRawBufferPointer, into collector: inout PartCollector) throws(DocumentFault) {
        for byte in bytes { try step(byte, &collector) }
        hand(over: &collector)
    }

    /// The last row need not end with a line break.
    func finish(into collector: inout PartCollector) throws(DocumentFault) {
        let isCut = place == .quoted
        place = .start
        if columns == nil, isCut { throw DocumentFault(.malformed) }
        try endRow(&collector, isCut: isCut)
    }

    private func step(_ byte: UInt8, _ collector: inout PartCollector) throws(DocumentFault) {
        switch (place, byte) {
        case (.start, Self.quoteMark): place = .quoted
        case (.quoted, Self.quoteMark): place = .quote
        case (.quoted, _): try append(byte, &collector)
        case (.quote, Self.quoteMark):
            place = .quoted
            try append(byte, &collector)
        case (_, 0x0A):
            place = .start
            try endRow(&collector, isCut: false)
        case (_, 0x0D): break
        case _ where isSeparator(byte):
            place = .start
            endCell(&collector)
        default:
            place = .plain
            try append(byte, &collector)
        }
    }

    private func isSeparator(_ byte: UInt8) -> Bool {
        if let separator { return byte == separator }
        guard byte == UInt8(ascii: ",") || byte == UInt8(ascii: ";") || byte == 0x09 else { return false }
        separator = byte
        return true
    }

    private func append(_ byte: UInt8, _ collector: inout PartCollector) throws(DocumentFault) {
        guard columns != nil else {
            nameBytes += 1
            guard nameBytes <= DocumentPart.headerSize else { throw DocumentFault(.headerTooLarge) }
            name.append(byte)
            return
        }
        openRow(&collector)
        if !isCellOpen {
            isCellOpen = true
            writeKey(&collector)
            written.append(Self.quoteMark)
        }
        switch byte {
        case 0..<0x20: written += Array("\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8)
        case Self.quoteMark, UInt8(ascii: "\\"): written += [UInt8(ascii: "\\"), byte]
        default: written.append(byte)
        }
        if written.count > 4096 { hand(over: &collector) }
    }

    private func openRow(_ collector: inout PartCollector) {
        guard !isRowOpen else { return }
        isRowOpen = true
        collector.begin()
        written.append(UInt8(ascii: "{"))
    }

    private func writeKey(_ collector: inout PartCollector) {
        guard let columns, column < columns.count else { return collector.refuse(.malformed) }
        if column > 0 { written.append(UInt8(ascii: ",")) }
        written += columns[column]
        written.append(UInt8(ascii: ":"))
    }

    private func endCell(_ collector: inout PartCollector) {
        guard columns != nil else {
            names.append(name)
            name = []
            return
        }
        openRow(&collector)
        if isCellOpen {
            written.append(Self.quoteMark)
        } else {
            writeKey(&collector)
            written += Array("null".utf8)
        }
        isCellOpen = false
        column += 1
    }

    private func endRow(_ collector: inout PartCollector, isCut: Bool) throws(DocumentFault) {
        guard let columns else {
            if names.isEmpty, name.isEmpty { return }
            endCell(&collector)
            self.columns = names.map(Self.key)
            return
        }
        // A line with nothing in it is no row.
        guard isRowOpen || isCellOpen else { return }
        endCell(&collector)
        while column < columns.count { endCell(&collector) }
        written.append(UInt8(ascii: "}"))
        hand(over: &collector)
        if isCut { collector.refuse(.malformed) }
        collector.end()
        isRowOpen = false
        column = 0
    }

    private func hand(over collector: inout PartCollector) {
        guard isRowOpen else { return }
        written.withUnsafeBytes { collector.append($0) }
        written.removeAll(keepingCapacity: true)
    }

    /// A name as a JSON key, without the blanks around it.
    private static func key(_ name: [UInt8]) -> [UInt8] {
        let start = name.firstIndex { !DocumentReader.isWhiteSpace($0) } ?? name.endIndex
        let end = name.lastIndex { !DocumentReader.isWhiteSpace($0) }.map { $0 + 1 } ?? start
        var key = [quoteMark]
        for byte in name[start..<end] where byte >= 0x20 {
            if byte == quoteMark || byte == UInt8(ascii: "\\") { key.append(UInt8(ascii: "\\")) }
            key.append(byte)
        }
        return key + [quoteMark]
    }
}

extension RowPartScanner {
    /// An object with the columns that the first row of a file names, each with nothing in it, in JSON.
    /// - Returns: nil when the beginning of a file shows no row with several names.
    static func emptyRow(of head: ArraySlice<UInt8>, isWhole: Bool) -> [UInt8]? {
        let scanner = RowPartScanner()
        var collector = PartCollector(limits: DocumentLimits(), skipping: .max)
        do throws(DocumentFault) {
            try head.withUnsafeBufferPointer { (bytes) throws(DocumentFault) in
                try scanner.feed(UnsafeRawBufferPointer(bytes), into: &collector)
            }
            if isWhole { try scanner.finish(into: &collector) }
        } catch {
            return nil
        }
        guard let columns = scanner.columns, columns.count > 1 else { return nil }
        return Array("{".utf8) + columns.map { $0 + Array(":null".utf8) }.joined(separator: Array(",".utf8))
            + Array("}".utf8)
    }
}
