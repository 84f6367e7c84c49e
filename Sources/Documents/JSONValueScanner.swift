/// Finds where a JSON value ends, by its quotes and brackets alone, without keeping anything of it: however deep or long a
/// value is, it takes the same few bytes.
struct JSONValueScanner {
    private enum Kind { case unknown, scalar, string, container }

    private var kind = Kind.unknown
    private var depth = 0
    private var isInString = false
    private var isEscaped = false

    enum Outcome: Equatable {
        /// The value goes on in the next bytes.
        case open
        /// It ends before this offset.
        case complete(Int)
        case malformed(Int)
    }

    /// Looks through bytes from an offset on; the first call starts at the value's first byte.
    mutating func scan(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Outcome {
        var index = start
        if kind == .unknown {
            guard index < bytes.count else { return .open }
            switch bytes[index] {
            case UInt8(ascii: "{"), UInt8(ascii: "["): kind = .container
            case UInt8(ascii: "\""): kind = .string
            case UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "]"), UInt8(ascii: "}"): return .malformed(index)
            default: kind = .scalar
            }
        }
        if kind == .scalar {
            while index < bytes.count {
                switch bytes[index] {
                case UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"), 0x20, 0x09, 0x0A, 0x0D:
                    return .complete(index)
                case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\""), UInt8(ascii: ":"):
                    return .malformed(index)
                default: index += 1
                }
            }
            return .open
        }
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                    if depth == 0 { return .complete(index) }
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isInString = true
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth == 0 { return .complete(index) }
            default: break
            }
        }
        return .open
    }
}
