package import Telemetry

package import struct Foundation.Date
package import struct Foundation.Data
package import class Foundation.JSONDecoder
package import class Foundation.JSONEncoder

/// What the status file says: what the daemon was doing when it last wrote it. There is nothing about a patient in it.
package struct StatusReport: Sendable, Codable, Equatable {
    /// Messages of one source by state.
    package struct Messages: Sendable, Codable, Equatable {
        package var accepted = 0
        package var read = 0
        package var awaitingIdentity = 0
        package var quarantined = 0
        /// Files of many messages that are being taken apart.
        package var splitting = 0

        package init() {}
    }

    /// A file of many messages that is not wholly read yet.
    package struct File: Sendable, Codable, Equatable {
        /// The file's own name as a message.
        package var id: String
        package var source: String
        /// Of the whole file, and how many of them were taken apart.
        package var bytes: Int
        package var bytesDone: Int
        /// Parts found so far, and what became of them.
        package var parts: Int
        package var partsRead: Int
        package var partsAwaitingIdentity: Int
        package var partsQuarantined: Int
    }

    /// Files told of at most.
    package static let fileLimit = 20

    /// Older than this it is no longer believed: it is written every few seconds.
    package static let staleAfter: Duration = .seconds(30)

    /// Of this format; it grows when a reader must know.
    package var version = 1
    /// Of the program.
    package var program: String
    package var pid: Int32
    package var startedAt: Date
    package var writtenAt: Date
    package var uptimeSeconds: Int
    /// `running`, or `stopping` once the daemon was told to stop, or `stopped`.
    package var state: String
    package var sources: [String: StatusBoard.Line]
    package var consumers: [String: StatusBoard.Line]
    /// What messages lost or could not say, by mapping and code, since the start.
    package var issues: [String: [String: Int]]?
    /// By source; what is in the store. Absent when the store could not be asked.
    package var messages: [String: Messages]?
    /// Files that are not wholly read yet, those accepted first; at most ``fileLimit``.
    package var files: [File]?

    package init(
        program: String, pid: Int32, startedAt: Date, writtenAt: Date, state: String,
        sources: [String: StatusBoard.Line], consumers: [String: StatusBoard.Line], messages: [String: Messages]?,
        issues: [String: [String: Int]]? = nil, files: [File]? = nil
    ) {
        self.program = program
        self.pid = pid
        self.startedAt = startedAt
        self.writtenAt = writtenAt
        uptimeSeconds = max(0, Int(writtenAt.timeIntervalSince(startedAt)))
        self.state = state
        self.sources = sources
        self.consumers = consumers
        self.messages = messages
        self.issues = issues
        self.files = files
    }

    /// - Throws: ``StatusFileFault`` when the file is not there, cannot be read or is not a status file.
    package static func read(_ path: String) throws(StatusFileFault) -> StatusReport {
        guard let content = SmallFile.read(path, limit: 16 << 20) else {
            throw StatusFileFault(path: path, problem: "cannot be read", hint: "is the daemon running?")
        }
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601WithMilliseconds
        guard let report = try? decoder.decode(StatusReport.self, from: Data(content)), report.version == 1 else {
            throw StatusFileFault(
                path: path, problem: "is not a status file of this version",
                hint: "the daemon and this command should be of the same version")
        }
        return report
    }

    package func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601WithMilliseconds
        return Array(try encoder.encode(self)) + [UInt8(ascii: "\n")]
    }

    /// Seconds since it was written; never negative.
    package func age(now: Date) -> Int { max(0, Int(now.timeIntervalSince(writtenAt))) }

    /// Whether the daemon has died or hangs. One that was stopped writes no more and is not stale.
    package func isStale(now: Date) -> Bool { isRunning && .seconds(age(now: now)) > Self.staleAfter }

    /// Whether the daemon had not yet ended when it wrote this.
    package var isRunning: Bool { state == "running" || state == "stopping" }
}

/// The status file cannot be read or written.
package struct StatusFileFault: Error, Sendable, CustomStringConvertible {
    package let path: String
    package let problem: String
    package let hint: String

    package init(path: String, problem: String, hint: String = "") {
        self.path = path
        self.problem = problem
        self.hint = hint
    }

    package var description: String {
        "status file \(path) \(problem)" + (hint.isEmpty ? "" : " (\(hint))")
    }
}

extension JSONDecoder.DateDecodingStrategy {
    fileprivate static var iso8601WithMilliseconds: JSONDecoder.DateDecodingStrategy {
        .custom { decoder in
            let text = try decoder.singleValueContainer().decode(String.self)
            return try Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        }
    }
}

extension JSONEncoder.DateEncodingStrategy {
    fileprivate static var iso8601WithMilliseconds: JSONEncoder.DateEncodingStrategy {
        .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(LogTime.text(date))
        }
    }
}
