package import CanonicalModel
package import struct Foundation.Date

/// A file of many messages as a source hands it over: its bytes follow piece by piece, since it may be larger than memory.
package struct FileArrival: Sendable {
    package var source: String
    package var transport: TransportContext
    /// As of ``Arrival``.
    package var deliveryKey: String?
    package var acceptedAt: Date

    package init(source: String, transport: TransportContext, deliveryKey: String? = nil, acceptedAt: Date) {
        self.source = source
        self.transport = transport
        self.deliveryKey = deliveryKey
        self.acceptedAt = acceptedAt
    }
}

/// A durable file of many messages whose parts are being kept as messages of their own.
package struct StoredFile: Sendable {
    package let id: MessageID
    package let sequence: Int64
    package let source: String
    package let transport: TransportContext
    package let acceptedAt: Date
    /// In bytes.
    package let length: Int
    /// Where its parts stand, in the words of who takes it apart, once that was begun: a number of a part means the same
    /// part as long as this stays the same.
    package let path: String?
    /// The part cursor: parts up to this number are kept.
    package let parts: Int
    /// As of ``StoredMessage``.
    package let fault: String?
}

/// One message out of a file.
package struct FilePart: Sendable {
    /// What encloses the parts, kept once for all of them.
    package struct Header: Sendable {
        package let number: Int
        package let body: [UInt8]

        package init(number: Int, body: [UInt8]) {
            self.number = number
            self.body = body
        }
    }

    /// In the file, from 1.
    package let number: Int
    /// Empty when it is refused.
    package let body: [UInt8]
    /// The stable code with which it goes into quarantine at once.
    package let refusal: String?
    package let header: Header?

    package init(number: Int, body: [UInt8], refusal: String? = nil, header: Header?) {
        self.number = number
        self.body = body
        self.refusal = refusal
        self.header = header
    }
}

/// Up to where a file has been taken apart.
package struct FileCursor: Sendable, Equatable {
    package var path: String
    /// Parts up to this number.
    package var parts: Int
    /// Bytes read; only for people.
    package var bytes: Int

    package init(path: String, parts: Int, bytes: Int) {
        self.path = path
        self.parts = parts
        self.bytes = bytes
    }
}

/// How far a file has been taken apart and its parts been read.
package struct FileProgress: Sendable, Equatable {
    package let file: MessageID
    package let source: String
    /// Of the whole file.
    package let bytes: Int
    /// Bytes taken apart.
    package let bytesDone: Int
    /// Whether every part that can be had is kept.
    package let isWhole: Bool
    /// Parts kept so far, and what became of them.
    package let parts: Int
    package let partsRead: Int
    package let partsAwaiting: Int
    package let partsQuarantined: Int
}
