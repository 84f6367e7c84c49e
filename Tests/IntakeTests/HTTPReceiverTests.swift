import CanonicalModel
import Foundation
import Intake
import Storage
import Synchronization
import Telemetry
import Testing

@Suite("The HTTP receiver")
struct HTTPReceiverTests {
    private static let token = "Authorization: Bearer correct-horse"
    private static let path = "/v1/messages/push"

    /// Runs a receiver for two sources over a real store.
    private func receiving(
        requestLimit: Int = 256, messageSize: Int = 10_000, byteLimit: Int = 1 << 20,
        fileSign: FileSign = .never,
        store: ((IntakeBench) async throws -> any MessageStore)? = nil,
        _ body: (IntakeBench, RawHTTP) async throws -> Void
    ) async throws {
        try await IntakeBench.with { bench in
            let port = Mutex(0)
            let receiver = HTTPReceiver(
                settings: HTTPReceiver.Settings(
                    address: "127.0.0.1", port: 0, messageSize: messageSize, requestLimit: requestLimit,
                    byteLimit: byteLimit),
                sources: [
                    ReceiverSource(name: "push", token: "correct-horse"),
                    ReceiverSource(name: "other", token: "battery-staple"),
                ],
                store: try await store?(bench) ?? bench.store, status: bench.status, accepted: bench.accepted,
                fileSign: fileSign, logger: bench.log.logger,
                whenListening: { listening in port.withLock { $0 = listening } })
            try await running([receiver]) {
                try await eventually("it listens") { port.withLock { $0 } != 0 }
                try await body(bench, RawHTTP(port: port.withLock { $0 }))
            }
        }
    }

