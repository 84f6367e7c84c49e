import CanonicalModel

import struct Foundation.Date

/// What is known of a file that was taken, written to the disk before the file is: whoever finds it after a crash can
/// finish exactly what was begun.
struct Claim: Sendable, Codable, Equatable {
    /// The file that came with it, to be removed once the message is accepted.
    struct Sidecar: Sendable, Codable, Equatable {
        let folders: [String]
        let name: String
        let stamp: FileStamp
    }

    /// Names the claim's files, and is the delivery key: one claim is one delivery, however often it is tried.
    let id: String
    /// What the path and the sidecar say.
    let context: TransportContext
    let acceptedAt: Date
    /// `.xml` and the like, or nothing.
    let ending: String
    let sidecar: Sidecar?
    /// Why it is not a message, when that was clear before it was read: a stable code.
    let refusal: String?

    var recordName: String { "\(id).claim" }
    var bodyName: String { "\(id).body" }
}
