import CanonicalModel
import Foundation
package import Logging
import MessageMapping
package import Release
import ServiceLifecycle
package import Storage
package import Telemetry

/// Takes accepted messages from the store, reads and maps them, and commits what they change: read, map, identify, detect
/// change, decide, commit.
///
/// It keeps **invariant 2** (the same news is never two events) by letting everything a message does, its own fate
/// included, be one unit of a commit, and **invariant 6** (a bad message harms only itself) by quarantining what cannot be
/// read and going on. Reading and mapping run in parallel; commits follow the order of acceptance.
package struct Interpreter: Service {
    private let store: any MessageStore
    private let reader: @Sendable () -> MessageReader
    private let settings: InterpretationSettings
    private let policy: ReleasePolicy
    private let accepted: Signal
    private let files: Signal
    private let queued: @Sendable (_ consumer: String) -> Void
    private let status: StatusBoard
    private let logger: Logger
    private let clock: WallClock
    private let executor = ReadingExecutor(width: ProcessInfo.processInfo.activeProcessorCount)

    /// How much is read at once.
    private static let batchMessages = 64
    private static let batchBytes = 32 << 20
    private static let idle: Duration = .seconds(1)
    /// Batches that fail in a row before the message at their head is suspected.
    private static let patience = 3

    /// - `reader`: the mappings of the moment; asked once a batch, so that they can be replaced.
    /// - `accepted`: raised when a message was accepted.
    /// - `files`: raised when a message turned out to be a file of many.
    /// - `queued`: told of each consumer that has new events.
    package init(
        store: any MessageStore, reader: @escaping @Sendable () -> MessageReader,
        settings: InterpretationSettings, policy: ReleasePolicy, accepted: Signal, files: Signal = Signal(),
        queued: @escaping @Sendable (_ consumer: String) -> Void, status: StatusBoard, logger: Logger,
        clock: WallClock = .system
    ) {
        self.store = store
        self.reader = reader
        self.settings = settings
        self.policy = policy
        self.accepted = accepted
        self.files = files
        self.queued = queued
        self.status = status
        self.logger = logger
        self.clock = clock
    }

    package func run() async throws {
        await withGracefulShutdownHandler {
            var failures = 0
            while !Task.isCancelled, !Task.isShuttingDownGracefully {
                do {
                    let count = try await readBatch(isolating: failures >= Self.patience)
                    failures = 0
                    if count == 0 { await accepted.wait(atMost: Self.idle) }
                } catch {
                    failures += 1
                    logger.event(
                        .storeFailed, level: .error, "reading waits for the store",
                        ["error": "\(error)", "failures": "\(failures)"])
                    await accepted.wait(atMost: .seconds(min(30, failures)))
                }
            }
        } onGracefulShutdown: {
            accepted.raise()
        }
    }

    /// Reads what waits, up to a batch. When `isolating`, one message alone: if its commit fails in a store that otherwise
    /// works, it is the message's fault, and it goes into quarantine.
    /// - Returns: how many messages there were.
    package func readBatch(isolating: Bool = false) async throws -> Int {
        // Messages that were woken keep their old place, so every batch looks from the beginning.
        let messages = try await store.messagesToRead(
            after: 0, limit: isolating ? 1 : Self.batchMessages, bytes: Self.batchBytes)
        guard !messages.isEmpty else { return 0 }
        let readings = await read(messages, with: reader())
        let commits = zip(messages, readings).map { message, reading in
            MessageCommit(
                stored: message, reading: reading, settings: settings, policy: policy, now: clock.now,
                digest: store.digest, patientKey: store.patientKey)
        }
        let results = try await store.commit(commits.map { commit in { try commit.run(in: $0) } })
        var storeFault: StoreFault?
        for (commit, result) in zip(commits, results) {
            switch result {
            case .success(let outcome): note(outcome, of: commit)
            case .failure(let fault as StoreFault) where fault.isBusy || !isolating: storeFault = fault
            case .failure: try await quarantine(commit)
            }
        }
        if let storeFault { throw storeFault }
        return messages.count
    }

    private func read(_ messages: [StoredMessage], with reader: MessageReader) async -> [MessageReading] {
        await withTaskGroup(of: (Int, MessageReading).self) { group in
            for (index, message) in messages.enumerated() {
                group.addTask(executorPreference: executor) {
                    (
                        index,
                        reader.read(
                            message.body, from: message.part.map { .file(header: $0.header) } ?? .source,
                            transport: message.transport,
                            acceptedAt: InstantText.format(message.acceptedAt), digest: hex(store.digest(message.body)))
                    )
                }
            }
            var readings = [MessageReading](repeating: .unknown, count: messages.count)
            for await (index, reading) in group { readings[index] = reading }
            return readings
        }
    }

    private func hex(_ digest: ContentDigest) -> String {
        digest.bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    /// A message that breaks its own commit must not stop those behind it.
    private func quarantine(_ commit: MessageCommit) async throws {
        let outcome = MessageCommit.Outcome(fate: .quarantined(code: "message-not-committed", place: ""))
        let entry = AuditEntry(
            action: "quarantined", at: clock.now, message: commit.stored.id, rule: "message-not-committed")
        try await store.commit { transaction in
            try transaction.settle(commit.stored.id, as: outcome.fate)
            try transaction.audit(entry)
        }
        note(outcome, of: commit)
    }

    // MARK: Telling operators

    private func note(_ outcome: MessageCommit.Outcome, of commit: MessageCommit) {
        if case .read(let mapped) = commit.reading {
            for issue in mapped.issues {
                status.count(issue: issue.code, of: mapped.mapping.name, by: issue.count ?? 1)
            }
            for (code, count) in outcome.remarks { status.count(issue: code, of: mapped.mapping.name, by: count) }
        }
        let source = commit.stored.source
        var fields = ["messageId": commit.stored.id.rawValue, "source": source]
        fields["patient"] = outcome.patient?.rawValue
        if let part = commit.stored.part {
            fields["file"] = part.file.rawValue
            fields["part"] = "\(part.number)"
        }
        switch outcome.fate {
        case .read(let mapping, let issues):
            fields["mapping"] = mapping
            fields["issues"] = "\(issues)"
            if !outcome.remarks.isEmpty { fields["remarks"] = outcome.remarks.keys.sorted().joined(separator: ",") }
            status.count(source: source, "read", at: clock.now)
            logger.event(.messageRead, "message read", fields)
        case .awaitingIdentity(let system, _, _):
            fields["system"] = system
            status.count(source: source, "awaiting-identity")
            logger.event(.messageAwaiting, "message waits until its patient is known", fields)
        case .quarantined(let code, let place):
            fields["reason"] = code
            if !place.isEmpty { fields["place"] = place }
            status.count(source: source, "quarantined")
            status.fail(source: source, code, at: clock.now)
            logger.event(.messageQuarantined, level: .warning, "message put into quarantine", fields)
        case .splitting: files.raise()
        case .split: break
        }
        if outcome.hasLearnedLink {
            logger.event(
                .linkLearned, "patient link learned",
                ["messageId": commit.stored.id.rawValue, "woken": "\(outcome.woken)"])
        }
        for (consumer, count) in outcome.release.queued {
            status.count(consumer: consumer, "queued", by: count)
            queued(consumer)
        }
        for (consumer, rules) in outcome.release.withheld {
            for (rule, count) in rules { status.count(consumer: consumer, "withheld.\(rule)", by: count) }
        }
    }
}
