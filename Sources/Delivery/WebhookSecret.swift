import Foundation

/// A key of the Standard Webhooks specification (*Signature scheme*, symmetric): 24 to 64 bytes, written as `whsec_` and
/// base64. It has no description that shows it.
package struct WebhookSecret: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    let key: [UInt8]

    /// - `text`: what the secret's file holds; white space around it does not matter.
    ///
    /// Nil when it is not a secret of that form.
    package init?(_ text: String) {
        let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard text.hasPrefix("whsec_"), let key = Data(base64Encoded: String(text.dropFirst(6))),
            (24...64).contains(key.count)
        else { return nil }
        self.key = [UInt8](key)
    }

    package var description: String { "whsec_…" }
    package var debugDescription: String { description }
}