    @Test("A message is answered 202 with its id, and is in the store with the context of its headers")
    func accepted() async throws {
        try await receiving { bench, http in
            let answer = try await http.send(
                "POST", Self.path,
                headers: [
                    Self.token, "Content-Type: application/xml; charset=utf-8", "Hatchway-NHS-Number: 9990000018",
                    "Hatchway-ODS-Code: A81001", "Hatchway-Status: 404", "hatchway-observed-at: 2026-11-21T10:00:00Z",
                ], body: "<a/>")
            #expect(answer.status == 202)
            let message = try #require(try await bench.messages().first)
            #expect(answer.body == #"{"id":"\#(message.id)"}"#)
            #expect(message.source == "push")
            #expect(
                message.transport.values == [
                    "nhsNumber": "9990000018", "odsCode": "A81001", "httpStatus": "404",
                    "observedAt": "2026-11-21T10:00:00Z",
                ])
            #expect(bench.status.sources["push"]?.counts == ["accepted": 1])
            #expect(bench.log.lines.contains { $0.contains(message.id.rawValue) })
            #expect(bench.log.lines.allSatisfy { !$0.contains("9990000018") })
        }
    }

    @Test(
        "A body larger than a message is accepted when it can hold many messages, and is one file however often it is sent",
        arguments: [true, false])
    func large(declaresLength: Bool) async throws {
        try await receiving(fileSign: IntakeBench.fileSign) { bench, http in
            let many = "<Many>" + String(repeating: "x", count: 2_500_000) + "</Many>"
            func send(_ key: String, _ body: String) async throws -> RawHTTP.Answer {
                var headers = [Self.token, "Idempotency-Key: \(key)", "Content-Type: application/x-ndjson"]
                guard !declaresLength else {
                    return try await http.send("POST", Self.path, headers: headers, body: body)
                }
                headers.append("Transfer-Encoding: chunked")
                let chunks = stride(from: 0, to: body.utf8.count, by: 50_000).map { start in
                    let piece = Array(body.utf8)[start..<min(start + 50_000, body.utf8.count)]
                    return String(piece.count, radix: 16) + "\r\n" + String(decoding: piece, as: UTF8.self) + "\r\n"
                }
                let lines = ["POST \(Self.path) HTTP/1.1", "Host: localhost", "Connection: close"] + headers
                return try await http.send(
                    raw: lines.joined(separator: "\r\n") + "\r\n\r\n" + chunks.joined() + "0\r\n\r\n")
            }
            let answer = try await send("k1", many)
            #expect(answer.status == 202)
            let (file, body) = try #require(try await bench.file())
            #expect(answer.body == #"{"id":"\#(file.id)"}"#)
            #expect(body == Array(many.utf8))
            #expect(try await send("k1", many).status == 200)
            #expect(try await send("k1", many + " ").status == 422)
            #expect(try await send("k2", "<One>" + many.prefix(20_000)).status == 413)
            #expect(try await bench.messages().isEmpty)
            #expect(bench.status.sources["push"]?.counts == ["accepted": 1, "repeated": 1, "refused": 2])
        }
    }

    @Test("The same Idempotency-Key is the same message, answered 200")
    func repeated() async throws {
        try await receiving { bench, http in
            let headers = [Self.token, "Idempotency-Key: k1"]
            let first = try await http.send("POST", Self.path, headers: headers, body: "<a/>")
            let second = try await http.send("POST", Self.path, headers: headers, body: "<a/>")
            #expect(first.status == 202)
            #expect(second.status == 200)
            #expect(first.body == second.body)
            #expect(try await bench.messages().count == 1)
            #expect(bench.status.sources["push"]?.counts == ["accepted": 1, "repeated": 1])
        }
    }

    @Test("An Idempotency-Key that comes again with other content is refused, not taken for the message it named")
    func conflicting() async throws {
        try await receiving { bench, http in
            let headers = [Self.token, "Idempotency-Key: k1"]
            let first = try await http.send("POST", Self.path, headers: headers, body: "<a/>")
            let second = try await http.send("POST", Self.path, headers: headers, body: "<b/>")
            #expect(first.status == 202)
            #expect(second.status == 422)
            #expect(second.body.contains("The Idempotency-Key was used before with other content"))
            #expect(try await bench.messages().count == 1)
            #expect(bench.status.sources["push"]?.counts == ["accepted": 1, "refused": 1])
            let refused = bench.log.lines.filter { $0.contains("message-refused") }
            #expect(refused.contains { $0.contains("idempotency-key-reused") })
        }
    }

    @Test(
        "Nobody gets in without the token of that source",
        arguments: [
            [], ["Authorization: Bearer wrong"], ["Authorization: Bearer battery-staple"],
            ["Authorization: Basic correct-horse"], ["Authorization: Bearer"],
            ["Authorization: Bearer correct-horse", "Authorization: Bearer wrong"],
        ])
    func unauthorised(_ headers: [String]) async throws {
        try await receiving { bench, http in
            let answer = try await http.send("POST", Self.path, headers: headers, body: "<a/>")
            #expect(answer.status == 401)
            #expect(answer.headers["www-authenticate"]?.hasPrefix("Bearer") == true)
            #expect(try await bench.messages().isEmpty)
        }
    }

    @Test("Which sources exist is told only to those who are one")
    func unknownSource() async throws {
        try await receiving { _, http in
            let path = "/v1/messages/nobody"
            let known = try await http.send("POST", path, headers: [Self.token], body: "<a/>")
            let stranger = try await http.send("POST", path, body: "<a/>")
            let elsewhere = try await http.send("GET", "/elsewhere")
            #expect([known, stranger, elsewhere].map(\.status) == [404, 401, 404])
        }
    }

    @Test(
        "A request that cannot be a message is refused with a problem that repeats nothing of it",
        arguments: [
            (405, "GET", [], nil), (400, "POST", [], ""), (400, "POST", ["Hatchway-From: "], "<a/>"),
            (400, "POST", ["Hatchway-NHS-Number: 9990000018", "Hatchway-NHS-Number: 9990000026"], "<a/>"),
            (400, "POST", ["Hatchway-Section: " + String(repeating: "9990000018", count: 110)], "<a/>"),
            (400, "POST", ["Hatchway-Local-Id: a\u{85}9990000018"], "<a/>"),
            (415, "POST", ["Content-Type: text/plain"], "9990000018"),
            (415, "POST", ["Content-Type: +json"], "{}"),
        ] as [(Int, String, [String], String?)])
    func refused(_ status: Int, _ method: String, _ headers: [String], _ body: String?) async throws {
        try await receiving { bench, http in
            let answer = try await http.send(method, Self.path, headers: [Self.token] + headers, body: body)
            #expect(answer.status == status)
            #expect(answer.headers["content-type"] == "application/problem+json")
            let problem = try #require(
                try JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: Any])
            #expect(problem["status"] as? Int == status)
            #expect(problem["type"] as? String == "about:blank")
            #expect(problem["title"] is String && problem["detail"] is String)
            #expect(!answer.body.contains("999000"))
            #expect(try await bench.messages().isEmpty)
            #expect(bench.status.sources["push"]?.counts == ["refused": 1])
        }
    }

    @Test(
        "Kinds of XML and JSON are taken",
        arguments: ["application/fhir+json", "application/json", "text/xml; charset=utf-8", "Application/FHIR+XML"])
    func kinds(_ type: String) async throws {
        try await receiving { _, http in
            let answer = try await http.send(
                "POST", Self.path, headers: [Self.token, "Content-Type: \(type)"], body: "<a/>")
            #expect(answer.status == 202)
        }
    }

    @Test("A declared length over the limit is refused before the body is sent")
    func declaredTooLarge() async throws {
        try await receiving { _, http in
            let connection = try await http.open(
                sending: "POST \(Self.path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\(Self.token)\r\n"
                    + "Content-Length: 10001\r\n\r\n")
            defer { connection.close() }
            #expect(try await connection.answer().status == 413)
        }
    }

    @Test("A body that turns out too large is refused although it declared no length")
    func streamedTooLarge() async throws {
        try await receiving { bench, http in
            let chunk = "3e8\r\n" + String(repeating: "x", count: 1000) + "\r\n"
            let head =
                "POST \(Self.path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\(Self.token)\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n"
            let fits = try await http.send(raw: head + String(repeating: chunk, count: 10) + "0\r\n\r\n")
            #expect(fits.status == 202)
            let over = try await http.send(raw: head + String(repeating: chunk, count: 11) + "0\r\n\r\n")
            #expect(over.status == 413)
            #expect(try await bench.messages().map(\.body.count) == [10_000])
        }
    }

    @Test("A body that breaks off is no message")
    func brokenOff() async throws {
        try await receiving { bench, http in
            let connection = try await http.open(
                sending: "POST \(Self.path) HTTP/1.1\r\nHost: a\r\n\(Self.token)\r\nContent-Length: 100\r\n\r\n<a/>")
            connection.close()
            try await eventually("it is refused") { bench.status.sources["push"]?.counts["refused"] == 1 }
            #expect(try await bench.messages().isEmpty)
        }
    }

    @Test("More than may be in progress is answered 429 with Retry-After")
    func busy() async throws {
        try await receiving(requestLimit: 1) { _, http in
            let head = "POST \(Self.path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\(Self.token)\r\n"
            try await eventually("the slow one holds the only place") {
                // The quick one may come first; then the slow one was the one to be refused.
                let slow = try await http.open(sending: head + "Content-Length: 8\r\n\r\n<a/>")
                defer { slow.close() }
                let answer = try await http.send("POST", Self.path, headers: [Self.token], body: "<b/>")
                return answer.status == 429 && answer.headers["retry-after"] == "1"
            }
        }
    }

    @Test("When the store fails the answer is 503 and nothing is acknowledged")
    func storeFails() async throws {
        let closed: (IntakeBench) async throws -> any MessageStore = { bench in
            let store = try await SQLiteMessageStore.open(at: bench.folder + "/closed.db")
            try await store.close()
            return store
        }
        try await receiving(store: closed) { bench, http in
            let answer = try await http.send("POST", Self.path, headers: [Self.token], body: "<a/>")
            #expect(answer.status == 503)
            #expect(answer.headers["retry-after"] != nil)
            #expect(bench.status.sources["push"]?.lastError == "store-failed")
        }
    }

    @Test("Headers are limited in size")
    func largeHeaders() async throws {
        try await receiving { bench, http in
            let answer = try? await http.send(
                "POST", Self.path, headers: [Self.token, "X-Padding: " + String(repeating: "x", count: 100_000)],
                body: "<a/>")
            // The server may close before the client has sent it all.
            #expect((answer?.status ?? 400) >= 400)
            let messages = try await bench.messages()
            #expect(messages.isEmpty)
        }
    }

    @Test("Many messages at the same time are all accepted, each once")
    func many() async throws {
        try await receiving { bench, http in
            let statuses = try await withThrowingTaskGroup { group in
                for number in 0..<60 {
                    group.addTask {
                        try await http.send("POST", Self.path, headers: [Self.token], body: "<n>\(number)</n>").status
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses == Array(repeating: 202, count: 60))
            #expect(try await Set(bench.messages().map(\.body)).count == 60)
        }
    }

    @Test("Health is answered to anybody")
    func health() async throws {
        try await receiving { _, http in
            let answer = try await http.send("GET", "/health")
            #expect(answer.status == 200)
            #expect(try await http.send("POST", "/health", body: "x").status == 405)
        }
    }
}
