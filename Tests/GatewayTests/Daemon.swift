import Foundation
import GatewayService
import HTTPTransfer
import Synchronization
import Telemetry
import Testing

/// The real daemon, as its operator starts it: a configuration in a folder of its own, and a process.
final class Daemon: Sendable {
    let folder: URL
    let port: Int
    /// Only one task at a time starts and ends it.
    private let process = Mutex<Process?>(nil)

    /// `sinkPort` is where the consumers are, `mapping` the text of one more, and `messageSize` the limit of a message.
    init(
        sinkPort: Int, record: String = "full", statusFile: String = "status.json", listenPort: Int? = nil,
        mapping: String? = nil, messageSize: String = "20MiB"
    ) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "hatchway-gateway-\(UUID().uuidString)")
        port = try listenPort ?? Self.freePort()
        for place in [drop, files] {
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        }
        try FileManager.default.createDirectory(
            at: folder.appending(path: "Mappings/inbound/test"), withIntermediateDirectories: true)
        try write("Mappings/inbound/test/more.yaml", mapping ?? Self.unusedMapping)
        try write("push.token", "a-token-for-the-tests")
        try write("signing.secret", Self.secret)
        try write(
            "hatchway.yaml",
            """
            gateway:
              eventSource: https://hatchway.example
              store: sqlite://./hatchway.db
              statusFile: \(statusFile)
              log: {file: hatchway.jsonl, level: debug}
              listen: {address: 127.0.0.1, port: \(port)}
              mappings: [\(Self.root)/Mappings, Mappings]
              limits: {messageSize: \(messageSize)}
              testPatients: accept
            sources:
              - name: drop
                directory: {path: drop, pattern: "{odsCode}/{nhsNumber}/*", settle: 50ms}
                impliesAccess: {appointments: true, prescriptions: true, record: \(record)}
              - name: files
                directory: {path: files, pattern: "*", settle: 50ms}
                impliesAccess: {appointments: true, prescriptions: true, record: \(record)}
              - name: push
                http: {tokenFile: push.token}
                impliesAccess: {appointments: true, prescriptions: true, record: \(record)}
            consumers:
              - name: portal
                url: http://127.0.0.1:\(sinkPort)/
                audience: patient
                events: ["booking-*", "prescription-*", "record-summary-*"]
                signing: {secretFiles: [signing.secret]}
            """)
    }

    static let secret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    var drop: URL { folder.appending(path: "drop") }
    /// Where files of many messages are put.
    var files: URL { folder.appending(path: "files") }

    private static let unusedMapping =
        "mapping: test/more\nreads: {root: NobodySendsThis}\nsource: {system: test, message: m}\n"

    var processID: Int32? { process.withLock { $0?.processIdentifier } }

    func write(_ name: String, _ text: String) throws {
        let file = folder.appending(path: name)
        try Data(text.utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
    }

    // MARK: Its life

    /// Starts it and waits until it answers.
    func start() async throws {
        let started = try launch()
        for _ in 0..<600 {
            if await isHealthy() { return }
            try #require(started.isRunning, "the daemon ended: \(text("errors.txt"))")
            try await Task.sleep(for: .milliseconds(50))
        }
        Issue.record("the daemon did not become healthy: \(text("errors.txt"))")
    }

    @discardableResult
    func launch() throws -> Process {
        let started = Process()
        let executable: URL = try #require(Self.executable)
        started.executableURL = executable
        started.arguments = ["serve", "--config", folder.appending(path: "hatchway.yaml").path]
        started.environment = ["PATH": "/usr/bin:/bin", "SWIFT_BACKTRACE": "enable=no"]
        let errors = folder.appending(path: "errors.txt")
        if !FileManager.default.fileExists(atPath: errors.path) { try Data().write(to: errors) }
        let handle = try FileHandle(forWritingTo: errors)
        try handle.seekToEnd()
        started.standardError = handle
        started.standardOutput = handle
        started.standardInput = FileHandle.nullDevice
        try started.run()
        process.withLock { $0 = started }
        return started
    }

    /// Waits for it to end by itself.
    /// - Returns: its exit status; nil when it was ended by a signal, or did not end.
    func exitStatus() async throws -> Int32? {
        for _ in 0..<600 {
            let ended = process.withLock { $0.flatMap { $0.isRunning ? nil : $0 } }
            if let ended { return ended.terminationReason == .exit ? ended.terminationStatus : nil }
            try await Task.sleep(for: .milliseconds(50))
        }
        return nil
    }

    func signal(_ number: Int32) { process.withLock { _ = $0.map { Glibc.kill($0.processIdentifier, number) } } }

    /// Ends it and removes what it wrote.
    func remove() {
        kill()
        try? FileManager.default.removeItem(at: folder)
    }

    /// The end that nothing can prepare for.
    func kill() { end(SIGKILL) }

    func stop() { end(SIGTERM) }

    private func end(_ signal: Int32) {
        let ended = process.withLock { process in
            defer { process = nil }
            return process
        }
        guard let ended, ended.isRunning else { return }
        Glibc.kill(ended.processIdentifier, signal)
        ended.waitUntilExit()
    }

    private func isHealthy() async -> Bool {
        let request = HTTPTransferRequest(
            method: "GET", url: "http://127.0.0.1:\(port)/health", timeout: .seconds(2))
        return (try? await Self.client.send(request))?.status == 200
    }

    // MARK: What it is fed and what it writes

    /// Posts a message once.
    /// - Returns: the status; nil when the daemon did not answer.
    func post(_ body: [UInt8], key: String, context: [String: String] = [:]) async -> Int? {
        let headers =
            [
                ("Authorization", "Bearer a-token-for-the-tests"), ("Idempotency-Key", key),
                ("Content-Type", body.first == UInt8(ascii: "<") ? "text/xml" : "application/json"),
            ] + context.map { ($0.key, $0.value) }
        let request = HTTPTransferRequest(
            method: "POST", url: "http://127.0.0.1:\(port)/v1/messages/push", headers: headers, body: body,
            timeout: .seconds(10))
        return (try? await Self.client.send(request))?.status
    }

    /// Puts a file into the drop folder as a careful sender does: written elsewhere, then renamed.
    func put(_ body: [UInt8], path: String) throws {
        let target = drop.appending(path: path)
        try FileManager.default.createDirectory(
            at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
        let part = folder.appending(path: "part-\(UUID().uuidString)")
        try Data(body).write(to: part)
        try FileManager.default.moveItem(at: part, to: target)
    }

    func text(_ name: String) -> String {
        (try? String(contentsOf: folder.appending(path: name), encoding: .utf8)) ?? ""
    }

    /// Waits until nothing is left to read or to send.
    func settle() async throws {
        for _ in 0..<1200 {
            try await Task.sleep(for: .milliseconds(100))
            guard let status = try? StatusReport.read(folder.appending(path: "status.json").path),
                status.state == "running"
            else { continue }
            let unread = status.messages?.values.map { $0.accepted + $0.splitting }.reduce(0, +) ?? 1
            let backlog = status.consumers.values.map(\.backlog).reduce(0, +)
            if unread == 0, backlog == 0, try isDropEmpty() {
                // One more report, so that what was under way when this one was written shows.
                let seen = status.writtenAt
                for _ in 0..<100 {
                    try await Task.sleep(for: .milliseconds(100))
                    guard let next = try? StatusReport.read(folder.appending(path: "status.json").path),
                        next.writtenAt > seen
                    else { continue }
                    let isIdle =
                        next.consumers.values.allSatisfy { $0.backlog == 0 }
                        && (next.messages?.values.allSatisfy { $0.accepted + $0.splitting == 0 } ?? false)
                    if isIdle { return }
                    break
                }
            }
        }
        Issue.record("the daemon does not come to rest: \(text("status.json"))")
    }

    private func isDropEmpty() throws -> Bool {
        let found = [drop, files].flatMap { folder in
            FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        }
        return !found.contains { file in
            // A body that is claimed is being accepted.
            file.hasSuffix(".body")
                || !file.hasPrefix(".hatchway") && (file.hasSuffix(".xml") || file.hasSuffix(".json"))
        }
    }

    private static let client: CurlClient = {
        do { return try CurlClient() } catch { preconditionFailure("\(error)") }
    }()

    /// The program is built into the folder of the test bundle.
    static var executable: URL? {
        var folder = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        while folder.path != "/" {
            folder.deleteLastPathComponent()
            let candidate = folder.appending(path: "hatchway")
            var isFolder: ObjCBool = false
            if FileManager.default.fileExists(atPath: candidate.path, isDirectory: &isFolder), !isFolder.boolValue {
                return candidate
            }
        }
        return nil
    }

    static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let port = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                guard bind(descriptor, generic, length) == 0, getsockname(descriptor, generic, &length) == 0 else {
                    return 0
                }
                return 1
            }
        }
        try #require(port == 1, "no free port")
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
