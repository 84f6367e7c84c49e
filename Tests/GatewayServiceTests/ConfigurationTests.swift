import CanonicalModel
import Foundation
import Interpretation
import Logging
import Release
@testable import GatewayService
import Testing

@Suite("The configuration")
struct ConfigurationTests {
    @Test("Every key of the contract that is built is read")
    func whole() throws {
        try ConfigurationBench.with { bench in
            let configuration = try bench.load(ConfigurationBench.whole)
            let folder = bench.folder
            #expect(
                configuration.gateway
                    == GatewaySettings(
                        eventSource: "https://hatchway.a81001.example", practice: "A81001",
                        store: .sqlite(path: folder + "/data/hatchway.db"), statusFile: folder + "/status.json",
                        log: LogSettings(file: folder + "/hatchway.jsonl", level: .debug),
                        listen: ListenSettings(address: "127.0.0.1", port: 8461),
                        mappings: [folder + "/Mappings", folder + "/local"], testPatients: .accept,
                        limits: IntakeLimits(messageSize: 65536, treeNodes: 1000, nesting: 16)))
            #expect(
                configuration.sources == [
                    SourceConfiguration(
                        name: "drop",
                        kind: .directory(
                            DirectorySettings(
                                path: folder + "/drop", pattern: "{odsCode}/{nhsNumber}/*.xml",
                                settle: .milliseconds(250), afterwards: .delete)),
                        impliesAccess: OnlineAccessGrant(appointments: true, record: .detailed)),
                    SourceConfiguration(name: "push", kind: .http(tokenFile: folder + "/token"), impliesAccess: nil),
                ])
            #expect(
                configuration.consumers == [
                    ConsumerConfiguration(
                        name: "portal", url: "https://portal.example/hooks/hatchway", audience: .patient,
                        events: [EventPattern("booking-*"), EventPattern("prescription-issued-1")],
                        representation: .canonical, signingSecretFiles: [folder + "/portal.secret"],
                        bearerTokenFile: folder + "/token",
                        delivery: DeliverySettings(
                            concurrency: 2, timeout: .seconds(5), giveUpAfter: .seconds(900), onDeadLetter: .hold))
                ])
            #expect(configuration.warnings.isEmpty)
        }
    }

    @Test("The operator's files and switches reach the policy and the identification")
    func release() throws {
        try ConfigurationBench.with { bench in
            try bench.write("codes", "86406008\n195967001\n")
            try bench.write("ods", "A81001,20200101\n")
            let rest = """
                sources:
                  - name: a
                    http: {tokenFile: token}
                    impliesAccess: {record: detailed, recordProspectiveFrom: 2023-10-31}
                consumers: [{name: c, url: "https://c.example", audience: proxy, events: ["*"]}]
                """
            let gateway = """
                  sensitiveCodesFiles: [codes]
                  organisationsFile: ods
                  practices: [{odsCode: a81001, sectionsOff: [documents, slots]}, {odsCode: A81002}]
                """
            let configuration = try bench.load(ConfigurationBench.minimal(rest, gateway: gateway + "\n"))
            let settings = try configuration.releaseSettings()
            #expect(settings.sensitiveCodes?.codes == ["86406008", "195967001"])
            #expect(settings.sectionsOff == ["A81001": ["documents", "slots"]])
            let interpretation = try configuration.interpretationSettings()
            #expect(interpretation.organisations?.count == 1)
            #expect(interpretation.impliedAccess["a"]?.recordProspectiveFrom == "2023-10-31")
            #expect(interpretation.consumers.map(\.audience) == [.proxy])
        }
    }

    @Test("What is left out has its default")
    func defaults() throws {
        try ConfigurationBench.with { bench in
            let configuration = try bench.load(
                ConfigurationBench.minimal(
                    """
                    sources: [{name: d, directory: {path: drop}}]
                    consumers: [{name: c, url: "http://127.0.0.1:1/", audience: patient, events: ["*"]}]
                    """))
            let gateway = configuration.gateway
            #expect(gateway.store == .sqlite(path: "/var/lib/hatchway/hatchway.db"))
            #expect(gateway.practice == nil)
            #expect(gateway.testPatients == .refuse)
            #expect(gateway.listen == ListenSettings(address: "127.0.0.1", port: 8461))
            #expect(gateway.limits == IntakeLimits(messageSize: 20 << 20, treeNodes: 5_000_000, nesting: 256))
            #expect(
                configuration.sources.first?.kind
                    == .directory(
                        DirectorySettings(
                            path: bench.folder + "/drop", pattern: "*", settle: .seconds(2), afterwards: .archive)))
            let consumer = try #require(configuration.consumers.first)
            #expect(consumer.signingSecretFiles.isEmpty && consumer.bearerTokenFile == nil)
            #expect(
                consumer.delivery
                    == DeliverySettings(
                        concurrency: 8, timeout: .seconds(30), giveUpAfter: .seconds(259_200), onDeadLetter: .continue))
        }
    }

    @Test("Every finding is reported, each with its line and path")
    func all() throws {
        try ConfigurationBench.with { bench in
            let findings = try bench.findings(
                """
                gateway:
                  eventsource: https://a.example
                  practice: "not one"
                  mappings: Mappings
                sources:
                  - name: UPPER
                    http: {tokenFile: missing}
                """)
            #expect(
                findings.map { "\($0.line) \($0.path)" }.sorted() == [
                    "2 gateway.eventSource", "2 gateway.eventsource", "3 gateway.practice", "6 sources[0].name",
                    "7 sources[0].http.tokenFile",
                ])
            #expect(findings.allSatisfy { $0.file == bench.folder + "/hatchway.yaml" && $0.severity == .error })
            let unknown = try #require(findings.first { $0.path == "gateway.eventsource" })
            #expect(unknown.hint.contains("eventSource"))
            #expect(unknown.description.hasPrefix("\(bench.folder)/hatchway.yaml:2:3: error: gateway.eventsource: "))
        }
    }

    @Test(
        "What is not built yet is refused by name",
        arguments: [
            ("sources: [{name: a, mesh: {}}]", "mesh"), ("sources: [{name: a, sftp: {}}]", "sftp"),
            ("sources: [{name: a, poll: {}}]", "poll"),
            ("sources: [{name: a, directory: {path: drop}, expectEvery: 24h}]", "expectEvery"),
            ("  retention: {raw: 30d}", "retention"), ("  store: postgresql://h@db/h", "postgresql"),
            (consumer("representation: fhir-r4"), "fhir-r4"), (consumer("representation: signal"), "signal"),
            (consumer("auth: {oauth2: {}}"), "oauth2"), (consumer("auth: {mtls: {}}"), "mtls"),
            (consumer("delivery: {batch: 10}"), "batches"),
        ])
    func notBuilt(_ yaml: String, _ name: String) throws {
        try ConfigurationBench.with { bench in
            let findings = try bench.findings(ConfigurationBench.minimal(yaml))
            #expect(findings.contains { $0.message.contains(name) && $0.message.contains("not built yet") })
        }
    }

    private static func consumer(_ key: String) -> String {
        "consumers: [{name: c, url: \"https://c.example\", audience: patient, events: [\"*\"], \(key)}]"
    }

    @Test(
        "A bad value is refused at its place",
        arguments: [
            ("  store: mysql://x", "gateway.store"), ("  listen: {port: 70000}", "gateway.listen.port"),
            ("  log: {level: loud}", "gateway.log.level"),
            ("  limits: {messageSize: 20MB}", "gateway.limits.messageSize"),
            ("  testPatients: maybe", "gateway.testPatients"), ("  practice:", "gateway.practice"),
            ("  practice: [a]", "gateway.practice"),
            ("  sensitiveCodesFiles: [nowhere]", "gateway.sensitiveCodesFiles[0]"),
            ("  sensitiveCodesFiles: [token]", "gateway.sensitiveCodesFiles[0]"),
            ("  sensitiveCodesFiles: empty", "gateway.sensitiveCodesFiles"),
            ("  organisationsFile: nowhere", "gateway.organisationsFile"),
            ("  organisationsFile: portal.secret", "gateway.organisationsFile"),
            ("  practices: [{odsCode: A81001, sectionsOff: [letters]}]", "gateway.practices[0].sectionsOff[0]"),
            ("  practices: [{sectionsOff: [documents]}]", "gateway.practices[0].odsCode"),
            (
                "sources: [{name: a, http: {tokenFile: token}, impliesAccess: {recordProspectiveFrom: 2023-10}}]",
                "sources[0].impliesAccess.recordProspectiveFrom"
            ), ("  statusFile: ${NOPE}/x", "gateway.statusFile"),
            ("  statusFile: ${NOPE", "gateway.statusFile"), ("sources: {}", "sources"),
            ("sources: [{name: a}]", "sources[0]"),
            ("sources: [{name: a, directory: {path: drop}, http: {tokenFile: token}}]", "sources[0].http"),
            ("sources: [{name: a, directory: {path: nowhere}}]", "sources[0].directory.path"),
            ("sources: [{name: a, directory: {path: token}}]", "sources[0].directory.path"),
            ("sources: [{name: a, directory: {path: drop, pattern: ../*}}]", "sources[0].directory.pattern"),
            ("sources: [{name: a, directory: {path: drop, settle: 2 s}}]", "sources[0].directory.settle"),
            ("sources: [{name: a, http: {tokenFile: empty}}]", "sources[0].http.tokenFile"),
            ("sources: [{name: a, http: {tokenFile: token}}, {name: a, http: {tokenFile: token}}]", "sources[1].name"),
            (
                "consumers: [{name: c, url: \"http://c.example\", audience: patient, events: [\"*\"]}]",
                "consumers[0].url"
            ),
            (
                "consumers: [{name: c, url: \"http://127.0.0.1.evil.example\", audience: patient, events: [\"*\"]}]",
                "consumers[0].url"
            ),
            (
                "consumers: [{name: c, url: \"https://u:p@c.example\", audience: patient, events: [\"*\"]}]",
                "consumers[0].url"
            ),
            (
                "consumers: [{name: c, url: \"https://c.example\", audience: everybody, events: [\"*\"]}]",
                "consumers[0].audience"
            ),
            (
                "consumers: [{name: c, url: \"https://c.example\", audience: patient, events: [\"bookings-*\"]}]",
                "consumers[0].events[0]"
            ),
            ("consumers: [{name: c, url: \"https://c.example\", audience: patient}]", "consumers[0].events"),
            (consumer("signing: {secretFiles: [token]}"), "consumers[0].signing.secretFiles[0]"),
            (consumer("delivery: {concurrency: 0}"), "consumers[0].delivery.concurrency"),
        ])
    func badValue(_ yaml: String, _ path: String) throws {
        try ConfigurationBench.with { bench in
            let findings = try bench.findings(ConfigurationBench.minimal(yaml))
            #expect(findings.map(\.path) == [path])
            #expect(findings.allSatisfy { $0.line > 0 && $0.column > 0 && $0.severity == .error })
        }
    }

    @Test(
        "Plain http goes to a loopback address",
        arguments: ["http://localhost:8080/x", "http://127.0.0.1/", "http://127.8.9.1:1", "http://[::1]:80/"])
    func loopback(_ url: String) throws {
        try ConfigurationBench.with { bench in
            let findings = try bench.findings(
                ConfigurationBench.minimal(
                    "consumers: [{name: c, url: \"\(url)\", audience: patient, events: [\"*\"]}]"))
            #expect(findings.isEmpty)
        }
    }

    @Test("Any value may be of the environment")
    func environment() throws {
        try ConfigurationBench.with { bench in
            let configuration = try bench.load(
                ConfigurationBench.minimal("", gateway: "  statusFile: /run/${WHO}/s-${N}.json\n"),
                environment: ["WHO": "hatchway", "N": "1"])
            #expect(configuration.gateway.statusFile == "/run/hatchway/s-1.json")
        }
    }

    @Test("A secret that everybody may read is a warning, and the configuration can be used")
    func worldReadable() throws {
        try ConfigurationBench.with { bench in
            let configuration = try bench.load(
                ConfigurationBench.minimal("sources: [{name: a, http: {tokenFile: open}}]"))
            #expect(configuration.warnings.map(\.severity) == [.warning])
            #expect(configuration.warnings.first?.path == "sources[0].http.tokenFile")
        }
    }

    @Test(
        "What is not YAML is refused with its line",
        arguments: [("gateway: [\n", true), ("gateway: {}\ngateway: {}\n", true), ("", false), ("- a\n", true)])
    func notYAML(_ yaml: String, _ hasLine: Bool) throws {
        try ConfigurationBench.with { bench in
            let findings = try bench.findings(yaml)
            #expect(findings.count == 1)
            #expect(((findings.first?.line ?? 0) > 0) == hasLine)
        }
    }

    @Test("A file that is not there is refused by its name")
    func noFile() throws {
        let fault = #expect(throws: ConfigurationFault.self) {
            try GatewayConfiguration.load(path: "/nowhere/hatchway.yaml", environment: [:])
        }
        #expect(fault?.findings.first?.file == "/nowhere/hatchway.yaml")
    }

    @Test("No description and no finding carries a secret")
    func redacted() throws {
        try ConfigurationBench.with { bench in
            let description = try bench.load(ConfigurationBench.whole).redactedDescription
            #expect(description.contains("https://portal.example"))
            for hidden in ["s3cret", "whsec", "/hooks", "token\n", bench.folder + "/token"] {
                #expect(!description.contains(hidden))
            }
        }
    }

    @Test("A secret is its file's content without the white space around it")
    func secretFile() throws {
        try ConfigurationBench.with { bench in
            #expect(SecretFile.read(bench.folder + "/token") == "s3cret")
            #expect(SecretFile.read(bench.folder + "/none") == nil)
        }
    }
}

