import CanonicalModel
import Foundation
import Storage
import Telemetry
import Testing

@testable import Intake

@Suite("A folder that messages are put into")
struct DirectorySourceTests {
    @Test(
        "A file becomes a message with the context of its path and its sidecar, and is archived under the message's id")
    func taken() async throws {
        try await IntakeBench.with { bench in
            try bench.put("A81001/9990000018/one.xml", "<one/>")
            try bench.put(
                "A81001/9990000018/one.context.json", #"{"message": "booked", "odsCode": "A81002"}"#)
            try await running([bench.source(pattern: "{odsCode}/{nhsNumber}/*.xml")]) {
                try await eventually("the file is archived") { bench.files(in: ".hatchway/archive").count == 1 }
            }
            let messages = try await bench.messages()
            let message = try #require(messages.first)
            #expect(messages.count == 1)
            #expect(message.source == "drop")
            #expect(String(decoding: message.body, as: UTF8.self) == "<one/>")
            #expect(
                message.transport.values == ["odsCode": "A81002", "nhsNumber": "9990000018", "message": "booked"])
            let archived = try #require(bench.files(in: ".hatchway/archive").first)
            #expect(archived.hasSuffix("/\(message.id).xml"))
            #expect(bench.files() == [".hatchway/archive/" + archived], "nothing else is left")
            #expect(bench.status.sources["drop"]?.counts == ["accepted": 1])
            #expect(!bench.log.lines.isEmpty)
            #expect(bench.log.lines.allSatisfy { !$0.contains("9990000018") && !$0.contains("one.xml") })
        }
    }

    @Test("An accepted file can be deleted instead of archived")
    func deleted() async throws {
        try await IntakeBench.with { bench in
            try bench.put("a.xml")
            try await running([bench.source(afterwards: .delete)]) {
                try await eventually("the file is gone") { bench.files().allSatisfy { $0.hasSuffix("/lock") } }
            }
            #expect(try await bench.messages().count == 1)
        }
    }

    @Test("A file larger than a message is taken whole when it can hold many messages, and kept aside when it cannot")
    func large() async throws {
        try await IntakeBench.with { bench in
            let many = "<Many>" + String(repeating: "x", count: 3 << 20) + "</Many>"
            try bench.put("A81001/many.ndjson", many)
            try bench.put("A81001/one.xml", "<One>" + String(repeating: "x", count: 3 << 20) + "</One>")
            let source = try bench.source(
                pattern: "{odsCode}/*", messageSize: 1000, fileSign: IntakeBench.fileSign)
            try await running([source]) {
                try await eventually("both are put away") {
                    bench.files(in: ".hatchway/archive").count == 1 && bench.files(in: ".hatchway/refused").count == 1
                }
            }
            let (file, body) = try #require(try await bench.file())
            #expect(body == Array(many.utf8))
            #expect(file.transport.values == ["odsCode": "A81001"])
            #expect(bench.files(in: ".hatchway/archive").first?.hasSuffix("/\(file.id).ndjson") == true)
            #expect(bench.status.sources["drop"]?.counts == ["accepted": 1, "refused": 1])
            #expect(try await bench.messages().isEmpty)
        }
    }

