import Foundation
import Testing

/// How the daemon ends when something is wrong, and what its operator reads then.
struct EndingTests {
    @Test("A port that is in use ends the daemon with status 70 and one line that says what to do")
    func portInUse() async throws {
        try await Consumer.with { _, port in
            let daemon = try Daemon(sinkPort: port, listenPort: port)
            defer { daemon.remove() }
            try daemon.launch()
            #expect(try await daemon.exitStatus() == 70)
            let lines = daemon.text("errors.txt").split(separator: "\n")
            #expect(lines.count == 1)
            #expect(lines.first?.hasPrefix("hatchway: listen: cannot listen on 127.0.0.1 port \(port)") == true)
            #expect(lines.first?.contains("see gateway.listen") == true)
            #expect(daemon.text("hatchway.jsonl").contains("gateway-stopped"), "the store was closed first")
            #expect(daemon.text("status.json").contains("\"failed\""))
        }
    }

    @Test("A status file that cannot be written at the end is logged, and keeps nothing from being closed")
    func statusFolderGone() async throws {
        try await Consumer.with { _, port in
            let daemon = try Daemon(sinkPort: port, statusFile: "status/status.json")
            defer { daemon.remove() }
            let folder = daemon.folder.appending(path: "status")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try await daemon.start()
            try FileManager.default.removeItem(at: folder)
            daemon.signal(SIGTERM)
            #expect(try await daemon.exitStatus() == 0)
            let log = daemon.text("hatchway.jsonl")
            #expect(log.contains("status-file-failed"))
            #expect(log.contains("gateway-stopped"))
            #expect(daemon.text("errors.txt").isEmpty)
        }
    }
}
