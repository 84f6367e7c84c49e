/// Cuts JSON Lines (https://jsonlines.org) into their lines. A line that is not JSON harms only itself.
final class LinePartScanner {
    private var isOpen = false

    func feed(_ bytes: UnsafeRawBufferPointer, into collector: inout PartCollector) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let end = rest.firstIndex(of: 0x0A) ?? rest.endIndex
            append(rest[rest.startIndex..<end], to: &collector)
            guard end < rest.endIndex else { return }
            close(&collector)
            rest = rest[(end + 1)...]
        }
    }

    /// The last line need not end with a line break.
    func finish(into collector: inout PartCollector) { close(&collector) }

    private func append(_ piece: Slice<UnsafeRawBufferPointer>, to collector: inout PartCollector) {
        var piece = piece
        if !isOpen {
            guard let first = piece.firstIndex(where: { !DocumentReader.isWhiteSpace($0) }) else { return }
            piece = piece[first...]
            isOpen = true
            collector.begin()
        }
        collector.append(UnsafeRawBufferPointer(rebasing: piece))
    }

    private func close(_ collector: inout PartCollector) {
        guard isOpen else { return }
        isOpen = false
        collector.end()
    }
}
