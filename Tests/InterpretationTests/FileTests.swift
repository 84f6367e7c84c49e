import CanonicalModel
import Documents
import Foundation
import Interpretation
import Storage
import Telemetry
import Testing

/// Files of many messages on the road: each part a message with a fate of its own.
@Suite("A file of many messages") struct FileTests {
    private typealias Messages = RoadMessages

    private static func file(_ bench: RoadBench, _ body: String, key: String = UUID().uuidString) async throws
        -> Acceptance
    {
        var pieces = [Array(body.utf8)]
        return try await bench.store.acceptFile(
            FileArrival(
                source: RoadBench.source, transport: TransportContext(), deliveryKey: key, acceptedAt: RoadBench.noon)
        ) { pieces.popLast() }
    }

    @Test(
        "Each part is told as its own patient's, with what the header says, however the file arrived",
        arguments: [true, false])
    func told(isLarge: Bool) async throws {
        try await RoadBench.run { bench in
            let body = Messages.export([
                .init(number: Messages.number, visits: ["v1", "v2"]),
                .init(number: Messages.otherNumber, visits: ["v3"]),
                .init(number: Messages.number, visits: ["v4"]),
            ])
            if isLarge { _ = try await Self.file(bench, body) } else { try await bench.hand(body) }
            try await bench.read()
            let told = try await bench.told()
            #expect(
                told.filter { $0.patient == bench.key(Messages.number) }.flatMap { $0.entities.map(\.id) } == [
                    "v1", "v2", "v4",
                ])
            #expect(
                told.filter { $0.patient == bench.key(Messages.otherNumber) }.flatMap { $0.entities.map(\.id) } == [
                    "v3"
                ])
            #expect(told.allSatisfy { $0.entities.allSatisfy { $0.practice == "Y90001" } })
            // The three parts, and the file itself.
            #expect(try await bench.count(.read) == 4)
            #expect(try bench.quarantine() == [])
            #expect(bench.status.sources[RoadBench.source]?.counts["parts"] == 3)
            #expect(try await bench.store.read { try $0.filesInProgress(limit: 9) } == [])
        }
    }

    @Test("A part takes the header of its own file, whatever other file is read beside it")
    func headers() async throws {
        try await RoadBench.run { bench in
            for practice in ["Y90001", "Y90002", "Y90003"] {
                _ = try await Self.file(
                    bench,
                    Messages.export([.init(number: Messages.number, visits: ["at-\(practice)"])], practice: practice))
            }
            try await bench.read()
            let entities = try await bench.entities(of: Messages.number)
            #expect(entities.count == 3)
            #expect(entities.allSatisfy { $0.key.id == "at-\($0.key.practice)" })
        }
    }

    @Test("A bad part harms only itself, and the parts around it are told")
    func badParts() async throws {
        try await RoadBench.run(limits: DocumentLimits(messageSize: 2000, nesting: 10)) { bench in
            let deep = String(repeating: "<d>", count: 20) + String(repeating: "</d>", count: 20)
            _ = try await Self.file(
                bench,
                Messages.export([
                    .init(number: Messages.number, visits: ["v1"]),
                    .init(number: Messages.number, visits: ["big"], more: String(repeating: "x", count: 3000)),
                    .init(number: Messages.number, visits: ["deep"], more: deep),
                    .init(number: "9990001007", visits: ["mistyped"]), .init(number: Messages.number, visits: ["v2"]),
                ]))
            try await bench.read()
            #expect(try await bench.told().flatMap { $0.entities.map(\.id) } == ["v1", "v2"])
            #expect(
                try bench.quarantine() == [
                    "document-too-large at part 2", "document-too-deep at part 3", "nhs-number-invalid",
                ])
            #expect(try bench.audited("quarantined").count == 3)
            #expect(bench.status.sources[RoadBench.source]?.counts["quarantined"] == 3)
        }
    }

    @Test("A file that breaks off is told as broken, and the parts before the break are told")
    func broken() async throws {
        try await RoadBench.run { bench in
            _ = try await Self.file(
                bench, Messages.export([.init(number: Messages.number, visits: ["v1"])], end: "\n<Patient number="))
            try await bench.read()
            #expect(try await bench.told().flatMap { $0.entities.map(\.id) } == ["v1"])
            #expect(try bench.quarantine() == ["document-malformed at after part 1, line 2"])
            // Nothing more comes of it, however often it is looked for.
            try await bench.read()
            #expect(try await bench.told().isEmpty)
        }
    }

    @Test("A file that no mapping reads any more is quarantined whole")
    func unknown() async throws {
        try await RoadBench.run { bench in
            _ = try await Self.file(bench, "<Exports><Patient/></Exports>")
            try await bench.read()
            #expect(try bench.quarantine() == ["message-unknown"])
        }
    }

    @Test(
        "The same file under the same key is one file, and its parts are not told twice; again as another it is no news"
    )
    func twice() async throws {
        try await RoadBench.run { bench in
            let body = Messages.export([.init(number: Messages.number, visits: ["v1"])])
            let first = try await Self.file(bench, body, key: "k")
            #expect(try await Self.file(bench, body, key: "k") == .repeated(first.id))
            try await bench.read()
            #expect(try await Self.file(bench, body, key: "k") == .repeated(first.id))
            #expect(try await Self.file(bench, body + " ", key: "k") == .conflict(first.id))
            try await bench.read()
            #expect(try await bench.types() == ["booking-booked-1"])
            #expect(try await bench.count(.read) == 2)
            _ = try await Self.file(bench, body, key: "l")
            try await bench.read()
            #expect(try await bench.types() == [])
            #expect(try await bench.count(.read) == 4)
        }
    }

    @Test("Each line of JSON Lines finds its own mapping, and a bad line harms only itself")
    func lines() async throws {
        try await RoadBench.run { bench in
            func line(_ id: String) -> String {
                #"{"visitOf":"\#(Messages.number)","born":"\#(Messages.birthDate)","visit":"\#(id)","start":"2026-07-02T09:20:00"}"#
            }
            let body = [line("a"), #"{"visitOf":"#, #"{"other":1}"#, "", line("b")].joined(separator: "\n")
            try await bench.hand(body)
            // One line alone is a message like any other.
            try await bench.hand(line("c") + "\n")
            try await bench.read()
            #expect(Set(try await bench.told().flatMap { $0.entities.map(\.id) }) == ["a", "b", "c"])
            #expect(try bench.quarantine() == ["document-malformed at line 1", "message-unknown"])
        }
    }

    @Test("A part that waits for its patient is woken like any message")
    func awaiting() async throws {
        try await RoadBench.run { bench in
            try await bench.hand(Messages.export([.init(number: "", visits: ["v1"])]), [.localId: "local-7"])
            try await bench.read()
            #expect(try await bench.count(.awaitingIdentity) == 1)
            let progress = try await bench.store.read { try $0.filesInProgress(limit: 9) }
            #expect(progress.isEmpty, "nothing of the file is left to be read")
        }
    }
}
