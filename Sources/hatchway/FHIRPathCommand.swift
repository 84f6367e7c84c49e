import ArgumentParser
import Documents
import FHIRPath
import Foundation

struct FHIRPathCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fhirpath",
        abstract: "Evaluate a FHIRPath expression on a document.",
        discussion: """
            The result is printed as a JSON array. What FHIRPath calls an error is told on standard error, and so is \
            what trace() looks at.

            With --batch, each line of a file is a JSON object {"expression", "file" or "resource", "variables"}; for \
            each, one line {"result": […]} or {"error": "…"} is printed. A file is looked for in the working folder, \
            then beside the batch file.

            With --conformance, HL7's test file is run, with the inputs that lie beside it; each test that fails is \
            printed, and at the end how many passed.

            Exit status: 0 when done, 1 when the expression is refused or a test fails, 3 when the document is \
            malformed or over a limit, 64 for wrong usage.

            Example: hatchway fhirpath "Patient.name.given" patient.json
            Example: hatchway fhirpath --batch questions.jsonl
            """)

    @Argument(help: ArgumentHelp("An expression and a document.", valueName: "expression file"))
    var question: [String] = []

    @Option(help: "A file with an expression on each line.", completion: .file())
    var batch: String?

    @Option(help: "HL7's test file.", completion: .file())
    var conformance: String?

    func validate() throws {
        let isAsked = !question.isEmpty
        guard [isAsked, batch != nil, conformance != nil].count(where: { $0 }) == 1 else {
            throw ValidationError("fhirpath takes an expression and a file, --batch or --conformance.")
        }
        if isAsked, question.count != 2 { throw ValidationError("fhirpath takes an expression and a file.") }
    }

    func run() throws {
        let now = Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        if let batch { return try runBatch(batch, now) }
        if let conformance { return try runConformance(conformance, now) }
        try runOne(now)
    }

    private func runOne(_ now: String) throws {
        let body = try contents(of: question[1])
        do {
            let inquiry = try Inquiry(question[0])
            let result = try inquiry.result(on: body, now: now) { name, json in
                say("\(name): \(String(decoding: json, as: UTF8.self))")
            }
            printResult(result.json + [UInt8(ascii: "\n")])
        } catch let fault as ExpressionFault {
            say("\(fault)\n\(fault.caret(under: question[0]))")
            throw ExitCode(1)
        } catch let fault as InquiryFault {
            say("\(fault)")
            if case .document = fault { throw ExitCode(3) }
            throw ExitCode(1)
        }
    }

    private func runBatch(_ path: String, _ now: String) throws {
        let folder = URL(filePath: path).deletingLastPathComponent()
        let batch = InquiryBatch(now: now) { name in
            FileManager.default.contents(atPath: name).map(Array.init)
                ?? FileManager.default.contents(atPath: folder.appending(path: name).path).map(Array.init)
        }
        for line in try contents(of: path).split(separator: UInt8(ascii: "\n")) {
            let bytes = Array(line)
            guard !bytes.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) else { continue }
            printResult(batch.answer(to: bytes) + [UInt8(ascii: "\n")])
        }
    }

    private func runConformance(_ path: String, _ now: String) throws {
        let file = try contents(of: path)
        let tests: [ConformanceTest]
        do throws(DocumentFault) {
            tests = try ConformanceTest.tests(in: file)
        } catch {
            say("\(path): \(error.code.rawValue)")
            throw ExitCode(3)
        }
        let folder = URL(filePath: path).deletingLastPathComponent()
        let run = ConformanceRun(tests, now: now) { name in
            FileManager.default.contents(atPath: folder.appending(path: name).path).map(Array.init)
        }
        for failure in run.failures {
            printResult("\(failure.test.group)/\(failure.test.name): \(failure.reason)\n")
        }
        printResult("\(run.summary)\n")
        if !run.failures.isEmpty { throw ExitCode(1) }
    }

    private func contents(of path: String) throws(ExitCode) -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path) else {
            say("\(path): cannot be read")
            throw ExitCode(64)
        }
        return Array(data)
    }
}
