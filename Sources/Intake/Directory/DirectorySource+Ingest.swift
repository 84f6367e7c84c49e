import CanonicalModel
import Logging
import ServiceLifecycle
import Storage
import Telemetry

import struct Foundation.Date

extension DirectorySource {
    /// Accepts a claimed file and puts it away. When the store fails the file stays claimed and is tried again, until the
    /// gateway stops; whoever comes next adopts it.
    func ingest(_ claim: Claim, from claims: ClaimFolder, lane: Int) async throws {
        if let refusal = claim.refusal { return try await refuse(claim, refusal, from: claims, lane: lane) }
        let limit = settings.messageSize
        guard let body = try await files.run(lane: lane, { try claims.body(of: claim, limit: limit) }) else {
            return try await refuse(claim, "file-unreadable", from: claims, lane: lane)
        }
        if body.isEmpty { return try await refuse(claim, "message-empty", from: claims, lane: lane) }
        if body.count > limit {
            guard fileSign.holds(body, claim.context) else {
                return try await refuse(claim, "message-too-large", from: claims, lane: lane)
            }
            return try await ingestFile(claim, from: claims, lane: lane)
        }
        let arrival = Arrival(
            source: name, body: body, transport: claim.context, deliveryKey: claim.id, acceptedAt: claim.acceptedAt)
        guard let acceptance = await accept({ try await store.accept(arrival) }) else { return }
        try await finish(claim, acceptance, from: claims, lane: lane)
    }

    /// Accepts a file that is larger than a message, piece by piece.
    private func ingestFile(_ claim: Claim, from claims: ClaimFolder, lane: Int) async throws {
        let arrival = FileArrival(
            source: name, transport: claim.context, deliveryKey: claim.id, acceptedAt: claim.acceptedAt)
        let acceptance = await accept {
            let pieces = try await files.run(lane: lane) { try claims.pieces(of: claim) }
            return try await store.acceptFile(arrival) {
                // A large file does not hold a shutdown up: it stays claimed, and whoever comes next begins it again.
                if isStopping { throw CancellationError() }
                return try await files.run(lane: lane) { try pieces.next() }
            }
        }
        guard let acceptance else { return }
        try await finish(claim, acceptance, from: claims, lane: lane)
    }

    private func finish(_ claim: Claim, _ acceptance: Acceptance, from claims: ClaimFolder, lane: Int) async throws {
        // Keys of claims are unique; a file must not be lost even if that failed.
        if case .conflict = acceptance {
            return try await refuse(claim, "idempotency-key-reused", from: claims, lane: lane)
        }
        accepted.raise()
        record(acceptance)
        let archiveName = settings.afterwards == .archive ? acceptance.id.rawValue : nil
        let day = Self.day(of: claim.acceptedAt)
        try await files.run(lane: lane) { try claims.finish(claim, archiveAs: archiveName, day: day) }
    }

    /// - Returns: nil when the gateway stopped before the store could be written.
    private func accept(_ attempt: () async throws -> Acceptance) async -> Acceptance? {
        var retry = RetryDelay()
        while !Task.isCancelled {
            do {
                let acceptance = try await attempt()
                recovered(&retry)
                return acceptance
            } catch {
                // A busy store is no failure: the file waits its turn.
                let isWaiting = error is CancellationError || (error as? StoreFault)?.isBusy == true
                if !isWaiting { failed("store-failed", error) }
                await pause(retry.next())
                if isStopping { return nil }
            }
        }
        return nil
    }

    private func record(_ acceptance: Acceptance) {
        switch acceptance {
        case .accepted(let id):
            status.count(source: name, "accepted", at: clock.now)
            logger.event(.messageAccepted, "A message is accepted", ["source": name, "messageId": id.rawValue])
        case .repeated(let id):
            status.count(source: name, "repeated", at: clock.now)
            logger.event(
                .messageRepeated, "A delivery was accepted before", ["source": name, "messageId": id.rawValue])
        case .conflict: break
        }
    }

    private func refuse(_ claim: Claim, _ reason: String, from claims: ClaimFolder, lane: Int) async throws {
        try await files.run(lane: lane) { try claims.refuse(claim) }
        status.count(source: name, "refused")
        status.fail(source: name, reason, at: clock.now)
        logger.event(
            .messageRefused, level: .warning, "A file is no message and is kept in .hatchway/refused",
            ["source": name, "reason": reason, "file": claim.id])
    }

    /// Files whose names are not text can be named to nobody and are left where they are.
    func report(_ unreadable: Int) {
        guard unreadable > 0 else { return }
        let reason = "file-name-unreadable"
        status.count(source: name, "refused", by: unreadable)
        status.fail(source: name, reason, at: clock.now)
        logger.event(
            .messageRefused, level: .warning, "A name in the folder is not UTF-8; what has it stays where it is",
            ["source": name, "reason": reason, "count": "\(unreadable)"])
    }

    // MARK: Failing and pausing

    var isStopping: Bool { Task.isCancelled || Task.isShuttingDownGracefully }

    /// Sleeps, but not into a shutdown.
    func pause(_ duration: Duration) async {
        try? await cancelWhenGracefulShutdown { try await Task.sleep(for: duration) }
    }

    func failed(_ reason: String, _ error: any Error) {
        status.fail(source: name, reason, at: clock.now)
        status.update(source: name) { $0.state = "failing" }
        // Only errors of our own are known to name no file.
        let cause = (error as? FileFault)?.description ?? (error as? StoreFault)?.description ?? "\(type(of: error))"
        logger.event(
            .sourceFailed, level: .error, "A folder cannot be read, or a message cannot be kept; trying again",
            ["source": name, "reason": reason, "cause": cause])
    }

    func recovered(_ retry: inout RetryDelay) {
        guard retry.isFailing else { return }
        retry.reset()
        guard status.sources[name]?.state == "failing" else { return }
        status.update(source: name) { $0.state = "running" }
        logger.event(.sourceRecovered, "A source works again", ["source": name])
    }

    /// The day of a date in UTC, `2026-11-21`.
    static func day(of date: Date) -> String {
        String(date.formatted(.iso8601.year().month().day()).prefix(10))
    }
}

/// How long to wait after one failure and the next: from 100 ms, doubled to at most 30 s.
struct RetryDelay: Sendable {
    private var failures = 0

    var isFailing: Bool { failures > 0 }

    mutating func next() -> Duration {
        failures += 1
        return min(.milliseconds(100 << min(failures - 1, 12)), .seconds(30))
    }

    mutating func reset() { failures = 0 }
}
