import CanonicalModel
import Foundation
import Intake
import Logging
import ServiceLifecycle
import Storage
import Telemetry
import Testing

/// A folder of its own with a real store, for one test.
struct IntakeBench: Sendable {
    let folder: String
    let store: SQLiteMessageStore
    let status = StatusBoard()
    let accepted = Signal()
    let log = CapturedLog()

    var drop: String { folder + "/drop" }

    static func with(_ body: (IntakeBench) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("intake-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder + "/drop", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let store = try await SQLiteMessageStore.open(at: folder + "/store.db")
        try await body(IntakeBench(folder: folder, store: store))
        try await store.close()
    }

    // MARK: Files

    /// Puts a file into the folder, complete: its date is long past.
    func put(_ path: String, _ content: String = "<a/>", modified: Date = Date(timeIntervalSince1970: 1_790_000_000))
        throws
    {
        let place = URL(fileURLWithPath: drop).appendingPathComponent(path)
        try FileManager.default.createDirectory(
            at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(content.utf8).write(to: place)
        try FileManager.default.setAttributes([.modificationDate: modified], ofItemAtPath: place.path)
    }

    func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: drop + "/" + path) }

    /// Every file below the folder, as paths.
    func files(in folder: String = "") -> [String] {
        (FileManager.default.enumerator(atPath: drop + "/" + folder)?.compactMap { $0 as? String } ?? [])
            .filter { path in
                var isFolder: ObjCBool = false
                let whole = drop + "/" + folder + "/" + path
                return FileManager.default.fileExists(atPath: whole, isDirectory: &isFolder) && !isFolder.boolValue
            }
            .sorted()
    }

    func messages() async throws -> [StoredMessage] {
        try await store.messagesToRead(after: 0, limit: 10_000, bytes: 1 << 30)
    }

    /// Files of many messages begin with `<Many`.
    static let fileSign = FileSign {
        64
    } isFile: { head, _ in
        head.starts(with: Array("<Many".utf8))
    }

    /// The whole body of the file that is to be taken apart next.
    func file() async throws -> (file: StoredFile, body: [UInt8])? {
        try await store.read { store in
            guard let file = try store.nextFileToSplit() else { return nil }
            var body: [UInt8] = []
            while body.count < file.length, let chunk = try store.chunk(body.count >> 20, of: file) { body += chunk }
            return (file, body)
        }
    }

    // MARK: Sources

    func source(
        pattern: String = "*", afterwards: DirectorySource.Afterwards = .archive, messageSize: Int = 1 << 20,
        fileSign: FileSign = .never, store: (any MessageStore)? = nil
    ) throws -> DirectorySource {
        DirectorySource(
            name: "drop",
            settings: DirectorySource.Settings(
                path: drop, pattern: try #require(FolderPattern(pattern)), settle: .seconds(2), afterwards: afterwards,
                messageSize: messageSize, poll: .milliseconds(10)),
            store: store ?? self.store, status: status, accepted: accepted, fileSign: fileSign, logger: log.logger)
    }
}

/// Runs services while `body` runs, and stops them gracefully afterwards.
func running(_ services: [any Service], _ body: () async throws -> Void) async throws {
    let group = ServiceGroup(
        configuration: ServiceGroupConfiguration(
            services: services, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
    try await withThrowingTaskGroup { tasks in
        tasks.addTask { try await group.run() }
        do {
            try await body()
        } catch {
            await group.triggerGracefulShutdown()
            throw error
        }
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
    }
}

/// Waits until something holds; what is too slow by far fails.
func eventually(_ what: Comment, _ condition: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(60)
    while ContinuousClock.now < deadline {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(5))
    }
    Issue.record(what)
}

/// Keeps the lines that were logged, with everything that they carry.
final class CapturedLog: Sendable {
    private struct Handler: LogHandler {
        let log: CapturedLog
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level = .trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            log.append("\(event.message) \(event.metadata ?? [:])")
        }
    }

    private let kept = NSLock()
    private nonisolated(unsafe) var all: [String] = []

    var logger: Logger { Logger(label: "test") { _ in Handler(log: self) } }

    var lines: [String] { kept.withLock { all } }

    private func append(_ line: String) { kept.withLock { all.append(line) } }
}
