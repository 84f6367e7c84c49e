/// The code of an organisation or site in the Organisation Data Service (NHS Data Dictionary, *ORGANISATION IDENTIFIER*
/// and *ORGANISATION SITE IDENTIFIER*): three to nine capital letters and digits. Only the shape is checked; whether the
/// organisation exists is for a register to say.
package struct ODSCode: Sendable, Hashable, CustomStringConvertible {
    package let rawValue: String

    /// Nil when it has not the shape of a code.
    /// - Parameter text: the code; small letters are taken for capitals.
    package init?(_ text: some StringProtocol) {
        var bytes = Array(text.utf8)
        guard (3...9).contains(bytes.count) else { return nil }
        for index in bytes.indices {
            switch bytes[index] {
            case UInt8(ascii: "a")...UInt8(ascii: "z"): bytes[index] -= 0x20
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): break
            default: return nil
            }
        }
        rawValue = String(decoding: bytes, as: UTF8.self)
    }

    package var description: String { rawValue }
}
