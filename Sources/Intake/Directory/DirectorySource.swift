import CanonicalModel
package import Logging
import ServiceLifecycle
package import Storage
package import Telemetry

import struct Foundation.Date

/// A folder that other systems put messages into.
///
/// A file is taken once it is complete, by renaming it into a folder of the gateway's own, so that of several gateways
/// that read the same folder exactly one gets it. It is accepted, and then archived or deleted; ``ClaimFolder`` says why
/// a crash between any two steps loses nothing and tells nothing twice.
package struct DirectorySource: Source {
    /// What becomes of an accepted file.
    package enum Afterwards: Sendable { case archive, delete }

    /// How a folder is read.
    package struct Settings: Sendable {
        /// The folder, absolute.
        package var path: String
        package var pattern: FolderPattern
        package var settle: Duration
        package var afterwards: Afterwards
        /// In bytes; a larger file is refused, unless it can hold many messages.
        package var messageSize: Int
        /// Between two looks at the folder.
        package var poll: Duration
        /// Between two looks for the claims of owners that died.
        package var adoptEvery: Duration

        package init(
            path: String, pattern: FolderPattern, settle: Duration = .seconds(2), afterwards: Afterwards = .archive,
            messageSize: Int, poll: Duration = .milliseconds(500), adoptEvery: Duration = .seconds(30)
        ) {
            self.path = path
            self.pattern = pattern
            self.settle = settle
            self.afterwards = afterwards
            self.messageSize = messageSize
            self.poll = poll
            self.adoptEvery = adoptEvery
        }
    }

    /// Files accepted at the same time: they share a group commit.
    static let batchCount = 64
    /// Bytes in memory at the same time, unless one file alone is larger.
    static let batchBytes = 64 << 20

    package let name: String
    let settings: Settings
    let store: any MessageStore
    let status: StatusBoard
    let accepted: Signal
    let fileSign: FileSign
    let logger: Logger
    let clock: WallClock
    let files: FileQueue

    /// `accepted` is raised after each message, to wake whoever reads them.
    package init(
        name: String, settings: Settings, store: any MessageStore, status: StatusBoard, accepted: Signal,
        fileSign: FileSign = .never, logger: Logger, clock: WallClock = .system
    ) {
        self.name = name
        self.settings = settings
        self.store = store
        self.status = status
        self.accepted = accepted
        self.fileSign = fileSign
        self.logger = logger
        self.clock = clock
        files = FileQueue(label: name)
    }

    /// Reads the folder until the gateway stops. A folder that cannot be read is tried again; it never throws.
    package func run() async throws {
        var retry = RetryDelay()
        while !isStopping {
            do {
                try await readFolder { recovered(&retry) }
            } catch {
                failed("folder-unreadable", error)
                await pause(retry.next())
            }
        }
    }

    private func readFolder(whenRead: () -> Void) async throws {
        let path = settings.path
        let workspace = try await files.run { try Workspace(path: path) }
        let claims = try await files.run { try ClaimFolder.create(in: workspace) }
        var settling = SettlePolicy(settle: settings.settle)
        var unnamed = UnreadableNames()
        var stuck: Set<FileStamp> = []
        var lastAdoption: ContinuousClock.Instant?
        while !isStopping {
            if lastAdoption.map({ .now - $0 >= settings.adoptEvery }) ?? true {
                try await adopt(in: workspace)
                lastAdoption = .now
                stuck = []
            }
            let before = FolderScan(
                pattern: settings.pattern, settling: settling,
                time: Int64(clock.now.timeIntervalSince1970 * 1_000_000_000))
            let (candidates, after) = try await files.run {
                try workspace.check(path: path)
                var scan = before
                return (try scan.run(root: workspace.root.raw), scan)
            }
            settling = after.settling
            whenRead()
            report(unnamed.news(in: after.unreadable))
            // A file that cannot be taken harms only itself: it is left alone until the next look for claims.
            stuck.formUnion(try await take(candidates.filter { !stuck.contains($0.stamp) }, into: claims))
            // A full scan says that more is waiting.
            if candidates.count < FolderScan.candidateLimit || !stuck.isEmpty { await pause(settings.poll) }
        }
        try await files.run { claims.removeIfEmpty() }
    }

    /// Finishes what owners that died had begun.
    private func adopt(in workspace: Workspace) async throws {
        for owner in try await files.run({ try workspace.owners() }) where !isStopping {
            guard let claims = try await files.run({ try ClaimFolder.adopt(owner, in: workspace) }) else { continue }
            for claim in try await files.run({ try claims.unfinished() }) where !isStopping {
                try await ingest(claim, from: claims, lane: 0)
            }
            try await files.run { claims.removeIfEmpty() }
        }
    }

    /// Takes complete files, a batch at a time.
    /// - Returns: files that could not be taken although they are there, for instance from a folder that may not be
    ///   written.
    private func take(_ candidates: [Candidate], into claims: ClaimFolder) async throws -> Set<FileStamp> {
        var rest = candidates[...]
        var time = clock.now
        var stuck: Set<FileStamp> = []
        while !rest.isEmpty && !isStopping {
            let batch = nextBatch(of: rest)
            rest = rest.dropFirst(batch.count)
            // Later files get later times although they are accepted together.
            let times = batch.indices.map { time.addingTimeInterval(Double($0 - batch.startIndex) * 0.000_001) }
            time = max(clock.now, times.last ?? time)
            try await withThrowingTaskGroup { group in
                for (lane, candidate) in batch.enumerated() {
                    group.addTask { try await take(candidate, at: times[lane], into: claims, lane: lane) }
                }
                for try await stamp in group {
                    if let stamp { stuck.insert(stamp) }
                }
            }
        }
        return stuck
    }

    /// As many files as may be in memory together, at least one.
    private func nextBatch(of candidates: ArraySlice<Candidate>) -> ArraySlice<Candidate> {
        var bytes = 0
        var count = 0
        for candidate in candidates.prefix(Self.batchCount) {
            bytes += min(Int(candidate.stamp.size), settings.messageSize)
            if count > 0 && bytes > Self.batchBytes { break }
            count += 1
        }
        return candidates.prefix(count)
    }

    private func take(_ candidate: Candidate, at time: Date, into claims: ClaimFolder, lane: Int) async throws
        -> FileStamp?
    {
        let claim: Claim?
        do {
            claim = try await files.run(lane: lane) { try claims.claim(candidate, at: time) }
        } catch let fault as FileFault where fault.isOfOneFile {
            failed("file-stuck", fault)
            return candidate.stamp
        }
        if let claim { try await ingest(claim, from: claims, lane: lane) }
        return nil
    }
}
