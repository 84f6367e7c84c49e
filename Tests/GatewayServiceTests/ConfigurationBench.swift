import Foundation
import GatewayService

/// A folder with what configurations name: mappings, a drop folder, secrets.
struct ConfigurationBench {
    let folder: String

    static func with(_ body: (ConfigurationBench) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("config-\(UUID().uuidString)").path
        for name in ["Mappings", "local", "drop"] {
            try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
        }
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let bench = ConfigurationBench(folder: folder)
        try bench.write("token", " s3cret\n", mode: 0o600)
        try bench.write("portal.secret", "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX", mode: 0o600)
        try bench.write("empty", " \n", mode: 0o600)
        try bench.write("open", "s3cret", mode: 0o644)
        try body(bench)
    }

    func write(_ name: String, _ content: String, mode: Int = 0o600) throws {
        try Data(content.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: "\(folder)/\(name)")
    }

    func load(_ yaml: String, environment: [String: String] = [:]) throws -> GatewayConfiguration {
        try write("hatchway.yaml", yaml)
        return try GatewayConfiguration.load(path: folder + "/hatchway.yaml", environment: environment)
    }

    /// What is found wrong; nothing when the configuration can be used.
    func findings(_ yaml: String, environment: [String: String] = [:]) throws -> [ConfigurationFinding] {
        do {
            return try load(yaml, environment: environment).warnings
        } catch let fault as ConfigurationFault {
            return fault.findings
        }
    }

    static let whole = """
        gateway:
          eventSource: https://hatchway.a81001.example
          practice: A81001
          store: sqlite://data/hatchway.db
          statusFile: status.json
          log: {file: hatchway.jsonl, level: debug}
          listen: {address: 127.0.0.1, port: 8461}
          mappings: [Mappings, local]
          testPatients: accept
          limits: {messageSize: 64KiB, treeNodes: 1000, nesting: 16}
        sources:
          - name: drop
            directory: {path: drop, pattern: "{odsCode}/{nhsNumber}/*.xml", settle: 250ms, afterwards: delete}
            impliesAccess: {appointments: true, record: detailed}
          - name: push
            http: {tokenFile: token}
        consumers:
          - name: portal
            url: https://portal.example/hooks/hatchway
            audience: patient
            events: ["booking-*", prescription-issued-1]
            representation: canonical
            signing: {secretFiles: [portal.secret]}
            auth: {bearer: {tokenFile: token}}
            delivery: {concurrency: 2, timeout: 5s, giveUpAfter: 15m, onDeadLetter: hold, batch: 1}
        """

    /// A gateway with these lines of sources and consumers after it.
    static func minimal(_ rest: String, gateway: String = "") -> String {
        "gateway:\n  eventSource: https://a.example\n  mappings: Mappings\n\(gateway)\(rest)\n"
    }
}
