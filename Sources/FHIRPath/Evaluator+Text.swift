import Documents

extension Evaluator {
    /// The bytes of a text, a decimal, a date or a scalar node; empty for anything else.
    package func withText<Result>(_ value: Value, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        let slice = slice(of: value)
        func cut(_ bytes: UnsafeRawBufferPointer) -> Result {
            body(UnsafeRawBufferPointer(rebasing: bytes[slice.offset..<slice.offset + slice.length]))
        }
        switch slice.space {
        case Value.scratch: return scratch.withUnsafeBytes(cut)
        case Value.constants: return program.text.withUnsafeBytes(cut)
        default: return trees[Int(slice.space)].text.withUnsafeBytes(cut)
        }
    }

    private func slice(of value: Value) -> (space: UInt8, offset: Int, length: Int) {
        guard value.kind == .node else { return (value.space, Int(value.offset), Int(value.length)) }
        let node = trees[Int(value.space)].nodes[value.nodeIndex]
        return (value.space, Int(node.textOffset), Int(node.textLength))
    }

    /// Any value as text, as `toString()` writes it; nil where it has none.
    package func string(_ value: Value) -> String? {
        switch value.kind {
        case .integer: return String(value.number)
        case .boolean: return value.number != 0 ? "true" : "false"
        case .quantity: return quantity(value)?.description
        case .node:
            guard let atom = atomic(value) else { return nil }
            return atom.kind == .node ? nil : string(atom)
        default: return withText(value) { String(decoding: $0, as: UTF8.self) }
        }
    }

    /// Keeps a new text for the rest of this message.
    package func makeText(_ kind: Value.Kind, _ bytes: some Sequence<UInt8>) -> Value {
        let start = scratch.count
        scratch.append(contentsOf: bytes)
        guard holdsText(from: start) else { return .text(kind, space: Value.scratch, offset: start, length: 0) }
        return .text(kind, space: Value.scratch, offset: start, length: scratch.count - start)
    }

    func makeString(_ text: String) -> Value { makeText(.string, text.utf8) }

    /// What a scalar node holds, as one of FHIRPath's own types; the value itself when it is not a node; nil for an
    /// object.
    package func atomic(_ value: Value) -> Value? {
        guard value.kind == .node else { return value }
        let tree = trees[Int(value.space)]
        let node = tree.nodes[value.nodeIndex]
        let text = Value.text(
            .string, space: value.space, offset: Int(node.textOffset), length: Int(node.textLength))
        switch node.kind {
        case .string, .attribute, .text: return text
        case .element:
            let isLeaf = Int(node.end) == value.nodeIndex + 1
            return node.textLength > 0 || (isLeaf && tree.format == .xml) ? text : nil
        case .boolean:
            return .boolean(withText(text) { $0.first == UInt8(ascii: "t") })
        case .number:
            if let whole = withText(text, { Self.integer($0) }) { return .integer(whole) }
            return .text(.decimal, space: value.space, offset: Int(node.textOffset), length: Int(node.textLength))
        case .null, .emptyArray: return nil
        }
    }

    /// An integer as FHIRPath's `toInteger()` reads it: sign and digits alone.
    static func integer(_ text: UnsafeRawBufferPointer) -> Int64? {
        var index = 0
        var isNegative = false
        if let first = text.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
            isNegative = first == UInt8(ascii: "-")
            index = 1
        }
        guard index < text.count else { return nil }
        var value: Int64 = 0
        while index < text.count {
            let byte = text[index]
            guard (0x30...0x39).contains(byte) else { return nil }
            let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = shifted.subtractingReportingOverflow(Int64(byte - 0x30))
            guard !overflow, !carry else { return nil }
            value = sum
            index += 1
        }
        return isNegative ? value : value == .min ? nil : -value
    }

    /// A value as a decimal number, where it is a number.
    func decimal(_ value: Value) -> DecimalNumber? {
        switch value.kind {
        case .integer: DecimalNumber(digits: Int128(value.number), places: 0)
        case .decimal: withText(value) { DecimalNumber($0) }
        default: nil
        }
    }

    func pushDecimal(_ number: DecimalNumber?) {
        guard let number else { return }
        push(makeText(.decimal, number.description.utf8))
    }

    func temporal(_ value: Value) -> Temporal? {
        switch value.kind {
        case .time: withText(value) { Temporal(time: $0) }
        case .date, .dateTime, .string: withText(value) { Temporal(dateTime: $0) }
        default: nil
        }
    }
}
