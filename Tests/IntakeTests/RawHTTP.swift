import Foundation
import Glibc

/// A client that sends exactly the bytes it is given, so that a test can be as rude as it likes.
struct RawHTTP: Sendable {
    struct Answer: Sendable {
        let status: Int
        /// Names in lower case.
        let headers: [String: String]
        let body: String
    }

    let port: Int

    /// Sends a request and reads the answer until the server closes.
    func send(
        _ method: String, _ path: String, headers: [String] = [], body: String? = nil, declaredLength: Int? = nil
    ) async throws -> Answer {
        var lines = ["\(method) \(path) HTTP/1.1", "Host: localhost", "Connection: close"] + headers
        if let length = declaredLength ?? body?.utf8.count { lines.append("Content-Length: \(length)") }
        return try await send(raw: lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? ""))
    }

    func send(raw: String) async throws -> Answer {
        let connection = try await open(sending: raw)
        defer { connection.close() }
        return try await connection.answer()
    }

    /// Opens a connection, sends something and leaves it open.
    func open(sending raw: String) async throws -> Connection {
        let port = port
        return try await RawHTTP.blocking {
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(port).bigEndian
            address.sin_addr.s_addr = inet_addr("127.0.0.1")
            let length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let connected = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, length) }
            }
            guard connected == 0 else { throw POSIXError(.ECONNREFUSED) }
            var timeout = timeval(tv_sec: 60, tv_usec: 0)
            setsockopt(
                descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
            let bytes = Array(raw.utf8)
            var sent = 0
            while sent < bytes.count {
                let count = bytes.withUnsafeBytes {
                    Glibc.send(
                        descriptor, $0.baseAddress?.advanced(by: sent), bytes.count - sent, Int32(MSG_NOSIGNAL)
                    )
                }
                // The server may have answered and closed before the end.
                if count <= 0 { break }
                sent += count
            }
            return Connection(descriptor: descriptor)
        }
    }

    struct Connection: Sendable {
        let descriptor: Int32

        func close() { _ = Glibc.close(descriptor) }

        func answer() async throws -> Answer {
            try await RawHTTP.blocking {
                var bytes: [UInt8] = []
                var chunk = [UInt8](repeating: 0, count: 4096)
                while true {
                    let count = recv(descriptor, &chunk, chunk.count, 0)
                    if count <= 0 { break }
                    bytes.append(contentsOf: chunk[..<count])
                }
                return try RawHTTP.parse(String(decoding: bytes, as: UTF8.self))
            }
        }
    }

    private static func parse(_ text: String) throws -> Answer {
        guard let end = text.range(of: "\r\n\r\n") else { throw POSIXError(.EBADMSG) }
        let lines = text[..<end.lowerBound].components(separatedBy: "\r\n")
        let status = lines[0].split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            headers[line[..<colon].lowercased()] =
                line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
        }
        return Answer(status: status, headers: headers, body: String(text[end.upperBound...]))
    }

    private static func blocking<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value
    {
        try await withCheckedThrowingContinuation { waiter in
            // A thread of its own: the global queue's are the cooperative pool's, which the server needs.
            Thread.detachNewThread { waiter.resume(with: Result(catching: body)) }
        }
    }
}
