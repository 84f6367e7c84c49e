/// Whether a request may be given to libcurl at all.
enum RequestPolicy {
    /// A header with a line break would be two headers, and a URL with a user would put a password where it is logged
    /// by others.
    static func permits(_ request: HTTPTransferRequest) -> Bool {
        isToken(request.method) && permits(url: request.url)
            && request.headers.allSatisfy { isToken($0.name) && isFieldValue($0.value) }
            && request.answerLimit >= 0
    }

    private static func permits(url: String) -> Bool {
        let text = Array(url.utf8)
        guard text.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return false }
        guard let scheme = ["http://", "https://"].first(where: { url.lowercased().hasPrefix($0) }) else {
            return false
        }
        let authority = text.dropFirst(scheme.utf8.count).prefix { !"/?#".utf8.contains($0) }
        return !authority.isEmpty && !authority.contains(UInt8(ascii: "@")) && !authority.contains(UInt8(ascii: "\\"))
    }

    /// RFC 9110, section 5.6.2.
    private static func isToken(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }

    /// RFC 9110, section 5.5: no control characters but the tab.
    private static func isFieldValue(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7F) }
    }
}
