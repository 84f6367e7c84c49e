import ArgumentParser
import Delivery
import GatewayService
import Logging
import ServiceLifecycle
import UnixSignals

import class Foundation.FileHandle
import class Foundation.FileManager

struct SinkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sink", abstract: "Receives events as a consumer would, checks them and prints them.",
        discussion: """
            It listens on 127.0.0.1, verifies signatures, tells repeats by their id and checks the order of every \
            lane. It exits with 1 when it saw a bad signature, a broken order or something that is not an event.

            Example:
              hatchway sink --port 9000 --secret-file portal.secret --fail 0.1 --delay 50ms
            """)

    @Option(help: "The port to listen on.") var port: Int
    @Option(help: "The share of requests to answer with 503, from 0 to 1.") var fail = 0.0
    @Option(help: "The share of connections to cut before the answer, from 0 to 1.") var cut = 0.0
    @Option(help: "How long to wait before each answer, for instance 50ms or 2s.") var delay: String?
    @Option(help: "A file with a signing secret (whsec_…); may be repeated.") var secretFile: [String] = []
    @Option(help: "A file that gets one JSON line for each request, before it is answered.") var out: String?
    @Flag(help: "Print every event as indented JSON.") var verbose = false

    func validate() throws {
        guard (0...1).contains(fail), (0...1).contains(cut) else {
            throw ValidationError("--fail and --cut are shares between 0 and 1")
        }
        guard (0...65535).contains(port) else { throw ValidationError("--port is a number from 0 to 65535") }
        if let delay, Self.duration(delay) == nil { throw ValidationError("--delay is for instance 50ms or 2s") }
    }

    func run() async throws {
        var settings = SinkServer.Settings(port: port)
        settings.fail = fail
        settings.cut = cut
        settings.delay = delay.flatMap(Self.duration) ?? .zero
        settings.isVerbose = verbose
        settings.secrets = try secretFile.map { path in
            guard let data = FileManager.default.contents(atPath: path),
                let secret = WebhookSecret(String(decoding: data, as: UTF8.self))
            else { throw ValidationError("\(path): cannot be read or holds no whsec_… secret of 24 to 64 bytes") }
            return secret
        }
        let server = SinkServer(settings, journal: try journal(), say: Self.show) { port in
            Self.show("listening on http://127.0.0.1:\(port)")
        }
        var logger = Logger(label: "sink")
        logger.logLevel = .error
        let services = ServiceGroup(
            services: [server], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        do {
            try await services.run()
        } catch {
            say("the sink cannot serve on port \(port); if something else listens there, choose another with --port")
            throw ExitCode(70)
        }
        let counters = server.counters
        Self.show(
            "received \(counters.received), new \(counters.new), repeated \(counters.repeated), "
                + "failed on purpose \(counters.failedOnPurpose), cut on purpose \(counters.cutOnPurpose), "
                + "order faults \(counters.orderFaults), bad signatures \(counters.badSignatures), "
                + "malformed \(counters.malformed)")
        if !counters.isClean { throw ExitCode(1) }
    }

    private func journal() throws -> FileHandle? {
        guard let out else { return nil }
        let manager = FileManager.default
        guard manager.fileExists(atPath: out) || manager.createFile(atPath: out, contents: nil),
            let file = FileHandle(forWritingAtPath: out)
        else { throw ValidationError("\(out): cannot be written") }
        try file.seekToEnd()
        return file
    }

    /// Unbuffered, so that a script that follows the output sees each line at once.
    @Sendable private static func show(_ line: String) {
        try? FileHandle.standardOutput.write(contentsOf: Array("\(line)\n".utf8))
    }

    private static func duration(_ text: String) -> Duration? {
        for (unit, scale) in [("ms", 1), ("s", 1000), ("m", 60_000)] where text.hasSuffix(unit) {
            guard let number = Int(text.dropLast(unit.count)), (0...3_600_000).contains(number) else { return nil }
            return .milliseconds(number * scale)
        }
        return nil
    }
}
