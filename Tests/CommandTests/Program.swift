import Foundation
import Testing

/// The built program, run as an operator runs it.
struct Program {
    let status: Int32
    let output: String
    let errors: String

    /// The project's folder, in which the program runs unless told otherwise.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    init(_ arguments: String..., in folder: URL = Program.root, environment: [String: String] = [:]) throws {
        try self.init(arguments: arguments, in: folder, environment: environment)
    }

    init(arguments: [String], in folder: URL = Program.root, environment: [String: String] = [:]) throws {
        let process = Process()
        let executable: URL = try #require(Self.executable)
        process.executableURL = executable
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.environment = ["PATH": "/usr/bin:/bin", "SWIFT_BACKTRACE": "enable=no"].merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        // Files, since a pipe that nobody reads meanwhile fills up and stops the program.
        let scratch = try Scratch()
        let outputFile = try scratch.file("output")
        let errorFile = try scratch.file("errors")
        process.standardOutput = try FileHandle(forWritingTo: outputFile)
        process.standardError = try FileHandle(forWritingTo: errorFile)
        try process.run()
        process.waitUntilExit()
        status = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
        output = String(decoding: try Data(contentsOf: outputFile), as: UTF8.self)
        errors = String(decoding: try Data(contentsOf: errorFile), as: UTF8.self)
    }

    /// Each line of the output as JSON.
    var lines: [[String: Any]] {
        get throws {
            try output.split(separator: "\n").map { line in
                try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            }
        }
    }

    /// The program is built into the folder of the test bundle.
    private static var executable: URL? {
        var folder = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        while folder.path != "/" {
            folder.deleteLastPathComponent()
            let candidate = folder.appending(path: "hatchway")
            var isFolder: ObjCBool = false
            if FileManager.default.fileExists(atPath: candidate.path, isDirectory: &isFolder), !isFolder.boolValue {
                return candidate
            }
        }
        return nil
    }
}

/// A folder of a test's own, which goes with it.
final class Scratch {
    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "hatchway-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// Writes a file, with the folders that it needs.
    @discardableResult
    func file(_ path: String, _ text: String = "") throws -> URL {
        let file = folder.appending(path: path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
        return file
    }

    /// A folder of mappings with one mapping, and a folder of samples with one sample of it.
    static func project(mapping: String = Scratch.visits) throws -> Scratch {
        let scratch = try Scratch()
        try scratch.file("Mappings/inbound/acme/visits.yaml", mapping)
        try scratch.file("Mappings/codes/acme-kind.csv", "source,target,display\nPhone,telephone,\n")
        try scratch.file(
            "Samples/acme/visits/one.json", #"{"Visits":[{"Ref":"1","When":"2026-07-02T09:20:00","How":"Phone"}]}"#)
        try scratch.file("Samples/acme/visits/one.expected.json", Scratch.expected)
        return scratch
    }

    static let visits = """
        mapping: acme/visits
        reads: {has: [Visits]}
        source: {system: acme, message: visits}
        bookings:
          - "{% for v in Visits %}":
              id: "{{ %v.Ref }}"
              status: booked
              start: "{{ %v.When.londonTime() }}"
              mode: "{{ %v.How.codeTable('acme-kind') }}"

        """

    static let expected = """
        {
          "mapping": "acme/visits",
          "source": {
            "system": "acme",
            "message": "visits",
            "time": "*accepted*",
            "timeKind": "accepted",
            "digest": "*digest*"
          },
          "bookings": [
            {
              "id": "1",
              "status": "booked",
              "start": "2026-07-02T09:20:00+01:00",
              "mode": "telephone"
            }
          ]
        }

        """
}
