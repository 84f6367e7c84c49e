import ArgumentParser
import CanonicalModel
import Documents
import Foundation
import GatewayService
import Interpretation
import MessageMapping

struct MapCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "map",
        abstract: "Read messages and print what they say.",
        discussion: """
            One file is printed as JSON for people. Several files, or a folder with everything below it, are printed as \
            JSON Lines: {"file", "exit", "message"}, and for a message that is refused {"file", "exit", "code", "place"}. \
            A file of many messages is printed as a line for each of them, with "part" for its number, whatever the size \
            of the file.

            What came with NAME.xml or NAME.json and is not in it is read from NAME.context.json beside it, if there is \
            one. Nothing is stored and nothing is sent.

            With --for, of each booking, prescription and section of the record only what may leave is printed, and what \
            is withheld is counted by rule: on standard error, or of several files as "withheld". With --explain as well, the \
            rule and the place of each part that would not leave are printed instead. Sensitive codes and sections \
            switched off are those of --config.

            Exit status: 0 when everything was read, 2 when no mapping reads a message, 3 when a message is malformed \
            or over a limit, 64 for wrong usage, 78 when the mappings or the configuration cannot be used. Of several \
            files, the highest.

            Example: hatchway map Samples/<system>/<message>/<case>.xml
            Example: hatchway map --for patient --grant appointments past.xml
            """)

    @Argument(help: "Messages, or folders with messages.", completion: .file())
    var files: [String]

    @OptionGroup var mappings: MappingOptions

    @Option(name: .customLong("as"), help: "How to write what was read: canonical.")
    var representation = "canonical"

    @Option(
        help: ArgumentHelp(
            "What came with the messages, laid over what lies beside them.", valueName: "key=value,…"))
    var context: [String] = []

    @OptionGroup var release: ReleaseOptions

    @Flag(
        help: """
            Print which line of which mapping gave each value, and from where in the message; with --for, why what is \
            withheld would not leave.
            """)
    var explain = false

    @Option(name: .customLong("repeat"), help: "Read each file so many times and say how fast that was.")
    var repetitions = 1

    @Option(help: .hidden)
    var acceptedAt: String?

    func validate() throws {
        if representation == "fhir-r4" { throw ValidationError("--as fhir-r4 is not built yet; canonical is.") }
        guard representation == "canonical" else {
            throw ValidationError("--as \(representation) is unknown; canonical is known.")
        }
        guard repetitions > 0 else { throw ValidationError("--repeat takes a number from 1.") }
        _ = try givenContext()
    }

    func run() throws {
        let selection = try mappings.load()
        let reader = MessageReader(mappings: selection.set, limits: selection.limits)
        let files: [MessageFile]
        do throws(MessageFileFault) {
            files = try MessageFile.find(self.files)
        } catch {
            say(error.description)
            throw ExitCode(64)
        }
        guard !files.isEmpty else {
            say("there is no .xml or .json file in the folder")
            throw ExitCode(64)
        }
        let isOne = files.count == 1 && files[0].path == self.files[0]
        let acceptedAt = acceptedAt ?? Date().formatted(.iso8601)
        var pace = MappingPace()
        var worst: Int32 = 0
        for file in files {
            if let parts = try parts(of: file, with: reader) {
                guard repetitions == 1 else {
                    say("\(file.path): --repeat is for files of one message")
                    throw ExitCode(64)
                }
                let context = try context(of: file)
                try parts.forEach(with: reader, acceptedAt: acceptedAt, isExplaining: explain) { reading in
                    try show(reading, context, isOne: false, selection)
                    worst = max(worst, reading.exit)
                }
                continue
            }
            let body = try body(of: file, limit: selection.limits.messageSize)
            var reading = FileReading.read(file, body, with: reader, acceptedAt: acceptedAt, isExplaining: explain)
            if repetitions > 1 {
                reading = pace.measure(file, body, with: reader, acceptedAt: acceptedAt, times: repetitions)
            }
            try show(reading, body.context, isOne: isOne, selection)
            worst = max(worst, reading.exit)
        }
        if repetitions > 1 { say(pace.description) }
        throw ExitCode(worst)
    }

    /// - Returns: nil for a file that is one message.
    private func parts(of file: MessageFile, with reader: MessageReader) throws -> PartReading? {
        let context = try context(of: file)
        return try usable { () throws(MessageFileFault) in try PartReading(file, context, with: reader) }
    }

    private func body(of file: MessageFile, limit: Int) throws -> MessageBody {
        let context = try context(of: file)
        return try usable { () throws(MessageFileFault) in
            MessageBody(bytes: try file.body(limit: limit), context: context)
        }
    }

    private func context(of file: MessageFile) throws -> TransportContext {
        let given = TransportContext(try givenContext())
        return try usable { () throws(MessageFileFault) in try file.context().overlaid(with: given) }
    }

    private func usable<Value>(_ body: () throws(MessageFileFault) -> Value) throws -> Value {
        do throws(MessageFileFault) {
            return try body()
        } catch {
            say(error.description)
            throw ExitCode(64)
        }
    }

    private func show(
        _ reading: FileReading, _ context: TransportContext, isOne: Bool, _ selection: MappingOptions.Selection
    ) throws {
        guard case .read(let mapped) = reading.reading else {
            if !isOne && !explain { return printResult(reading.jsonLine()) }
            return say(reading.refusal(folders: selection.folders))
        }
        let preview = try preview(of: mapped.message, context, selection.configuration)
        if explain {
            let head = isOne ? "" : "\(reading.file.path)\n"
            return printResult(head + (preview?.explanation() ?? ExplanationTable.render(mapped.explanations)))
        }
        let message = CanonicalJSONWriter.write(preview?.message ?? mapped.message, isPretty: isOne)
        guard isOne else { return printResult(reading.jsonLine(message: message, withheld: preview?.withheldByRule)) }
        printResult(message + [UInt8(ascii: "\n")])
        guard let preview, !preview.withheld.isEmpty else { return }
        let counts = preview.withheldByRule.map { "\($0.count) by \($0.rule)" }
        say("withheld: \(counts.joined(separator: ", "))")
    }

    private func preview(
        of message: CanonicalMessage, _ context: TransportContext, _ configuration: GatewayConfiguration?
    ) throws -> ReleasePreview? {
        guard let audience = release.audience else { return nil }
        let today = CivilDate.inLondon(from: Int(Date().timeIntervalSince1970))
        return ReleasePreview(
            of: message, transport: context, audience: audience, grant: try release.access(),
            settings: try configuration?.releaseSettings(), today: today)
    }

    private func givenContext() throws(ValidationError) -> [String: String] {
        var values: [String: String] = [:]
        for pair in context.flatMap({ $0.split(separator: ",") }) {
            let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else {
                throw ValidationError("--context takes key=value, and a comma between two of them.")
            }
            values[parts[0]] = parts[1]
        }
        return values
    }
}
