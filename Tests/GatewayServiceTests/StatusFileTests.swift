import CanonicalModel
import Foundation
import GatewayService
import Logging
import ServiceLifecycle
import Storage
import Telemetry
import Testing

@Suite("The status file")
struct StatusFileTests {
    private static let start = Date(timeIntervalSince1970: 1_790_000_000)

    private func withStore(_ body: (String, SQLiteMessageStore) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("status-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let store = try await SQLiteMessageStore.open(at: folder + "/store.db")
        try await body(folder, store)
        try await store.close()
    }

    private func worker(_ path: String, _ board: StatusBoard, _ store: any MessageStore) -> StatusFileWorker {
        StatusFileWorker(
            path: path, program: "1.0.0", status: board, store: store,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, every: .milliseconds(10),
            clock: WallClock { Self.start })
    }

    @Test("What is written is what is read, with the counts of the board and of the store")
    func roundTrip() async throws {
        try await withStore { folder, store in
            let board = StatusBoard(sources: ["drop"], consumers: ["portal"])
            board.count(source: "drop", "accepted", by: 3, at: Self.start)
            board.fail(consumer: "portal", "timeout", at: Self.start)
            _ = try await store.accept(
                Arrival(
                    source: "drop", body: [1], transport: TransportContext(["nhsNumber": "9990000018"]),
                    acceptedAt: Self.start))
            let path = folder + "/status.json"
            try await worker(path, board, store).write(state: "running")
            let report = try StatusReport.read(path)
            #expect(report.sources == board.sources && report.consumers == board.consumers)
            #expect(report.messages?["drop"]?.accepted == 1)
            #expect(report.startedAt == Self.start && report.state == "running" && report.pid == getpid())
            let text = try String(contentsOfFile: path, encoding: .utf8)
            #expect(!text.contains("9990000018"))
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o644)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).allSatisfy { !$0.hasSuffix(".tmp") })
        }
    }

    @Test("It is written while the gateway runs and says in the end that it stops")
    func running() async throws {
        try await withStore { folder, store in
            let path = folder + "/status.json"
            let group = ServiceGroup(
                configuration: ServiceGroupConfiguration(
                    services: [worker(path, StatusBoard(sources: ["drop"]), store)],
                    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
            try await withThrowingTaskGroup { tasks in
                tasks.addTask { try await group.run() }
                let deadline = ContinuousClock.now + .seconds(60)
                while !FileManager.default.fileExists(atPath: path), ContinuousClock.now < deadline {
                    try await Task.sleep(for: .milliseconds(5))
                }
                #expect(try StatusReport.read(path).state == "running")
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
            #expect(try StatusReport.read(path).state == "stopping")
        }
    }

    @Test("What dead processes left beside it is removed at the start; what others have there stays")
    func leftovers() async throws {
        try await withStore { folder, store in
            let path = folder + "/status.json"
            let dead = path + ".\(Int32.max).tmp"
            let kept = [path + ".\(getppid()).tmp", path + ".x.tmp", folder + "/other.json.\(Int32.max).tmp"]
            for file in [dead] + kept { try Data("{".utf8).write(to: URL(fileURLWithPath: file)) }
            let group = ServiceGroup(
                configuration: ServiceGroupConfiguration(
                    services: [worker(path, StatusBoard(), store)],
                    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
            try await withThrowingTaskGroup { tasks in
                tasks.addTask { try await group.run() }
                let deadline = ContinuousClock.now + .seconds(60)
                while !FileManager.default.fileExists(atPath: path), ContinuousClock.now < deadline {
                    try await Task.sleep(for: .milliseconds(5))
                }
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
            #expect(!FileManager.default.fileExists(atPath: dead))
            for file in kept { #expect(FileManager.default.fileExists(atPath: file), "\(file)") }
        }
    }

    @Test("A folder that is not there is a fault that names the file")
    func unwritable() async throws {
        try await withStore { folder, store in
            let path = folder + "/nowhere/status.json"
            let fault = await #expect(throws: StatusFileFault.self) {
                try await worker(path, StatusBoard(), store).write(state: "running")
            }
            #expect(fault?.description.contains(path) == true)
        }
    }

    @Test("The table says its age, and that it is stale after 30 seconds")
    func rendering() {
        var line = StatusBoard.Line()
        line.counts = ["accepted": 12, "refused": 1]
        line.lastError = "message-too-large"
        var messages = StatusReport.Messages()
        messages.quarantined = 2
        let report = StatusReport(
            program: "1.0.0", pid: 7, startedAt: Self.start - 90_000, writtenAt: Self.start, state: "running",
            sources: ["drop": line], consumers: [:], messages: ["drop": messages])
        #expect(
            report.render(now: Self.start + 4) == """
                hatchway 1.0.0, process 7, running, up 1d 1h
                written 4s ago

                SOURCE  STATE    ACCEPTED  REPEATED  REFUSED  WAITING  AWAITING-ID  QUARANTINED  LAST ERROR
                drop    running  12        0         1        0        0            2            message-too-large

                """)
        #expect(!report.isStale(now: Self.start + 30))
        #expect(report.isStale(now: Self.start + 31))
        var stopped = report
        stopped.state = "stopped"
        #expect(!stopped.isStale(now: Self.start + 3600))
        #expect(!stopped.isRunning)
        #expect(report.render(now: Self.start + 3700).contains("written 1h 1m ago — STALE"))
    }

    @Test("What is no status file is refused", arguments: ["", "{}", "[]", "{\"version\": 2}"])
    func damaged(_ content: String) async throws {
        try await withStore { folder, _ in
            try Data(content.utf8).write(to: URL(fileURLWithPath: folder + "/s.json"))
            #expect(throws: StatusFileFault.self) { try StatusReport.read(folder + "/s.json") }
        }
    }
}
