/// Finds the members of one array in a JSON text: of the array that is the root, or of one that stands under keys.
///
/// Every key of the path but the last must hold an object; where it holds something else, that is not on the path.
final class JSONPartScanner {
    private enum State {
        case beforeRoot
        case beforeKey(isFirst: Bool)
        case inKey(isEscaped: Bool)
        case beforeColon
        case beforeValue
        case inValue(JSONValueScanner, isKept: Bool)
        case afterMember
        case beforePart(isFirst: Bool)
        case inPart(JSONValueScanner)
        case afterPart
        case end
    }

    /// An object on the way to the array.
    private struct Level {
        /// Where it starts in the header.
        let start: Int
        var hasMembers = false
        /// Whether a part was found inside: what comes after it is not in the header.
        var hasParts = false
    }

    private let keys: [[UInt8]]
    private let isCaseInsensitive: Bool
    private var state = State.beforeRoot
    private var levels: [Level] = []
    private var key: [UInt8] = []
    private var header: [UInt8] = []

    /// Without keys the root is the array.
    init(keys: [String], isCaseInsensitive: Bool) {
        self.isCaseInsensitive = isCaseInsensitive
        self.keys = keys.map { Array($0.utf8).map { isCaseInsensitive ? Vocabulary.lowercased($0) : $0 } }
    }

    /// `position` is how many bytes of the file came before these.
    func feed(_ bytes: UnsafeRawBufferPointer, into collector: inout PartCollector, at position: Int)
        throws(DocumentFault)
    {
        var index = 0
        while index < bytes.count {
            switch state {
            case .inKey(let isEscaped): index = try readKey(bytes, index, isEscaped, position)
            case .inValue(let scanner, let isKept): index = try readValue(bytes, index, scanner, isKept, position)
            case .inPart(let scanner): index = try readPart(bytes, index, scanner, &collector, position)
            default:
                let byte = bytes[index]
                if DocumentReader.isWhiteSpace(byte) {
                    index += 1
                } else {
                    index += try step(byte, &collector, position + index) ? 1 : 0
                }
            }
            guard header.count <= DocumentPart.headerSize, key.count <= DocumentPart.headerSize else {
                throw DocumentFault(.headerTooLarge, offset: position + index)
            }
        }
    }

    func finish(at position: Int) throws(DocumentFault) {
        guard case .end = state else { throw DocumentFault(.malformed, offset: position) }
    }

    // MARK: Between values

    /// - Returns: whether the byte is done with; a value's first byte is looked at again.
    private func step(_ byte: UInt8, _ collector: inout PartCollector, _ offset: Int) throws(DocumentFault) -> Bool {
        switch (state, byte) {
        case (.beforeRoot, UInt8(ascii: "[")) where keys.isEmpty: state = .beforePart(isFirst: true)
        case (.beforeRoot, UInt8(ascii: "{")) where !keys.isEmpty: openLevel()
        case (.beforeKey, UInt8(ascii: "\"")):
            key = []
            state = .inKey(isEscaped: false)
        case (.beforeKey(isFirst: true), UInt8(ascii: "}")), (.afterMember, UInt8(ascii: "}")): closeLevel()
        case (.beforeColon, UInt8(ascii: ":")): state = .beforeValue
        case (.beforeValue, _): return try beginValue(byte, &collector, offset)
        case (.afterMember, UInt8(ascii: ",")): state = .beforeKey(isFirst: false)
        case (.beforePart(isFirst: true), UInt8(ascii: "]")), (.afterPart, UInt8(ascii: "]")):
            state = levels.isEmpty ? .end : .afterMember
        case (.beforePart, _):
            collector.begin()
            state = .inPart(JSONValueScanner())
            return false
        case (.afterPart, UInt8(ascii: ",")): state = .beforePart(isFirst: false)
        default: throw DocumentFault(.malformed, offset: offset)
        }
        return true
    }

