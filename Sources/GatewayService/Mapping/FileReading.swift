package import CanonicalModel
import Crypto
import Documents
import Foundation
package import Interpretation
import MessageMapping

/// What reading one file came to, as `hatchway map` tells it.
package struct FileReading: Sendable {
    package let file: MessageFile
    /// Its number, when it is one of many in the file.
    package let part: Int?
    package let reading: MessageReading
    /// Bytes of the message.
    package let size: Int
    /// Line of a fault, counted from 1, where known.
    package let line: Int?

    /// Reads a body with what came with it; `acceptedAt` is a FHIR instant.
    package static func read(
        _ file: MessageFile, _ body: MessageBody, with reader: MessageReader, acceptedAt: String,
        isExplaining: Bool = false
    ) -> FileReading {
        let reading = reader.read(
            body.bytes, transport: body.context, acceptedAt: acceptedAt, digest: body.digest, isExplaining: isExplaining
        )
        var line: Int?
        if case .refused(let fault) = reading {
            line = fault.line ?? fault.offset.map { 1 + body.bytes.prefix($0).count { $0 == UInt8(ascii: "\n") } }
        }
        return FileReading(file: file, part: nil, reading: reading, size: body.bytes.count, line: line)
    }

    /// Reads one part of a file of many messages, as the daemon does.
    static func read(
        _ file: MessageFile, _ part: DocumentPart, _ context: TransportContext, with reader: MessageReader,
        acceptedAt: String, isExplaining: Bool
    ) -> FileReading {
        switch part.content {
        case .refused(let code):
            return FileReading(
                file: file, part: part.number, reading: .refused(DocumentFault(code)), size: 0, line: nil)
        case .body(let bytes):
            let body = MessageBody(bytes: bytes, context: context)
            let reading = reader.read(
                bytes, from: .file(header: part.header?.body), transport: context, acceptedAt: acceptedAt,
                digest: body.digest, isExplaining: isExplaining)
            return FileReading(file: file, part: part.number, reading: reading, size: bytes.count, line: nil)
        }
    }

    /// What breaks off a file of many messages, after its last part.
    static func broken(_ file: MessageFile, by fault: DocumentFault) -> FileReading {
        FileReading(file: file, part: nil, reading: .refused(fault), size: 0, line: fault.line)
    }

    /// Exit status of `hatchway map` for this file (command-line.md).
    package var exit: Int32 {
        switch reading {
        case .read, .file: 0
        case .unknown: 2
        case .refused: 3
        }
    }

    /// The stable code of a refusal.
    package var code: String? {
        switch reading {
        case .read, .file: nil
        case .unknown: MessageReading.unknownCode
        case .refused(let fault): fault.code.rawValue
        }
    }

    /// Byte offset of a fault, where known.
    package var offset: Int? {
        if case .refused(let fault) = reading { fault.offset } else { nil }
    }

    /// What people know it by.
    private var name: String { file.path + (part.map { " part \($0)" } ?? "") }

    /// Why there is nothing to print, for people; empty when there is. The folders are where the mappings came from.
    package func refusal(folders: [String]) -> String {
        switch reading {
        case .read, .file: return ""
        case .unknown:
            return """
                \(name): \(MessageReading.unknownCode): no mapping reads this message
                  hint: the mappings are those of \(folders.joined(separator: ", ")); what says nothing of itself is told \
                by --context system=…,message=…
                """
        case .refused(let fault):
            let place = [line.map { "line \($0)" }, fault.offset.map { "byte \($0)" }].compactMap { $0 }
            return ([name, fault.code.rawValue] + place).joined(separator: ": ")
        }
    }

    /// One line of JSON: `file`, `exit`, and the message, itself JSON on one line, or the code and place of the
    /// refusal.
    package func jsonLine(message: [UInt8]? = nil, withheld: [(rule: String, count: Int)]? = nil) -> [UInt8] {
        var fields = ["\"file\":\(Self.quoted(file.path))"]
        if let part { fields.append("\"part\":\(part)") }
        fields.append("\"exit\":\(exit)")
        if let code { fields.append("\"code\":\(Self.quoted(code))") }
        let place = [("line", line), ("offset", offset)].compactMap { name, value in value.map { "\"\(name)\":\($0)" } }
        if !place.isEmpty { fields.append("\"place\":{\(place.joined(separator: ","))}") }
        if let message { fields.append("\"message\":" + String(decoding: message, as: UTF8.self)) }
        if let withheld {
            let counts = withheld.map { "\(Self.quoted($0.rule)):\($0.count)" }
            fields.append("\"withheld\":{\(counts.joined(separator: ","))}")
        }
        return Array("{\(fields.joined(separator: ","))}\n".utf8)
    }

    private static func quoted(_ text: String) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        return (try? encoder.encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
    }
}

/// A body as it was read from a file, with what came with it.
package struct MessageBody: Sendable {
    package let bytes: [UInt8]
    package let context: TransportContext
    /// SHA-256 of the bytes in lower-case hexadecimal digits.
    package let digest: String

    package init(bytes: [UInt8], context: TransportContext) {
        self.bytes = bytes
        self.context = context
        let alphabet = Array("0123456789abcdef".utf8)
        let digits = SHA256.hash(data: bytes).flatMap { [alphabet[Int($0 >> 4)], alphabet[Int($0 & 15)]] }
        digest = String(decoding: digits, as: UTF8.self)
    }
}
