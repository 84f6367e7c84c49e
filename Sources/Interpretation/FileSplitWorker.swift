import CanonicalModel
import Documents
package import Logging
import MessageMapping
import ServiceLifecycle
package import Storage
package import Telemetry

/// Takes files of many messages apart: each part becomes a message of its own in the store, with its own fate, and is read
/// like any other.
///
/// It keeps **invariant 2** (the same delivery twice is one message) for parts by moving the file's durable part cursor in
/// the transaction that keeps them: after a crash a file is read again from its start, and parts up to the cursor are
/// passed over. It keeps **invariant 7** (memory is bounded) by holding one chunk of the file and a bounded batch of parts.
package struct FileSplitWorker: Service {
    private let store: any MessageStore
    private let reader: @Sendable () -> MessageReader
    private let files: Signal
    private let accepted: Signal
    private let status: StatusBoard
    private let logger: Logger
    private let clock: WallClock
    private let executor = ReadingExecutor(width: 1)

    private static let idle: Duration = .seconds(1)
    /// Bytes given to the splitter at once: what it can find in them is bounded too.
    private static let pieceSize = 64 << 10

    /// - `reader`: the mappings of the moment, which say what a file is and where its parts stand.
    /// - `files`: raised when a file may be waiting.
    /// - `accepted`: raised when parts were kept, to wake whoever reads them.
    package init(
        store: any MessageStore, reader: @escaping @Sendable () -> MessageReader, files: Signal, accepted: Signal,
        status: StatusBoard, logger: Logger, clock: WallClock = .system
    ) {
        self.store = store
        self.reader = reader
        self.files = files
        self.accepted = accepted
        self.status = status
        self.logger = logger
        self.clock = clock
    }

    package func run() async throws {
        await withGracefulShutdownHandler {
            var failures = 0
            while !isStopping {
                do {
                    let hadFile = try await splitNext()
                    failures = 0
                    if !hadFile { await files.wait(atMost: Self.idle) }
                } catch {
                    failures += 1
                    logger.event(
                        .storeFailed, level: .error, "taking a file apart waits for the store",
                        ["error": "\(error)", "failures": "\(failures)"])
                    await files.wait(atMost: .seconds(min(30, failures)))
                }
            }
        } onGracefulShutdown: {
            files.raise()
        }
    }

    /// Takes the file that was accepted first apart, to its end or until the gateway stops.
    /// - Returns: whether there was one.
    /// - Throws: ``StoreFault`` when the store fails; what was kept until then stays kept.
    package func splitNext() async throws -> Bool {
        guard let file = try await store.read({ try $0.nextFileToSplit() }) else { return false }
        try await withTaskExecutorPreference(executor) { try await split(file) }
        return true
    }

    private var isStopping: Bool { Task.isCancelled || Task.isShuttingDownGracefully }

    private func split(_ file: StoredFile) async throws {
        if let fault = file.fault { return try await end(file, .quarantined(code: fault, place: "")) }
        let reader = reader()
        var chunk = try await self.chunk(0, of: file)
        guard let path = path(of: file, beginning: chunk ?? [], reader) else {
            return try await end(file, .quarantined(code: MessageReading.unknownCode, place: ""))
        }
        logger.event(
            .fileStarted, "taking a file apart",
            ["messageId": file.id.rawValue, "source": file.source, "bytes": "\(file.length)", "parts": "\(file.parts)"])
        let splitter = DocumentSplitter(path: path, limits: reader.limits, skipping: file.parts)
        var batch = PartBatch(file: file, path: path.text)
        var bytes = 0
        var index = 0
        var fault: DocumentFault?
        while let piece = chunk, fault == nil {
            fault = try await feed(piece, at: bytes, to: splitter, &batch)
            bytes += piece.count
            index += 1
            if isStopping { return }
            chunk = bytes < file.length ? try await self.chunk(index, of: file) : nil
        }
        if fault == nil, bytes != file.length {
            return try await end(file, .quarantined(code: StoredMessage.damaged, place: ""), keeping: batch)
        }
        do throws(DocumentFault) {
            if fault == nil { try splitter.finish() }
        } catch {
            fault = error
        }
        batch.add(splitter.takeParts(), bytes: bytes)
        guard let fault else { return try await end(file, .split, keeping: batch) }
        let line = fault.line.map { ", line \($0)" } ?? fault.offset.map { ", byte \($0)" } ?? ""
        let place = "after part \(splitter.count)\(line)"
        try await end(file, .quarantined(code: fault.code.rawValue, place: place), keeping: batch)
    }

    /// What was decided when the file was begun holds to its end, whatever becomes of the mappings meanwhile: else a part's
    /// number would mean another part.
    private func path(of file: StoredFile, beginning: [UInt8], _ reader: MessageReader) -> PartPath? {
        if let text = file.path { return PartPath(text: text) }
        return reader.partPath(
            head: beginning, isWhole: beginning.count == file.length, transport: file.transport)
    }

    private func chunk(_ index: Int, of file: StoredFile) async throws -> [UInt8]? {
        try await store.read { try $0.chunk(index, of: file) }
    }

    /// - Returns: why the stream ends here, if it does.
    private func feed(_ chunk: [UInt8], at position: Int, to splitter: DocumentSplitter, _ batch: inout PartBatch)
        async throws -> DocumentFault?
    {
        for start in stride(from: 0, to: chunk.count, by: Self.pieceSize) {
            let end = min(start + Self.pieceSize, chunk.count)
            do throws(DocumentFault) {
                try splitter.feed(chunk[start..<end])
            } catch {
                return error
            }
            batch.add(splitter.takeParts(), bytes: position + end)
            if batch.isFull { try await keep(&batch) }
        }
        return nil
    }

    // MARK: Keeping

    private func keep(_ batch: inout PartBatch) async throws {
        let work = batch.work(now: clock.now)
        let ids = try await store.commit { transaction in try work.run(in: transaction) }
        note(work, ids)
        batch.clear()
    }

    /// The last parts and the file's own fate are one transaction.
    private func end(_ file: StoredFile, _ fate: MessageFate, keeping batch: PartBatch? = nil) async throws {
        let work = batch?.work(now: clock.now)
        let now = clock.now
        let ids = try await store.commit { transaction in
            let ids = try work?.run(in: transaction) ?? []
            try transaction.settle(file.id, as: fate)
            if case .quarantined(let code, _) = fate {
                try transaction.audit(AuditEntry(action: "quarantined", at: now, message: file.id, rule: code))
            }
            return ids
        }
        if let work { note(work, ids) }
        let parts = work?.cursor.parts ?? file.parts
        var fields = ["messageId": file.id.rawValue, "source": file.source, "parts": "\(parts)"]
        guard case .quarantined(let code, let place) = fate else {
            status.count(source: file.source, "files", at: now)
            return logger.event(.fileSplit, "every part of a file is a message of its own", fields)
        }
        fields["reason"] = code
        if !place.isEmpty { fields["place"] = place }
        status.count(source: file.source, "quarantined")
        status.fail(source: file.source, code, at: now)
        logger.event(
            .fileBroken, level: .warning, "a file cannot be read on; the parts before that place are kept", fields)
    }

    private func note(_ work: PartBatch.Work, _ ids: [MessageID]) {
        guard !ids.isEmpty else { return }
        let source = work.file.source
        status.count(source: source, "parts", by: ids.count)
        for (part, id) in zip(work.parts, ids) {
            guard let reason = part.refusal else { continue }
            status.count(source: source, "quarantined")
            status.fail(source: source, reason, at: clock.now)
            logger.event(
                .messageQuarantined, level: .warning, "a part of a file put into quarantine",
                [
                    "messageId": id.rawValue, "source": source, "reason": reason, "file": work.file.id.rawValue,
                    "part": "\(part.number)",
                ])
        }
        logger.event(
            .fileProgress, level: .debug, "parts of a file are kept",
            [
                "messageId": work.file.id.rawValue, "source": source, "parts": "\(work.cursor.parts)",
                "bytes": "\(work.cursor.bytes)",
            ])
        accepted.raise()
    }
}
