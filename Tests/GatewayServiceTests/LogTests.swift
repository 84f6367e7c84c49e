import Foundation
import GatewayService
import Logging
import Telemetry
import Testing

@Suite("The log")
struct LogTests {
    private static let clock = WallClock { Date(timeIntervalSince1970: 1_790_000_000.25) }

    private func withLog(_ body: (String, LogFile, LogLevelSetting) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("log-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path, LogFile(path: path), LogLevelSetting(.info))
    }

    private func lines(_ path: String) throws -> [String] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
    }

    @Test("A line is one JSON object with sorted keys and the time in UTC")
    func line() throws {
        try withLog { path, file, setting in
            let logger = Logger(label: "gateway") { label in
                LineLogHandler(
                    label: label, file: file, setting: setting, format: JSONLinesFormat(), clock: Self.clock)
            }
            logger.event(.messageAccepted, "A \"message\"\nis accepted", ["source": "drop", "message": "m1"])
            logger.event(.messageRead, level: .debug, "not written")
            setting.level = .debug
            logger.event(.messageRead, level: .debug, "written", ["b": "2", "a": "1"])
            let written = try lines(path)
            #expect(
                written == [
                    #"{"code":"message-accepted","label":"gateway","level":"info","message":"A \"message\"\nis accepted","source":"drop","time":"2026-09-21T14:13:20.250Z"}"#,
                    #"{"a":"1","b":"2","code":"message-read","label":"gateway","level":"debug","message":"written","time":"2026-09-21T14:13:20.250Z"}"#,
                ])
        }
    }

    @Test("A log file that was moved away is opened anew")
    func reopened() throws {
        try withLog { path, file, setting in
            let logger = Logger(label: "gateway") {
                LineLogHandler(label: $0, file: file, setting: setting, format: JSONLinesFormat())
            }
            logger.info("one")
            try FileManager.default.moveItem(atPath: path, toPath: path + ".1")
            defer { try? FileManager.default.removeItem(atPath: path + ".1") }
            logger.info("two")
            try file.reopen()
            logger.info("three")
            #expect(try lines(path + ".1").count == 2)
            #expect(try lines(path).count == 1)
        }
    }

    @Test("A line for people has no control characters, and no colour unless asked for")
    func terminal() throws {
        try withLog { path, file, setting in
            let plain = Logger(label: "x") { _ in
                LineLogHandler(
                    label: "gateway", file: file, setting: setting, format: TerminalFormat(hasColour: false),
                    clock: Self.clock)
            }
            plain.event(.sourceFailed, level: .error, "It \u{1B}[2Jfails", ["source": "drop"])
            let coloured = Logger(label: "x") { _ in
                LineLogHandler(
                    label: "gateway", file: file, setting: setting, format: TerminalFormat(hasColour: true),
                    clock: Self.clock)
            }
            coloured.warning("careful")
            let written = try lines(path)
            #expect(
                written == [
                    "14:13:20 error It \u{FFFD}[2Jfails (source-failed) source=drop",
                    "14:13:20 \u{1B}[33mwarning\u{1B}[0m careful",
                ])
        }
    }

    @Test("An NHS number never reaches the log, wherever it stands in a line")
    func redaction() throws {
        try withLog { path, file, setting in
            var logger = Logger(label: "gateway") {
                LineLogHandler(label: $0, file: file, setting: setting, format: JSONLinesFormat())
            }
            logger[metadataKey: "kept"] = "999-000-0018"
            logger.info("patient 9990000018.", metadata: ["9990000026": "x", "list": .array(["999 000 0034"])])
            let line = try #require(try lines(path).first)
            #expect(!line.contains("999"))
            #expect(line.components(separatedBy: "[nhs-number]").count == 5)
        }
    }

    @Test("An opened log that cannot be written says why")
    func unwritable() {
        let fault = #expect(throws: LogFileFault.self) { try LogFile(path: "/nowhere/at/all.jsonl") }
        #expect(fault?.description.contains("/nowhere/at/all.jsonl") == true)
    }
}

@Suite("The last defence of the log")
struct NHSNumberRedactorTests {
    @Test(
        "Only ten digits with the right check digit are an NHS number",
        arguments: [
            ("9990000018", "[nhs-number]"), ("a9990000018b", "a[nhs-number]b"), ("999 000 0018", "[nhs-number]"),
            ("9990000018,9990000026", "[nhs-number],[nhs-number]"), ("9990000019", "9990000019"),
            ("99900000180", "99900000180"), ("19990000018", "19990000018"), ("999000001", "999000001"),
            ("99-90000018", "99-90000018"), ("999  0000018", "999  0000018"), ("", ""),
            ("0190f8a0-9990-7000-8000-000000000018", "0190f8a0-9990-7000-8000-000000000018"),
        ])
    func examples(_ text: String, _ expected: String) {
        #expect(NHSNumberRedactor.redact(text) == expected)
    }

    @Test("Every valid number is taken out, and what surrounds it stays")
    func property() {
        var found = 0
        for serial in 0..<5000 {
            let stem = String(999_000_000 + serial * 7)
            let sum = stem.enumerated().reduce(0) { $0 + (10 - $1.offset) * ($1.element.wholeNumberValue ?? 0) }
            let check = (11 - sum % 11) % 11
            guard check < 10 else { continue }
            found += 1
            #expect(NHSNumberRedactor.redact("/x/\(stem)\(check)/y") == "/x/[nhs-number]/y")
            let wrong = "/x/\(stem)\((check + 1) % 10)/y"
            #expect(NHSNumberRedactor.redact(wrong) == wrong)
        }
        #expect(found > 4000)
    }
}
