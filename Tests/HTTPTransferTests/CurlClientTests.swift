import HTTPTransfer
import HTTPTypes
import Hummingbird
import NIOCore
import Testing

@Suite("The HTTP client", .timeLimit(.minutes(1)))
struct CurlClientTests {
    private func send(
        _ url: String, method: String = "POST", body: String = "", headers: [(name: String, value: String)] = [],
        timeout: Duration = .seconds(120), client: CurlClient
    ) async throws(HTTPTransferFault) -> HTTPTransferResponse {
        try await client.send(
            HTTPTransferRequest(method: method, url: url, headers: headers, body: Array(body.utf8), timeout: timeout))
    }

    @Test("Method, headers and body arrive as they were given, and so does the answer")
    func echo() async throws {
        let client = try CurlClient()
        try await withServer { request, _ in
            let body = try await request.body.collect(upTo: 1 << 20)
            var headers = HTTPFields()
            if let name = HTTPField.Name("X-Method") { headers[name] = request.method.rawValue }
            if let name = HTTPField.Name("X-Token") { headers[name] = request.headers[.authorization] }
            headers[.contentType] = request.headers[.contentType]
            return Response(status: .accepted, headers: headers, body: ResponseBody(byteBuffer: body))
        } _: { url in
            for method in ["POST", "PUT", "PATCH", "DELETE"] {
                let answer = try await send(
                    url, method: method, body: "{\"é\":1}",
                    headers: [("Authorization", "Bearer abc"), ("Content-Type", "application/json")], client: client)
                #expect(answer.status == 202)
                #expect(String(decoding: answer.body, as: UTF8.self) == "{\"é\":1}")
                #expect(answer.header("x-method") == method)
                #expect(answer.header("x-token") == "Bearer abc")
                #expect(answer.header("content-type") == "application/json")
                #expect(!answer.isTruncated)
            }
            await client.shutDown()
        }
    }

    @Test("A request without a content type is sent without one")
    func noContentType() async throws {
        let client = try CurlClient()
        try await withServer { request, _ in
            Response(status: request.headers[.contentType] == nil ? .ok : .badRequest)
        } _: { url in
            let answer = try await send(url, body: "a=b", client: client)
            #expect(answer.status == 200)
            await client.shutDown()
        }
    }

    @Test("Deliveries one after another use one connection")
    func reuse() async throws {
        let client = try CurlClient()
        try await withServer { _, _ in
            Response(status: .noContent)
        } _: { url in
            for _ in 0..<50 {
                let answer = try await send(url, body: "x", client: client)
                #expect(answer.status == 204)
            }
            await client.shutDown()
        }
        #expect(client.openedConnections == 1)
    }

    @Test("Many requests at once are all answered with their own answer")
    func parallel() async throws {
        let client = try CurlClient(CurlSettings(connections: 16))
        try await withServer { request, _ in
            Response(status: .ok, body: ResponseBody(byteBuffer: try await request.body.collect(upTo: 1024)))
        } _: { url in
            let right = try await withThrowingTaskGroup { group in
                for number in 0..<500 {
                    group.addTask {
                        let answer = try await send(url, body: "n\(number)", client: client)
                        return String(decoding: answer.body, as: UTF8.self) == "n\(number)"
                    }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(right == 500)
            await client.shutDown()
        }
        #expect(client.openedConnections <= 16)
    }

    @Test("An error status and a redirect are answers; the redirect is not followed")
    func statuses() async throws {
        let client = try CurlClient()
        let followed = Tally()
        try await withServer { request, _ in
            switch request.uri.path {
            case "/busy": return Response(status: .serviceUnavailable, headers: [.retryAfter: "7"])
            case "/moved": return Response(status: .temporaryRedirect, headers: [.location: "/elsewhere"])
            default:
                followed.add()
                return Response(status: .ok)
            }
        } _: { url in
            let busy = try await send(url + "/busy", body: "x", client: client)
            #expect(busy.status == 503)
            #expect(busy.header("retry-after") == "7")
            #expect(try await send(url + "/moved", body: "x", client: client).status == 307)
            await client.shutDown()
        }
        #expect(followed.value == 0)
    }

    @Test("An answer that does not come in time is a timeout, and its connection is not used again")
    func timeout() async throws {
        let client = try CurlClient()
        let (releases, release) = AsyncStream.makeStream(of: Void.self)
        try await withServer { request, _ in
            if request.uri.path == "/slow" { for await _ in releases { break } }
            return Response(status: .ok)
        } _: { url in
            await #expect(throws: HTTPTransferFault(.timeout, number: 28)) {
                try await send(url + "/slow", body: "x", timeout: .milliseconds(200), client: client)
            }
            let next = try await send(url, body: "x", client: client)
            #expect(next.status == 200)
            release.finish()
            await client.shutDown()
        }
        #expect(client.openedConnections == 2)
    }

    @Test("A cancelled task takes its request back at once")
    func cancellation() async throws {
        let client = try CurlClient()
        let (arrivals, arrival) = AsyncStream.makeStream(of: Void.self)
        let (releases, release) = AsyncStream.makeStream(of: Void.self)
        try await withServer { _, _ in
            arrival.yield()
            for await _ in releases { break }
            return Response(status: .ok)
        } _: { url in
            let fault = await withTaskGroup(of: HTTPTransferFault?.self) { group in
                group.addTask {
                    do throws(HTTPTransferFault) {
                        _ = try await send(url, body: "x", client: client)
                        return nil
                    } catch { return error }
                }
                for await _ in arrivals { break }
                group.cancelAll()
                return await group.next() ?? nil
            }
            #expect(fault?.code == .cancelled)
            release.finish()
            await client.shutDown()
        }
    }

    @Test("A body over the limit is cut there, and the rest is not read")
    func hugeAnswer() async throws {
        let client = try CurlClient()
        try await withServer { _, _ in
            Response(
                status: .ok,
                body: ResponseBody { writer in
                    let piece = ByteBuffer(repeating: UInt8(ascii: "x"), count: 1 << 16)
                    for _ in 0..<1000 { try await writer.write(piece) }
                    try await writer.finish(nil)
                })
        } _: { url in
            let answer = try await send(url, method: "GET", client: client)
            #expect(answer.status == 200)
            #expect(answer.isTruncated)
            #expect(answer.body.count == 64 * 1024)
            await client.shutDown()
        }
    }

    @Test("Nobody listens: the connection is refused")
    func refused() async throws {
        let client = try CurlClient()
        let server = try #require(RawServer(answer: []))
        server.stop()
        await #expect(throws: HTTPTransferFault(.connectionRefused, number: 7)) {
            try await send("http://127.0.0.1:\(server.port)/", body: "x", client: client)
        }
        await client.shutDown()
    }