    private func beginValue(_ byte: UInt8, _ collector: inout PartCollector, _ offset: Int) throws(DocumentFault)
        -> Bool
    {
        let depth = levels.count - 1
        let isOnPath = depth < keys.count && isKey(keys[depth])
        if isOnPath, depth == keys.count - 1, byte == UInt8(ascii: "[") {
            if levels.contains(where: { !$0.hasParts }) {
                for index in levels.indices { levels[index].hasParts = true }
                let closing = [UInt8](repeating: UInt8(ascii: "}"), count: levels.count)
                try collector.setHeader(header + separator + name + Array("[]".utf8) + closing, consumed: offset)
            }
            state = .beforePart(isFirst: true)
            return true
        }
        if isOnPath, depth < keys.count - 1, byte == UInt8(ascii: "{") {
            openLevel()
            return true
        }
        let isKept = levels.last.map { !$0.hasParts } ?? false
        if isKept {
            header += separator + name
            levels[depth].hasMembers = true
        }
        state = .inValue(JSONValueScanner(), isKept: isKept)
        return false
    }

    private func openLevel() {
        let start = header.count
        if !levels.isEmpty {
            header += separator + name
        }
        header.append(UInt8(ascii: "{"))
        levels.append(Level(start: start))
        state = .beforeKey(isFirst: true)
    }

    private func closeLevel() {
        guard let level = levels.popLast() else { return }
        // What stood in it encloses nothing that comes later.
        header.removeSubrange(level.start...)
        state = levels.isEmpty ? .end : .afterMember
    }

    private var separator: [UInt8] { levels.last?.hasMembers == true ? [UInt8(ascii: ",")] : [] }

    /// The key as it was written, with its quotes and its colon.
    private var name: [UInt8] { [UInt8(ascii: "\"")] + key + Array("\":".utf8) }

    private func isKey(_ wanted: [UInt8]) -> Bool {
        isCaseInsensitive ? key.map(Vocabulary.lowercased) == wanted : key == wanted
    }

    // MARK: In keys and values

    private func readKey(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ isEscaped: Bool, _ position: Int)
        throws(DocumentFault) -> Int
    {
        var isEscaped = isEscaped
        for index in start..<bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\""), !isEscaped {
                state = .beforeColon
                return index + 1
            }
            guard key.count < DocumentPart.headerSize else {
                throw DocumentFault(.headerTooLarge, offset: position + index)
            }
            key.append(byte)
            isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
        }
        state = .inKey(isEscaped: isEscaped)
        return bytes.count
    }

    private func readValue(
        _ bytes: UnsafeRawBufferPointer, _ start: Int, _ scanner: JSONValueScanner, _ isKept: Bool, _ position: Int
    ) throws(DocumentFault) -> Int {
        var scanner = scanner
        let outcome = scanner.scan(bytes, from: start)
        if case .malformed(let index) = outcome { throw DocumentFault(.malformed, offset: position + index) }
        let end: Int
        if case .complete(let index) = outcome {
            end = index
            state = .afterMember
        } else {
            end = bytes.count
            state = .inValue(scanner, isKept: isKept)
        }
        // One byte too many is enough to see that it is too large.
        if isKept {
            let room = DocumentPart.headerSize + 1 - header.count
            header.append(contentsOf: bytes[start..<min(end, start + max(0, room))])
        }
        return end
    }

    private func readPart(
        _ bytes: UnsafeRawBufferPointer, _ start: Int, _ scanner: JSONValueScanner, _ collector: inout PartCollector,
        _ position: Int
    ) throws(DocumentFault) -> Int {
        var scanner = scanner
        switch scanner.scan(bytes, from: start) {
        case .malformed(let index): throw DocumentFault(.malformed, offset: position + index)
        case .open:
            collector.append(UnsafeRawBufferPointer(rebasing: bytes[start...]))
            state = .inPart(scanner)
            return bytes.count
        case .complete(let index):
            collector.append(UnsafeRawBufferPointer(rebasing: bytes[start..<index]))
            collector.end()
            state = .afterPart
            return index
        }
    }
}
