import Documents

extension Evaluator {
    /// The bytes of a text, a decimal, a date or a scalar node; empty for anything else.
    package func withText<Result>(_ value: Value, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        body(bytes(value))
    }

    /// The bytes of a text, a decimal, a date or a scalar node; empty for anything else. They stay good as long as the
    /// evaluator.
    package func bytes(_ value: Value) -> UnsafeRawBufferPointer {
        guard value.kind != .node else {
            let view = views[Int(value.space)]
            let node = view[value.nodeIndex]
            return UnsafeRawBufferPointer(start: view.text + Int(node.textOffset), count: Int(node.textLength))
        }
        switch value.space {
        case Value.scratch: return scratch.bytes(Int(value.offset), Int(value.length))
        case Value.constants: return UnsafeRawBufferPointer(rebasing: program.text[value.slice])
        default:
            return UnsafeRawBufferPointer(
                start: views[Int(value.space)].text + Int(value.offset), count: Int(value.length))
        }
    }

    /// Any value as text, as `toString()` writes it; nil where it has none.
    package func string(_ value: Value) -> String? {
        switch value.kind {
        case .integer: return String(value.number)
        case .boolean: return value.number != 0 ? "true" : "false"
        case .node:
            guard let atom = atomic(value) else { return nil }
            return atom.kind == .node ? nil : string(atom)
        default: return withText(value) { String(decoding: $0, as: UTF8.self) }
        }
    }

    /// Any value as the bytes that `toString()` writes, which stay good as long as the evaluator; nil where it has none.
    package func text(of value: Value) -> UnsafeRawBufferPointer? {
        guard let atom = atomic(value) else { return nil }
        switch atom.kind {
        case .integer, .boolean, .quantity: return string(atom).map { bytes(makeString($0)) }
        case .node: return nil
        default: return bytes(atom)
        }
    }

    /// Keeps a new text for the rest of this message.
    package func makeText(_ kind: Value.Kind, _ bytes: some Sequence<UInt8>) -> Value {
        let start = scratch.count
        scratch.append(contentsOf: bytes)
        guard holdsText(from: start) else { return .text(kind, space: Value.scratch, offset: start, length: 0) }
        return .text(kind, space: Value.scratch, offset: start, length: scratch.count - start)
    }

    func makeText(_ kind: Value.Kind, bytes: UnsafeRawBufferPointer, mark: Int64) -> Value {
        let start = scratch.count
        scratch.append(bytes)
        guard holdsText(from: start) else { return .text(kind, space: Value.scratch, offset: start, length: 0) }
        return .text(kind, space: Value.scratch, offset: start, length: scratch.count - start, mark: mark)
    }

    func makeString(_ text: String) -> Value { makeText(.string, text.utf8) }

    /// What a scalar node holds, as one of FHIRPath's own types; the value itself when it is not a node; nil for an
    /// object.
    package func atomic(_ value: Value) -> Value? {
        guard value.kind == .node else { return value }
        let view = views[Int(value.space)]
        let node = view[value.nodeIndex]
        let text = Value.text(
            .string, space: value.space, offset: Int(node.textOffset), length: Int(node.textLength))
        switch node.kind {
        case .string, .attribute, .text: return text
        case .element:
            let isLeaf = Int(node.end) == value.nodeIndex + 1
            return node.textLength > 0 || (isLeaf && view.isXML) ? text : nil
        case .boolean:
            return .boolean(bytes(text).first == UInt8(ascii: "t"))
        case .number:
            if let whole = Self.integer(bytes(text)) { return .integer(whole) }
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
