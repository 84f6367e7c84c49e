import Foundation

/// How much memory a row needs at most, in a process that does nothing else.
enum PeakMemory {
    /// Bytes of this process that were in memory at once, at most; nil where the system does not say so.
    static var bytes: Int? {
        let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        let kibibytes = line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }
        return kibibytes.map { $0 * 1024 }
    }

    /// The same of a new process that does this row once, its input included.
    static func ofNewProcess(row: String, mappings: String) throws -> Int? {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = ["--filter", row, "--peak-memory", "--mappings", mappings]
        process.standardOutput = output
        try process.run()
        let answer = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw BenchmarkFault("\(row) failed in a process of its own") }
        return Int(answer.trimmingCharacters(in: .whitespacesAndNewlines))
    }
}