    @Test("Hidden files, files being written, sidecars and symbolic links are left alone")
    func leftAlone() async throws {
        try await IntakeBench.with { bench in
            let alone = [".hidden.xml", "a.tmp", "b.xml.part", "c.partial", "d.context.json"]
            for name in alone { try bench.put(name) }
            let outside = bench.folder + "/outside.xml"
            try Data("<secret/>".utf8).write(to: URL(fileURLWithPath: outside))
            try FileManager.default.createSymbolicLink(
                atPath: bench.drop + "/link.xml", withDestinationPath: outside)
            try bench.put("good.xml")
            try await running([bench.source()]) {
                try await eventually("the good file is taken") { !bench.exists("good.xml") }
                try await eventually("and accepted") { try await bench.messages().count == 1 }
            }
            for name in alone { #expect(bench.exists(name), "\(name) is still there") }
            #expect(bench.exists("link.xml"))
            #expect(try await bench.messages().count == 1)
        }
    }

    @Test("A symbolic link to a folder is not followed")
    func linkedFolder() async throws {
        try await IntakeBench.with { bench in
            try FileManager.default.createDirectory(
                atPath: bench.folder + "/elsewhere", withIntermediateDirectories: true)
            try Data("<secret/>".utf8).write(to: URL(fileURLWithPath: bench.folder + "/elsewhere/x.xml"))
            try FileManager.default.createSymbolicLink(
                atPath: bench.drop + "/linked", withDestinationPath: bench.folder + "/elsewhere")
            try bench.put("real/x.xml", "<real/>")
            try await running([bench.source(pattern: "{odsCode}/*.xml")]) {
                try await eventually("the real one is accepted") { try await bench.messages().count == 1 }
            }
            #expect(try await bench.messages().map { $0.transport.values } == [["odsCode": "real"]])
            #expect(FileManager.default.fileExists(atPath: bench.folder + "/elsewhere/x.xml"))
        }
    }

    @Test(
        "A file that is no message is kept aside, named in the log only by its claim",
        arguments: [
            ("context-unreadable", "<a/>", "{\"nhsNumber\": 1}"), ("context-unreadable", "<a/>", "["),
            ("message-too-large", String(repeating: "x", count: 2000), nil), ("message-empty", "", nil),
        ] as [(String, String, String?)])
    func refused(_ reason: String, _ body: String, _ sidecar: String?) async throws {
        try await IntakeBench.with { bench in
            if let sidecar { try bench.put("9990000018.context.json", sidecar) }
            try bench.put("9990000018.xml", body)
            try await running([bench.source(messageSize: 1000)]) {
                try await eventually("it is refused") { bench.status.sources["drop"]?.counts["refused"] == 1 }
            }
            #expect(try await bench.messages().isEmpty)
            #expect(bench.status.sources["drop"]?.lastError == reason)
            let kept = bench.files(in: ".hatchway/refused")
            #expect(kept.count == (sidecar == nil ? 1 : 2))
            #expect(kept.allSatisfy { !$0.contains("9990000018") })
            #expect(!bench.exists("9990000018.xml") && !bench.exists("9990000018.context.json"))
            #expect(bench.log.lines.contains { $0.contains(reason) })
            #expect(bench.log.lines.allSatisfy { !$0.contains("9990000018") })
        }
    }

    @Test("Of several gateways that read one folder exactly one gets each file")
    func shared() async throws {
        try await IntakeBench.with { bench in
            let count = 150
            for number in 0..<count { try bench.put("\(number).xml", "<n>\(number)</n>") }
            try await running((0..<3).map { _ in try bench.source() }) {
                try await eventually("all are archived") { bench.files(in: ".hatchway/archive").count == count }
            }
            let bodies = try await bench.messages().map { String(decoding: $0.body, as: UTF8.self) }
            #expect(bodies.count == count)
            #expect(Set(bodies).count == count)
        }
    }

    @Test("A folder that is not there is tried again until it is")
    func folderAppears() async throws {
        try await IntakeBench.with { bench in
            try FileManager.default.removeItem(atPath: bench.drop)
            try await running([bench.source()]) {
                try await eventually("it fails") { bench.status.sources["drop"]?.state == "failing" }
                try bench.put("a.xml")
                try await eventually("it is accepted") { try await bench.messages().count == 1 }
            }
            #expect(bench.status.sources["drop"]?.state == "running")
        }
    }

    @Test(
        "A folder that is removed or exchanged while it is read is a failure, and is read again once it is back",
        arguments: [true, false])
    func folderGoes(_ isExchanged: Bool) async throws {
        try await IntakeBench.with { bench in
            try bench.put("a.xml")
            try await running([bench.source()]) {
                try await eventually("the first is accepted") { try await bench.messages().count == 1 }
                try FileManager.default.moveItem(atPath: bench.drop, toPath: bench.folder + "/moved")
                if isExchanged {
                    try FileManager.default.createDirectory(atPath: bench.drop, withIntermediateDirectories: true)
                }
                try await eventually("it is said") {
                    bench.log.lines.contains { $0.contains("source-failed") && $0.contains("folder-unreadable") }
                }
                if !isExchanged { #expect(bench.status.sources["drop"]?.state == "failing") }
                try bench.put("b.xml")
                try await eventually("the second is accepted") { try await bench.messages().count == 2 }
            }
            #expect(bench.status.sources["drop"]?.state == "running")
        }
    }

    @Test("A file whose name is not UTF-8 is counted and told of once, without its name, and stays")
    func unreadableName() async throws {
        try await IntakeBench.with { bench in
            let bytes: [UInt8] = Array((bench.drop + "/9990000018-").utf8) + [0xFF] + Array(".xml".utf8) + [0]
            let path = bytes.map { CChar(bitPattern: $0) }
            let handle = open(path, O_WRONLY | O_CREAT, 0o600)
            try #require(handle >= 0)
            close(handle)
            try await running([bench.source()]) {
                try await eventually("it is counted") { bench.status.sources["drop"]?.counts["refused"] == 1 }
                // Each is one look later than the other, at least.
                for name in ["a.xml", "b.xml", "c.xml"] {
                    try bench.put(name)
                    try await eventually("the others are accepted") { !bench.exists(name) }
                }
            }
            #expect(bench.status.sources["drop"]?.counts["refused"] == 1)
            #expect(bench.status.sources["drop"]?.lastError == "file-name-unreadable")
            let told = bench.log.lines.filter { $0.contains("file-name-unreadable") }
            #expect(told.count == 1)
            #expect(bench.log.lines.allSatisfy { !$0.contains("9990000018") })
            #expect(access(path, F_OK) == 0)
        }
    }

    @Test("When the store fails a file stays claimed, and is accepted once the store works again")
    func storeFails() async throws {
        try await IntakeBench.with { bench in
            let broken = try await SQLiteMessageStore.open(at: bench.folder + "/broken.db")
            try await broken.close()
            try bench.put("A81001/a.xml")
            try await running([bench.source(pattern: "{odsCode}/*", store: broken)]) {
                try await eventually("it fails") { bench.status.sources["drop"]?.lastError == "store-failed" }
            }
            #expect(bench.files().contains { $0.hasSuffix(".body") })
            try await running([bench.source(pattern: "{odsCode}/*")]) {
                try await eventually("it is archived") { bench.files(in: ".hatchway/archive").count == 1 }
            }
            #expect(try await bench.messages().map(\.transport.values) == [["odsCode": "A81001"]])
        }
    }
}
