import FHIRPath
import Foundation
import Testing

/// HL7's test file where this machine has it (`HATCHWAY_SHARED` names the folder), and the project's own cases always.
@Suite("FHIRPath is what HL7 says it is") struct ConformanceTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Conformance")
    private static let now = "2026-11-21T12:00:00.000Z"

    @Test("HL7's tests pass, but for those that are listed with a reason") func official() throws {
        guard let shared = ProcessInfo.processInfo.environment["HATCHWAY_SHARED"], !shared.isEmpty else {
            return print("HL7's FHIRPath tests: NOT RUN (HATCHWAY_SHARED names no folder)")
        }
        let inputs = URL(filePath: shared).appending(path: "conformance/fhirpath")
        let file = try Data(contentsOf: inputs.appending(path: "tests-fhir-r4.xml"))
        let tests = try ConformanceTest.tests(in: Array(file))
        #expect(tests.count == 935)
        let run = ConformanceRun(tests, now: Self.now) { name in
            FileManager.default.contents(atPath: inputs.appending(path: name).path).map(Array.init)
        }
        print("HL7's FHIRPath tests: \(run.summary)")
        #expect(run.passed + run.failures.count == tests.count)
        // Exact, so that the count never goes down and no reason outlives its difference.
        let failed = run.failures.map { "\($0.test.group),\($0.test.name)" }
        #expect(failed.sorted() == (try Self.knownDifferences()).sorted())
    }

    private static func knownDifferences() throws -> [String] {
        let text = try String(contentsOf: folder.appending(path: "known-differences.csv"), encoding: .utf8)
        return text.split(separator: "\n").dropFirst().map { line in
            let fields = line.split(separator: ",", maxSplits: 2)
            #expect(fields.count == 3 && fields[2].count > 10, "\(line) has no reason")
            return fields.prefix(2).joined(separator: ",")
        }
    }

    @Test("The runner tells a wrong value, a missing error and a missing input from what passes") func runner() throws {
        let file = """
            <tests><group name="g">
            <test name="right" inputfile="a"><expression>a + 1</expression><output type="integer">2</output></test>
            <test name="value" inputfile="a"><expression>a</expression><output type="integer">2</output></test>
            <test name="type" inputfile="a"><expression>a</expression><output type="string">1</output></test>
            <test name="count" inputfile="a"><expression>a | 2</expression><output type="integer">1</output></test>
            <test name="order"><expression>1 | 2</expression><output>2</output><output>1</output></test>
            <test name="anyOrder" ordered="false"><expression>1 | 2</expression><output>2</output><output>1</output></test>
            <test name="predicate" predicate="true" inputfile="a"><expression>a</expression>
            <output type="boolean">true</output></test>
            <test name="error"><expression invalid="execution">1 + 'a'</expression></test>
            <test name="noError"><expression invalid="syntax">1 + 1</expression></test>
            <test name="fails"><expression>1 + 'a'</expression></test>
            <test name="missing" inputfile="b"><expression>1</expression><output>1</output></test>
            </group></tests>
            """
        let run = ConformanceRun(try ConformanceTest.tests(in: Array(file.utf8)), now: Self.now) { name in
            name == "a" ? Array(#"{"a": 1}"#.utf8) : nil
        }
        #expect(run.failures.map(\.test.name) == ["value", "type", "count", "order", "noError", "fails", "missing"])
        #expect(run.summary == "4 passed, 7 failed, 0 skipped")
    }

    @Test("Every expression of the project's own cases yields what the case says") func regression() throws {
        let text = try String(contentsOf: Self.folder.appending(path: "regression.txt"), encoding: .utf8)
        var body = Array("{}".utf8)
        var count = 0
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            if line.hasPrefix("["), line.hasSuffix("]"), !line.contains("=>") {
                let name = line.dropFirst().dropLast()
                guard name != "-" else { continue }
                body = Array(try Data(contentsOf: Self.folder.appending(path: "Inputs/\(name)")))
                continue
            }
            let place = try #require(line.range(of: " => ", options: .backwards), "\(line)")
            let expression = String(line[..<place.lowerBound])
            let found = Self.result(of: expression, on: body)
            #expect(found == line[place.upperBound...], "\(expression)")
            count += 1
        }
        #expect(count > 600)
    }

    private static func result(of expression: String, on body: [UInt8]) -> String {
        guard let result = try? Inquiry(expression).result(on: body, now: now) else { return "error" }
        return String(decoding: result.json, as: UTF8.self)
    }

    @Test(
        "Each line of a batch has an answer, whatever is wrong with it",
        arguments: [
            (
                #"{"expression": "a.b + %x", "resource": {"a": {"b": 1.50}}, "variables": {"x": 2}}"#,
                #"{"result":[3.50]}"#
            ),
            (
                #"{"expression": "%list", "variables": {"list": [1, "2", {"z": [true]}]}}"#,
                #"{"result":[1,"2",{"z":[true]}]}"#
            ),
            (#"{"expression": "%none", "variables": {"none": []}}"#, #"{"result":[]}"#),
            (#"{"expression": "a", "file": "there.json"}"#, #"{"result":[{"b":[],"c":null}]}"#),
            (#"{"expression": "a", "file": "gone.json"}"#, #"{"error":"the file cannot be read"}"#),
            (#"{"expression": "1 +"}"#, #"{"error":"the expression ends too early"}"#),
            (#"{"expression": "(1 | 2) + 1"}"#, #"{"error":"multiple-values"}"#),
            (#"{"resource": {}}"#, #"{"error":"the line has no expression"}"#),
            (#"{"expression": 5}"#, #"{"error":"the line has no expression"}"#),
            ("nonsense", #"{"error":"the line is no JSON object: document-malformed"}"#),
        ]) func batch(line: String, answer: String)
    {
        let batch = InquiryBatch(now: Self.now) { name in
            name == "there.json" ? Array(#"{"a": {"b": [], "c": null}}"#.utf8) : nil
        }
        #expect(String(decoding: batch.answer(to: Array(line.utf8)), as: UTF8.self) == answer)
    }
}
