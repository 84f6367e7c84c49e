import CanonicalModel
import Foundation
import Storage
import Testing

@Suite("A crash")
struct CrashTests {
    @Test("A process killed at any moment loses nothing that it acknowledged")
    func killed() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/store.db"
            var acknowledged: Set<String> = []
            for run in 0..<6 {
                // The moment is counted in acknowledgements, so that a slow machine is killed just as far on.
                let lines = try killedProbe(path, run: "\(run)", after: Int.random(in: 1...120))
                #expect(!lines.isEmpty)
                acknowledged.formUnion(lines)

                let store = try await SQLiteMessageStore.open(at: path)
                let stored = try await store.everyMessage().map { String(decoding: $0.body, as: UTF8.self) }
                #expect(acknowledged.subtracting(stored).isEmpty)
                #expect(Set(stored).count == stored.count)
                #expect(try await store.settings().areDurable)
                try await store.close()
            }
        }
    }

    /// Runs the probe until it has acknowledged so many messages, kills it, and returns every one it acknowledged.
    private func killedProbe(_ path: String, run: String, after count: Int) throws -> [String] {
        let probe = Process()
        let executable: URL = try #require(Self.probe)
        probe.executableURL = executable
        probe.arguments = [path, run]
        let pipe = Pipe()
        probe.standardOutput = pipe
        try probe.run()
        var output = Data()
        var lines = 0
        while lines < count {
            let piece = pipe.fileHandleForReading.availableData
            if piece.isEmpty { break }
            output.append(piece)
            lines += piece.count { $0 == UInt8(ascii: "\n") }
        }
        kill(probe.processIdentifier, SIGKILL)
        // What it still wrote before it died is acknowledged too.
        output.append(pipe.fileHandleForReading.readDataToEndOfFile())
        probe.waitUntilExit()
        #expect(probe.terminationReason == .uncaughtSignal)
        let whole = output.prefix(upTo: (output.lastIndex(of: UInt8(ascii: "\n")) ?? output.startIndex - 1) + 1)
        return String(decoding: whole, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// It is built into the folder of the test bundle.
    private static var probe: URL? {
        var folder = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        while folder.path != "/" {
            folder.deleteLastPathComponent()
            let candidate = folder.appendingPathComponent("StoreCrashProbe")
            if FileManager.default.isExecutableFile(atPath: candidate.path) { return candidate }
        }
        return nil
    }
}
