package import CanonicalModel
package import struct Foundation.Date

/// The gateway's own name for an accepted message: opaque, unique, in the order of acceptance when sorted as text
/// (UUID version 7, RFC 9562).
package struct MessageID: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String
    package init(_ rawValue: String) { self.rawValue = rawValue }
    package var description: String { rawValue }
}

/// A message as a source hands it over.
package struct Arrival: Sendable {
    package var source: String
    package var body: [UInt8]
    package var transport: TransportContext
    /// The transport's own key of this delivery (Idempotency-Key, MESH id, claimed file), where it has one.
    package var deliveryKey: String?
    package var acceptedAt: Date

    package init(
        source: String, body: [UInt8], transport: TransportContext, deliveryKey: String? = nil, acceptedAt: Date
    ) {
        self.source = source
        self.body = body
        self.transport = transport
        self.deliveryKey = deliveryKey
        self.acceptedAt = acceptedAt
    }
}

/// What accepting a message came to.
package enum Acceptance: Sendable, Equatable {
    case accepted(MessageID)
    /// The same delivery was accepted before, as this message.
    case repeated(MessageID)
    /// Nothing was accepted: the delivery key was used before for something else, which is this message.
    case conflict(MessageID)

    package var id: MessageID {
        switch self {
        case .accepted(let id), .repeated(let id), .conflict(let id): id
        }
    }
}

/// A durable message.
package struct StoredMessage: Sendable {
    package let id: MessageID
    /// Grows with acceptance.
    package let sequence: Int64
    package let source: String
    package let body: [UInt8]
    package let transport: TransportContext
    package let acceptedAt: Date
    /// Where it comes from when it is one of many in a file.
    package let part: PartOrigin?
    /// A stable code when the row is damaged and `body` and `transport` are empty: such a message can only be
    /// quarantined, so that it does not stop those behind it.
    package let fault: String?

    /// The code of a row that does not hold what was accepted.
    package static let damaged = "store-row-damaged"

    /// The file that a part was taken from.
    package struct PartOrigin: Sendable, Equatable {
        package let file: MessageID
        /// In the file, from 1.
        package let number: Int
        /// What enclosed it there.
        package let header: [UInt8]?

        package init(file: MessageID, number: Int, header: [UInt8]?) {
            self.file = file
            self.number = number
            self.header = header
        }
    }

    package init(
        id: MessageID, sequence: Int64, source: String, body: [UInt8], transport: TransportContext, acceptedAt: Date,
        part: PartOrigin? = nil, fault: String? = nil
    ) {
        self.id = id
        self.sequence = sequence
        self.source = source
        self.body = body
        self.transport = transport
        self.acceptedAt = acceptedAt
        self.part = part
        self.fault = fault
    }
}

/// What became of a message.
package enum MessageFate: Sendable, Equatable {
    /// Read and told. `issues` counts what its reader should know.
    case read(mapping: String, issues: Int)
    /// It says whose it is only by a local number that no link resolves yet.
    case awaitingIdentity(system: String, practice: String, localID: String)
    /// It cannot be read, or must not be: `code` is stable, `place` never carries a value from it.
    case quarantined(code: String, place: String)
    /// It holds many messages, which are to be kept as messages of their own. `path` says where they stand.
    case splitting(path: String)
    /// Each of the messages in it is kept, and has a fate of its own.
    case split
}

/// How many messages of a source are in a state.
package struct MessageCount: Sendable, Equatable {
    package enum State: String, Sendable {
        case accepted, read
        case awaitingIdentity = "awaiting-identity"
        case quarantined
        /// A file of many messages that is being taken apart.
        case splitting
    }

    package let source: String
    package let state: State
    package let count: Int
    package let oldest: Date?

    package init(source: String, state: State, count: Int, oldest: Date?) {
        self.source = source
        self.state = state
        self.count = count
        self.oldest = oldest
    }
}
