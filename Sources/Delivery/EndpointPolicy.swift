import Foundation

/// Where events may be sent at all (events.md, *Envelope*). Asked when the configuration is read.
package enum EndpointPolicy {
    /// Why a URL is refused.
    package enum Refusal: String, Sendable, Error {
        case notAURL = "url-invalid"
        case scheme = "url-scheme-unsupported"
        /// Plain `http` to another machine.
        case notEncrypted = "url-not-encrypted"
        /// User or password in the URL.
        case credentials = "url-has-credentials"
        case fragment = "url-has-fragment"

        /// For the operator.
        package var hint: String {
            switch self {
            case .notAURL: "give an absolute URL, for instance https://portal.example/hooks/hatchway"
            case .scheme: "only https is spoken, and http to this machine"
            case .notEncrypted: "plain http is allowed only to localhost, 127.0.0.0/8 and [::1]: use https"
            case .credentials: "take user and password out of the URL and give a tokenFile"
            case .fragment: "take the part after # away: it is never sent"
            }
        }
    }

    /// - Returns: nil when the URL may be used.
    package static func check(_ url: String) -> Refusal? {
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }),
            let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased(),
            let host = parts.host, !host.isEmpty
        else { return .notAURL }
        guard scheme == "https" || scheme == "http" else { return .scheme }
        guard parts.user == nil, parts.password == nil else { return .credentials }
        guard parts.fragment == nil else { return .fragment }
        return scheme == "https" || isLoopback(host.lowercased()) ? nil : .notEncrypted
    }

    /// RFC 6761, section 6.3, RFC 1122, section 3.2.1.3 (g), and RFC 4291, section 2.5.3. A name that merely begins with
    /// `127.` is not loopback.
    private static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" || host == "::1" || host == "[::1]" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127"
            && parts.allSatisfy { part in
                // Digits alone: UInt8("+1") is 1 too.
                UInt8(part) != nil && part.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
            }
    }
}
