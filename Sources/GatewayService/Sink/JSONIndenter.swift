/// Lays JSON out for people without changing a character of its names and values.
enum JSONIndenter {
    static func indent(_ json: [UInt8]) -> String {
        var output: [UInt8] = []
        var depth = 0
        var isInString = false
        var isEscaped = false
        func line() { output += [0x0A] + Array(repeating: 0x20, count: depth * 2) }
        for byte in json {
            if isInString {
                output.append(byte)
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                output.append(byte)
                depth += 1
                line()
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth = max(0, depth - 1)
                line()
                output.append(byte)
            case UInt8(ascii: ","):
                output.append(byte)
                line()
            case UInt8(ascii: ":"): output += [byte, 0x20]
            case 0x20, 0x09, 0x0A, 0x0D: break
            default:
                output.append(byte)
                isInString = byte == UInt8(ascii: "\"")
            }
        }
        return String(decoding: output, as: UTF8.self)
    }
}
