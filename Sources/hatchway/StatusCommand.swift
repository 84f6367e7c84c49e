import ArgumentParser
import GatewayService
import Glibc

import struct Foundation.Data
import struct Foundation.Date
import class Foundation.FileHandle
import class Foundation.ProcessInfo

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Say how the daemon is, from its status file.",
        discussion: """
            It works when the daemon hangs. Exit status: 0 when it runs, 1 when it was stopped, when the file is older than 30 \
            seconds or cannot be read, 78 when the configuration cannot be used.

            Example: hatchway status --config /etc/hatchway/hatchway.yaml --watch
            """)

    @Option(help: "The configuration file, which names the status file.")
    var config = "/etc/hatchway/hatchway.yaml"

    @Option(help: "The status file itself; the configuration is not read then.")
    var file: String?

    @Flag(help: "Print the report as JSON.")
    var json = false

    @Flag(help: "Print it again every two seconds.")
    var watch = false

    func run() async throws {
        let path = try statusFile()
        while true {
            let exitStatus = try show(path)
            guard watch else { throw exitStatus }
            try await Task.sleep(for: .seconds(2))
        }
    }

    private func statusFile() throws -> String {
        if let file { return file }
        do {
            return try GatewayConfiguration.load(path: config, environment: ProcessInfo.processInfo.environment)
                .gateway.statusFile
        } catch {
            say(error.description)
            throw ExitCode(78)
        }
    }

    private func show(_ path: String) throws -> ExitCode {
        let report: StatusReport
        do {
            report = try StatusReport.read(path)
        } catch {
            say(error.description)
            return ExitCode(1)
        }
        if watch && !json && isatty(STDOUT_FILENO) == 1 { print("\u{1B}[H\u{1B}[2J", terminator: "") }
        let now = Date()
        print(json ? String(decoding: try report.encoded(), as: UTF8.self) : report.render(now: now), terminator: "")
        if report.isStale(now: now) {
            say("the status file is \(report.age(now: now)) s old: the daemon has died or hangs")
            return ExitCode(1)
        }
        return report.isRunning ? .success : ExitCode(1)
    }
}