    enum BrokenAnswer: String, CaseIterable {
        case none, shortBody, shortChunk, notHTTP, hugeHeader

        var bytes: String {
            switch self {
            case .none: ""
            case .shortBody: "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc"
            case .shortChunk: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc"
            case .notHTTP: "SSH-2.0-OpenSSH\r\n\r\n"
            case .hugeHeader: "HTTP/1.1 200 OK\r\nX-Long: \(String(repeating: "a", count: 90_000))\r\n\r\n"
            }
        }

        var code: HTTPTransferFault.Code {
            switch self {
            case .none, .shortBody, .shortChunk: .connectionCutOff
            case .notHTTP: .answerMalformed
            case .hugeHeader: .answerTooLarge
            }
        }
    }

    @Test("A broken answer is a fault with its own code", arguments: BrokenAnswer.allCases)
    func brokenAnswer(answer: BrokenAnswer) async throws {
        let client = try CurlClient()
        let server = try #require(RawServer(answer: Array(answer.bytes.utf8)))
        let fault = await #expect(throws: HTTPTransferFault.self) {
            try await send("http://127.0.0.1:\(server.port)/", body: "x", client: client)
        }
        #expect(fault?.code == answer.code)
        server.stop()
        await client.shutDown()
    }

    @Test(
        "What must not be sent is refused before anything is",
        arguments: [
            HTTPTransferRequest(method: "POST", url: "ftp://127.0.0.1/"),
            HTTPTransferRequest(method: "POST", url: "file:///etc/hostname"),
            HTTPTransferRequest(method: "POST", url: "http://user:word@127.0.0.1/"),
            HTTPTransferRequest(method: "POST", url: "http://127.0.0.1/ a"),
            HTTPTransferRequest(method: "POST", url: "http:///"),
            HTTPTransferRequest(method: "PO ST", url: "http://127.0.0.1/"),
            HTTPTransferRequest(method: "POST", url: "http://127.0.0.1/", headers: [("X", "a\r\nY: b")]),
            HTTPTransferRequest(method: "POST", url: "http://127.0.0.1/", headers: [("X Y", "a")]),
        ])
    func invalid(request: HTTPTransferRequest) async throws {
        let client = try CurlClient()
        let fault = await #expect(throws: HTTPTransferFault.self) { try await client.send(request) }
        #expect(fault?.code == .requestInvalid)
        await client.shutDown()
    }

    @Test("More transfers than the limit are refused, and places come free again")
    func bounded() async throws {
        let client = try CurlClient(CurlSettings(transfers: 2))
        let (arrivals, arrival) = AsyncStream.makeStream(of: Void.self)
        let (releases, release) = AsyncStream.makeStream(of: Void.self)
        try await withServer { request, _ in
            if request.uri.path == "/wait" {
                arrival.yield()
                for await _ in releases { break }
            }
            return Response(status: .ok)
        } _: { url in
            try await withThrowingTaskGroup { group in
                for _ in 0..<2 { group.addTask { try await send(url + "/wait", client: client).status } }
                var iterator = arrivals.makeAsyncIterator()
                for _ in 0..<2 { await iterator.next() }
                await #expect(throws: HTTPTransferFault(.busy)) { try await send(url, client: client) }
                release.finish()
                for try await status in group { #expect(status == 200) }
            }
            #expect(try await send(url, client: client).status == 200)
            await client.shutDown()
        }
    }

    @Test("Shutting down lets what is in progress finish and refuses what comes later")
    func shutDown() async throws {
        let client = try CurlClient()
        let (arrivals, arrival) = AsyncStream.makeStream(of: Void.self)
        let (releases, release) = AsyncStream.makeStream(of: Void.self)
        try await withServer { _, _ in
            arrival.yield()
            for await _ in releases { break }
            return Response(status: .ok)
        } _: { url in
            try await withThrowingTaskGroup { group in
                group.addTask { try await send(url, client: client).status }
                for await _ in arrivals { break }
                group.addTask {
                    await client.shutDown()
                    return 0
                }
                // Whether or not the other task has begun to shut down by now, its end is not before the answer.
                release.finish()
                let statuses = try await group.reduce(into: Set<Int>()) { $0.insert($1) }
                #expect(statuses == [0, 200])
            }
            await #expect(throws: HTTPTransferFault(.closed)) { try await send(url, client: client) }
        }
    }
}
