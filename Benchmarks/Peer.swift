import Foundation

/// Another engine in a process of its own, which does the same work on the same message when it is asked to, and says
/// how much CPU that took.
final class Peer {
    /// What it says it is, with its version.
    private(set) var name = ""
    private let process = Process()
    private let requests = Pipe()
    private let answers = Pipe()
    private var unread = Data()

    /// Starts it and waits until it says that it is ready, which may take a warm-up.
    init(_ command: [String]) throws {
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = command
        process.standardInput = requests
        process.standardOutput = answers
        try process.run()
        name = try line()
    }

    /// Ends it.
    func stop() {
        try? requests.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    /// What it makes of the message.
    func output() throws -> String {
        try ask("output")
        return try line()
    }

    /// Nanoseconds of its CPU for so many messages.
    func time(_ times: Int) throws -> Int {
        try ask(String(times))
        let answer = try line()
        guard let nanoseconds = Int(answer) else { throw BenchmarkFault("\(name) answered \(answer)") }
        return nanoseconds
    }

    private func ask(_ request: String) throws {
        try requests.fileHandleForWriting.write(contentsOf: Data("\(request)\n".utf8))
    }

    private func line() throws -> String {
        while true {
            if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
                defer { unread = Data(unread[(end + 1)...]) }
                return String(decoding: unread[..<end], as: UTF8.self)
            }
            let more = answers.fileHandleForReading.availableData
            guard !more.isEmpty else { throw BenchmarkFault("\(name.isEmpty ? "a peer" : name) ended too early") }
            unread += more
        }
    }
}
