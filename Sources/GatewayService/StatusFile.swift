import Dispatch
import Glibc
package import Logging
import ServiceLifecycle
package import Storage
package import Telemetry

import struct Foundation.Date

/// Writes the status file every few seconds, so that `hatchway status` can tell how the daemon is even when it hangs.
package struct StatusFileWorker: Service {
    private let path: String
    private let program: String
    private let startedAt: Date
    private let every: Duration
    private let status: StatusBoard
    private let store: any MessageStore
    private let logger: Logger
    private let clock: WallClock
    private let files = DispatchQueue(label: "hatchway.status-file")

    /// `program` is the version of the program.
    package init(
        path: String, program: String, status: StatusBoard, store: any MessageStore, logger: Logger,
        every: Duration = .seconds(5), clock: WallClock = .system
    ) {
        self.path = path
        self.program = program
        self.every = every
        self.status = status
        self.store = store
        self.logger = logger
        self.clock = clock
        startedAt = clock.now
    }

    /// Writes until the gateway stops, and once more then. A file that cannot be written is logged once, not each time.
    package func run() async throws {
        let path = path
        await withCheckedContinuation { (waiter: CheckedContinuation<Void, Never>) in
            files.async {
                AtomicFile.removeLeftovers(of: path)
                waiter.resume()
            }
        }
        var isFailing = false
        while !Task.isCancelled && !Task.isShuttingDownGracefully {
            await write("running", isFailing: &isFailing)
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: every) }
        }
        await write("stopping", isFailing: &isFailing)
    }

    /// Writes it now.
    /// - Throws: ``StatusFileFault``.
    package func write(state: String) async throws {
        let report = StatusReport(
            program: program, pid: getpid(), startedAt: startedAt, writtenAt: clock.now, state: state,
            sources: status.sources, consumers: status.consumers, messages: await messages(),
            issues: status.issues, files: await files())
        let content = try report.encoded()
        let path = path
        try await withCheckedThrowingContinuation { (waiter: CheckedContinuation<Void, any Error>) in
            files.async { waiter.resume(with: Result { try AtomicFile.replace(path, with: content) }) }
        }
    }

    /// Writes it as the last thing that the gateway does. A failure is logged and nothing more: it keeps nothing else from
    /// being closed.
    package func writeLast(state: String) async {
        var isFailing = false
        await write(state, isFailing: &isFailing)
    }

    private func write(_ state: String, isFailing: inout Bool) async {
        do {
            try await write(state: state)
            isFailing = false
        } catch {
            if !isFailing {
                let cause = (error as? StatusFileFault)?.description ?? "\(type(of: error))"
                logger.event(
                    .statusFileFailed, level: .error, "The status file cannot be written", ["cause": cause])
            }
            isFailing = true
        }
    }

    private func files() async -> [StatusReport.File]? {
        let files = try? await store.read { try $0.filesInProgress(limit: StatusReport.fileLimit) }
        return files.map { files in
            files.map { file in
                StatusReport.File(
                    id: file.file.rawValue, source: file.source, bytes: file.bytes, bytesDone: file.bytesDone,
                    parts: file.parts, partsRead: file.partsRead, partsAwaitingIdentity: file.partsAwaiting,
                    partsQuarantined: file.partsQuarantined)
            }
        }
    }

    private func messages() async -> [String: StatusReport.Messages]? {
        guard let counts = try? await store.read({ try $0.messageCounts() }) else { return nil }
        var messages: [String: StatusReport.Messages] = [:]
        for count in counts {
            switch count.state {
            case .accepted: messages[count.source, default: .init()].accepted += count.count
            case .read: messages[count.source, default: .init()].read += count.count
            case .awaitingIdentity: messages[count.source, default: .init()].awaitingIdentity += count.count
            case .quarantined: messages[count.source, default: .init()].quarantined += count.count
            case .splitting: messages[count.source, default: .init()].splitting += count.count
            }
        }
        return messages
    }
}
