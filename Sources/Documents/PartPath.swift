import struct Foundation.Data
import class Foundation.JSONDecoder
import class Foundation.JSONEncoder

/// Where the messages stand in a file that holds many: what `each` says in a mapping.
package enum PartPath: Sendable, Hashable, Codable {
    /// Names of XML elements from the root on; the last one's elements are the parts.
    case elements([String])
    /// Keys of JSON objects from the root on; the last one's array holds the parts.
    case keys([String], isCaseInsensitive: Bool)
    /// The members of a JSON array that is the root.
    case items
    /// JSON Lines (NDJSON): a part is a line that is not blank.
    case lines
    /// Comma-separated values (RFC 4180): a part is a row, as a JSON object with the names of the first row.
    case rows
}

extension PartPath {
    /// One line of JSON, by which a path is kept.
    package var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// - Returns: nil when the text is not one that ``text`` gave.
    package init?(text: String) {
        guard let path = try? JSONDecoder().decode(PartPath.self, from: Data(text.utf8)) else { return nil }
        self = path
    }
}

/// One message out of a file that holds many. Its bytes can be stored and read by themselves, as any other body.
package struct DocumentPart: Sendable, Equatable {
    package enum Content: Sendable, Equatable {
        /// The part in its own language: an element with the namespaces that it uses, or a JSON value.
        case body([UInt8])
        /// Over a limit: it harms only itself, and nothing of it is kept.
        case refused(DocumentFault.Code)
    }

    /// Counted from 1 in the order of the file. Parts that are refused count too, so that a number means the same part
    /// whatever the limits are.
    package let number: Int
    package let content: Content
    /// What encloses it; nil where nothing can, in lines, rows and a root array.
    package let header: DocumentHeader?
}

/// What encloses the parts of a file: the elements that are open where a part begins, with their attributes and with
/// their children that stand before the first part; or of JSON the objects, with their members before it.
package struct DocumentHeader: Sendable, Equatable {
    /// Grows when a file's header changes, as it does where `Export.Practice.Patient` has several practices.
    package let number: Int
    /// A document of its own. In JSON the key of the parts is there, with an empty array.
    package let body: [UInt8]
}

extension DocumentPart {
    /// Most bytes of a header.
    package static let headerSize = 64 << 10
}
