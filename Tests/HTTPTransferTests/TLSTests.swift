import Foundation
import HTTPTransfer
import Testing

/// A TLS server with a certificate of its own making, by the `openssl` program.
private final class TLSServer {
    private(set) var port = 0
    let certificate: URL
    private let directory: URL
    private let process = Process()

    static let program = "/usr/bin/openssl"

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "hatchway-tls-\(UUID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        certificate = directory.appending(path: "certificate.pem")
        let key = directory.appending(path: "key.pem")
        let maker = Process()
        maker.executableURL = URL(filePath: Self.program)
        maker.arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
            "-keyout", key.path, "-out", certificate.path,
        ]
        maker.standardError = FileHandle.nullDevice
        try maker.run()
        maker.waitUntilExit()

        process.executableURL = URL(filePath: Self.program)
        process.arguments = [
            "s_server", "-accept", "127.0.0.1:0", "-cert", certificate.path, "-key", key.path, "-www",
        ]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = Pipe()
        try process.run()
        var text = ""
        // It prints "ACCEPT 127.0.0.1:PORT" once it listens.
        while port == 0 {
            let data = output.fileHandleForReading.availableData
            guard !data.isEmpty else { return }
            text += String(decoding: data, as: UTF8.self)
            for line in text.split(separator: "\n").dropLast(text.hasSuffix("\n") ? 0 : 1)
            where line.hasPrefix("ACCEPT") {
                port = line.split(separator: ":").last.flatMap { Int($0) } ?? 0
            }
        }
    }

    func stop() {
        // A process started from a worker thread inherits its signal mask, which holds back SIGTERM.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: directory)
    }
}

@Suite(
    "TLS", .timeLimit(.minutes(1)),
    .enabled(if: FileManager.default.isExecutableFile(atPath: TLSServer.program), "needs the openssl program"))
struct TLSTests {
    private func code(_ url: String, _ client: CurlClient) async -> HTTPTransferFault.Code? {
        do throws(HTTPTransferFault) {
            _ = try await client.send(HTTPTransferRequest(method: "GET", url: url))
            return nil
        } catch { return error.code }
    }

    @Test("A certificate is trusted only by the given authorities and only for its own name")
    func verification() async throws {
        let server = try TLSServer()
        #expect(server.port > 0)
        let distrusting = try CurlClient()
        #expect(await code("https://localhost:\(server.port)/", distrusting) == .tls)
        let trusting = try CurlClient(CurlSettings(authorityFile: server.certificate.path))
        #expect(await code("https://localhost:\(server.port)/", trusting) == nil)
        #expect(await code("https://127.0.0.1:\(server.port)/", trusting) == .tls)
        #expect(await code("https://localhost:\(server.port)/", distrusting) == .tls)
        await distrusting.shutDown()
        await trusting.shutDown()
        server.stop()
    }
}
