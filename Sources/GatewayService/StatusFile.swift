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
        var isFailing = false
        while !Task.isCancelled && !Task.isShuttingDownGracefully {
            await write("running", isFailing: &isFailing)
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: every) }
        }
        await write("stopping", isFailing: &isFailing)
    }

    /// Writes it now, for instance as the last thing that the gateway does.
    /// - Throws: ``StatusFileFault``.
    package func write(state: String) async throws {
        let report = StatusReport(
            program: program, pid: getpid(), startedAt: startedAt, writtenAt: clock.now, state: state,
            sources: status.sources, consumers: status.consumers, messages: await messages(),
            issues: status.issues)
        let content = try report.encoded()
        let path = path
        try await withCheckedThrowingContinuation { (waiter: CheckedContinuation<Void, any Error>) in
            files.async { waiter.resume(with: Result { try AtomicFile.replace(path, with: content) }) }
        }
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

    private func messages() async -> [String: StatusReport.Messages]? {
        guard let counts = try? await store.read({ try $0.messageCounts() }) else { return nil }
        var messages: [String: StatusReport.Messages] = [:]
        for count in counts {
            switch count.state {
            case .accepted: messages[count.source, default: .init()].accepted += count.count
            case .read: messages[count.source, default: .init()].read += count.count
            case .awaitingIdentity: messages[count.source, default: .init()].awaitingIdentity += count.count
            case .quarantined: messages[count.source, default: .init()].quarantined += count.count
            }
        }
        return messages
    }
}

/// Replaces a file as a whole: a reader sees the old content or the new, never a part. Blocks on the disk.
enum AtomicFile {
    static func replace(_ path: String, with content: [UInt8]) throws(StatusFileFault) {
        let temporary = "\(path).\(getpid()).tmp"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw fault(path, "cannot be created", hint: "its folder must be there and be writable")
        }
        defer { close(descriptor) }
        // The umask may have taken the others' right to read.
        _ = fchmod(descriptor, 0o644)
        var written = 0
        while written < content.count {
            let count = content.withUnsafeBytes {
                write(descriptor, $0.baseAddress?.advanced(by: written), content.count - written)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                let failure = fault(path, "cannot be written", hint: "")
                unlink(temporary)
                throw failure
            }
            written += count
        }
        guard rename(temporary, path) == 0 else {
            let failure = fault(path, "cannot be replaced", hint: "")
            unlink(temporary)
            throw failure
        }
    }

    private static func fault(_ path: String, _ problem: String, hint: String) -> StatusFileFault {
        StatusFileFault(path: path, problem: "\(problem): \(String(cString: strerror(errno)))", hint: hint)
    }
}
