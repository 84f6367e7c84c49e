import Foundation
import GatewayService
import Testing

/// Files of many messages, on the daemon as a whole.
@Suite(.serialized) struct FileTests {
    @Test(
        "A daemon killed at random while it reads a file of many messages tells every part once as new, in file order",
        .timeLimit(.minutes(10)), arguments: Export.Format.allCases)
    func killed(format: Export.Format) async throws {
        try await Consumer.with(fail: 0.05, cut: 0.05) { consumer, port in
            let daemon = try Daemon(sinkPort: port, mapping: format.mapping, messageSize: "64KiB")
            defer { daemon.remove() }
            let export = Export(
                format: format, patients: 25, parts: format == .xml ? 3000 : 1500, faultyEvery: 500, partSize: 2000)
            try export.write(to: daemon.files.appending(path: format.fileName))
            // It dies while the file is taken, while it is taken apart, and while its parts are read.
            try daemon.write("hatchway.jsonl", "")
            for life in 1...(format == .xml ? 18 : 9) {
                let lived = daemon.text("hatchway.jsonl").utf8.count
                try daemon.launch()
                if life % 3 == 0 {
                    try await Task.sleep(for: .milliseconds(Int.random(in: 50..<(200 + 80 * life))))
                } else {
                    try await Self.untilPartsAreKept(daemon, after: lived)
                }
                daemon.kill()
            }
            try await daemon.start()
            try await daemon.settle()
            let status = try StatusReport.read(daemon.folder.appending(path: "status.json").path)
            daemon.stop()

            let told = try Told(consumer)
            #expect(Set(told.events.keys) == export.bookings, "every part is told")
            #expect(told.events.values.allSatisfy { $0.count == 1 }, "no part is told twice")
            #expect(told.orders.count == export.patients)
            #expect(told.orders.values.allSatisfy { $0 == $0.sorted() }, "the order of the file")
            #expect(consumer.counters?.orderFaults == 0)
            let messages = try #require(status.messages?["files"])
            #expect(messages.read == export.bookings.count + 1)
            #expect(messages.quarantined == export.faulty)
            #expect(status.files == [])
            for file in ["hatchway.jsonl", "status.json", "errors.txt"] {
                let text = daemon.text(file)
                for identity in export.identities { #expect(!text.contains(identity), "\(file)") }
            }
            let starts = daemon.text("hatchway.jsonl").split(separator: "\n").filter { $0.contains("file-started") }
            let resumed = starts.count { !$0.contains(#""parts":"0""#) }
            #expect(resumed > 0, "a life ended while the file was being taken apart")
            print("gone on \(resumed)")
        }
    }

    /// `HATCHWAY_FILE_MEGABYTES` makes the file as large as one likes.
    @Test(
        "A file much larger than memory may be is read in bounded memory, from a folder and over HTTP",
        .timeLimit(.minutes(30)))
    func memory() async throws {
        let megabytes = ProcessInfo.processInfo.environment["HATCHWAY_FILE_MEGABYTES"].flatMap(Int.init) ?? 200
        try await Consumer.with { _, port in
            let daemon = try Daemon(sinkPort: port, mapping: Export.Format.xml.mapping, messageSize: "256KiB")
            defer { daemon.remove() }
            try await daemon.start()
            try await daemon.settle()
            let base = try Self.peak(of: daemon)
            let partSize = 100_000
            let export = Export(
                format: .xml, patients: 5, parts: megabytes * 1_000_000 / partSize, faultyEvery: .max,
                partSize: partSize)
            try export.write(to: daemon.files.appending(path: "export.xml"))
            try await daemon.settle()
            let status = try StatusReport.read(daemon.folder.appending(path: "status.json").path)
            #expect(status.messages?["files"]?.read == export.bookings.count + 1)
            let growth = try Self.peak(of: daemon) - base
            print("peak memory grew by \(growth >> 20) MiB over a file of \(megabytes) MB")
            #expect(growth < 128 << 20)

            let small = Export(
                format: .xml, patients: 5, parts: 20, faultyEvery: .max, partSize: partSize)
            #expect(await daemon.post(small.body, key: "file", context: [:]) == 202)
            #expect(await daemon.post(small.body, key: "file", context: [:]) == 200)
            try await daemon.settle()
            let after = try StatusReport.read(daemon.folder.appending(path: "status.json").path)
            #expect(after.messages?["push"]?.read == 21)
            daemon.stop()
        }
    }

    /// Waits until the daemon's log says that parts were kept; once all were, for a moment. `start` is where its life
    /// begins in the log.
    private static func untilPartsAreKept(_ daemon: Daemon, after start: Int) async throws {
        let log = try FileHandle(forReadingFrom: daemon.folder.appending(path: "hatchway.jsonl"))
        try log.seek(toOffset: UInt64(start))
        let isOver = daemon.text("hatchway.jsonl").contains("file-split")
        let end = ContinuousClock.now + (isOver ? .seconds(1) : .seconds(60))
        while ContinuousClock.now < end {
            let news = String(decoding: try log.readToEnd() ?? Data(), as: UTF8.self)
            if news.contains("file-progress") || (!isOver && news.contains("file-split")) { return }
            try await Task.sleep(for: .milliseconds(1))
        }
    }

    /// The most memory that the daemon has had, in bytes.
    private static func peak(of daemon: Daemon) throws -> Int {
        let id = try #require(daemon.processID)
        let text = try String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8)
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        return try #require(line.split(separator: " ").compactMap { Int($0) }.first) * 1024
    }
}

/// What a consumer was told of bookings.
private struct Told {
    /// The events that told each booking.
    private(set) var events: [String: Set<String>] = [:]
    /// The bookings of each lane in the order in which they were told first.
    private(set) var orders: [String: [Int]] = [:]

    init(_ consumer: Consumer) throws {
        for envelope in try consumer.envelopes() {
            let data = try #require(envelope["data"] as? [String: Any])
            let id = try #require(envelope["id"] as? String)
            let lane = try #require(envelope["lane"] as? String)
            for booking in data["bookings"] as? [[String: Any]] ?? [] {
                let name = try #require(booking["id"] as? String)
                if events[name] == nil { orders[lane, default: []].append(try #require(Int(name))) }
                events[name, default: []].insert(id)
            }
        }
    }
}

/// A made-up system's export: many visits in a file, each with its patient.
struct Export {
    /// How it holds many messages.
    enum Format: String, CaseIterable, Sendable {
        case xml, items, lines, rows

        var fileName: String {
            switch self {
            case .xml: "export.xml"
            case .items, .lines: "export.json"
            case .rows: "export.csv"
            }
        }

        var mapping: String {
            let isXML = self == .xml
            return """
                mapping: test/export
                reads: \(isXML ? "{root: Export}" : "{has: [number, born, ref, practice]}")
                each: \(isXML ? "Export.Visit" : rawValue)
                source: {system: test, message: Export}
                practice: {odsCode: "{{ \(isXML ? "%header.practice" : "practice") }}"}
                patient: {nhsNumber: "{{ number.nhsNumber() }}", birthDate: "{{ born.dateTime() }}"}
                bookings:
                  - id: "{{ ref }}"
                    status: booked
                    start: "{{ start.londonTime() }}"
                """
        }
    }

    let format: Format
    let patients: Int
    let parts: Int
    /// Every so-manyth part is larger than a message.
    let faultyEvery: Int
    /// Bytes of text in each part that the mapping does not read.
    let partSize: Int

    var faulty: Int { (1...parts).count { $0 % faultyEvery == 0 } }

    var bookings: Set<String> { Set((1...parts).filter { $0 % faultyEvery != 0 }.map(String.init)) }

    var identities: [String] { (0..<patients).map(number) + ["Pomona Wren"] }

    private func number(_ patient: Int) -> String { Traffic.number(of: patient) }

    private var head: String {
        switch format {
        case .xml: #"<?xml version="1.0"?><Export practice="A81001"><Made>2026-11-21</Made>"#
        case .items: "["
        case .lines: ""
        case .rows: "number,born,ref,start,practice,name,filling\r\n"
        }
    }

    private var tail: String {
        switch format {
        case .xml: "</Export>"
        case .items: "]"
        case .lines, .rows: ""
        }
    }

    private func part(_ index: Int) -> String {
        let filling = String(repeating: "x", count: index % faultyEvery == 0 ? 100_000 : partSize)
        let number = number(index % patients)
        let start = "2026-12-10T09:00:00"
        switch format {
        case .xml:
            return """
                <Visit number="\(number)" born="1970-02-03" ref="\(index)" start="\(start)">\
                <Name>Pomona Wren</Name><Filling>\(filling)</Filling></Visit>

                """
        case .rows:
            return "\(number),1970-02-03,\(index),\(start),A81001,\"Wren, \"\"Pomona Wren\"\"\",\(filling)\r\n"
        case .items, .lines:
            return (format == .items && index > 1 ? "," : "") + """
                {"number":"\(number)","born":"1970-02-03","ref":"\(index)","start":"\(start)","practice":"A81001",\
                "name":"Pomona Wren","filling":"\(filling)"}

                """
        }
    }

    var body: [UInt8] { Array((head + (1...parts).map(part).joined() + tail).utf8) }

    /// Writes it part by part, elsewhere first, as a careful sender does.
    func write(to place: URL) throws {
        let draft = place.deletingLastPathComponent().deletingLastPathComponent().appending(
            path: "draft-\(UUID().uuidString)")
        try Data(head.utf8).write(to: draft)
        let handle = try FileHandle(forWritingTo: draft)
        try handle.seekToEnd()
        for index in 1...parts { try handle.write(contentsOf: Data(part(index).utf8)) }
        try handle.write(contentsOf: Data(tail.utf8))
        try handle.close()
        try FileManager.default.moveItem(at: draft, to: place)
    }
}
