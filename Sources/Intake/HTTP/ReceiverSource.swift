import Crypto

import struct Foundation.Data

/// A sender that may post messages, with the digest of the token that it presents.
package struct ReceiverSource: Sendable {
    package let name: String
    private let token: SHA256Digest

    /// `token` is the content of the source's token file without white space around it, and never empty.
    package init(name: String, token: String) {
        self.name = name
        self.token = SHA256.hash(data: Data(token.utf8))
    }

    /// Compares in constant time: digests of the same length, whose comparison does not stop at a difference.
    func accepts(_ presented: SHA256Digest) -> Bool { token == presented }
}

/// Every sender, and who one of them is by its token.
struct ReceiverDirectory: Sendable {
    enum Answer: Equatable { case source(String), unknown, unauthorised }

    let sources: [ReceiverSource]

    /// Answers `.unknown` only to a caller whose token some source knows; nobody else learns which names exist.
    func find(_ name: String, token: String?) -> Answer {
        guard let token else { return .unauthorised }
        let presented = SHA256.hash(data: Data(token.utf8))
        var isKnown = false
        var owns = false
        for source in sources where source.accepts(presented) {
            isKnown = true
            if source.name == name { owns = true }
        }
        if owns { return .source(name) }
        return isKnown && !sources.contains { $0.name == name } ? .unknown : .unauthorised
    }
}