@Suite("Units")
struct UnitTests {
    @Test(
        "Durations are a whole number and a unit",
        arguments: [
            ("250ms", .milliseconds(250)), ("30s", .seconds(30)), ("15m", .seconds(900)), ("24h", .seconds(86_400)),
            ("7d", .seconds(604_800)), ("0s", .zero), ("s", nil), ("5", nil), ("-5s", nil), ("1.5s", nil), ("5 s", nil),
            ("99999999999999999999s", nil), ("9223372036854775807d", nil), ("٣s", nil),
        ] as [(String, Duration?)])
    func durations(_ text: String, _ expected: Duration?) {
        #expect(DurationText.parse(text) == expected)
    }

    @Test(
        "Sizes are a whole number and a unit",
        arguments: [
            ("1B", 1), ("64KiB", 65536), ("20MiB", 20 << 20), ("1GiB", 1 << 30), ("20MB", nil), ("20", nil),
            ("9223372036854775807GiB", nil),
        ] as [(String, Int?)])
    func sizes(_ text: String, _ expected: Int?) {
        #expect(SizeText.parse(text) == expected)
    }

    @Test(
        "Event patterns match whole types",
        arguments: [
            ("booking-*", 6), ("booking-booked-1", 1), ("*", 19), ("*-withdrawn-1", 4), ("booking", 0), ("", 0),
            ("*-*-*-1", 5), ("**", 19), ("record-summary-updated-*", 1),
        ])
    func patterns(_ pattern: String, _ count: Int) {
        #expect(EventType.allCases.count { EventPattern(pattern).matches($0) } == count)
    }
}
