package import CanonicalModel
import Documents
import Foundation
package import Interpretation
import MessageMapping

/// A file of many messages, read part by part, so that a file of any size can be read.
package struct PartReading {
    private static let pieceSize = 64 << 10

    private let file: MessageFile
    private let context: TransportContext
    private let path: PartPath

    /// - Returns: nil when no mapping says that the file holds many messages.
    /// - Throws: ``MessageFileFault`` when the file cannot be read.
    package init?(_ file: MessageFile, _ context: TransportContext, with reader: MessageReader)
        throws(MessageFileFault)
    {
        guard reader.mappings.readsFiles else { return nil }
        let head = try file.body(limit: max(MappingSet.headSize, reader.limits.messageSize))
        let isWhole = head.count <= reader.limits.messageSize
        guard let path = reader.partPath(head: head, isWhole: isWhole, transport: context) else { return nil }
        self.file = file
        self.context = context
        self.path = path
    }

    /// Reads every part in the order of the file, and after the last one what breaks the file off, if anything does.
    /// - Parameters:
    ///   - reader: what parts are read by.
    ///   - acceptedAt: a FHIR instant.
    ///   - isExplaining: whether to tell where values came from.
    ///   - body: is given each reading.
    /// - Throws: ``MessageFileFault`` when the file cannot be read, or what `body` throws.
    package func forEach(
        with reader: MessageReader, acceptedAt: String, isExplaining: Bool = false, _ body: (FileReading) throws -> Void
    ) throws {
        guard let handle = FileHandle(forReadingAtPath: file.path) else {
            throw MessageFileFault(path: file.path, reason: "cannot be read")
        }
        defer { try? handle.close() }
        let splitter = DocumentSplitter(path: path, limits: reader.limits)
        var fault: DocumentFault?
        var isOver = false
        while !isOver, fault == nil {
            let piece = try handle.read(upToCount: Self.pieceSize) ?? Data()
            isOver = piece.isEmpty
            do throws(DocumentFault) {
                if isOver { try splitter.finish() } else { try splitter.feed(Array(piece)[...]) }
            } catch {
                fault = error
            }
            for part in splitter.takeParts() {
                try body(
                    FileReading.read(
                        file, part, context, with: reader, acceptedAt: acceptedAt, isExplaining: isExplaining))
            }
        }
        if let fault { try body(FileReading.broken(file, by: fault)) }
    }
}
