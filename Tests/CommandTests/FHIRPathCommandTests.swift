import Foundation
import Testing

@Suite("hatchway fhirpath") struct FHIRPathCommandTests {
    private func scratch() throws -> Scratch {
        let scratch = try Scratch()
        try scratch.file("data/person.json", #"{"resourceType": "Patient", "name": [{"given": ["Ada"]}], "n": 1.50}"#)
        return scratch
    }

    @Test("An expression's result is a JSON array") func one() throws {
        let scratch = try scratch()
        let run = try Program("fhirpath", "Patient.name | n", "data/person.json", in: scratch.folder)
        #expect(run.output == #"[{"given":["Ada"]},1.50]"# + "\n")
        #expect(run.errors == "")
        #expect(run.status == 0)
        #expect(try Program("fhirpath", "none", "data/person.json", in: scratch.folder).output == "[]\n")
    }

    @Test("What trace() looks at is told on standard error") func trace() throws {
        let scratch = try scratch()
        let run = try Program("fhirpath", "n.trace('here') + 1", "data/person.json", in: scratch.folder)
        #expect(run.output == "[2.50]\n")
        #expect(run.errors == "hatchway: here: [1.50]\n")
    }

    @Test("A wrong expression is refused with its place and the nearest name") func refused() throws {
        let scratch = try scratch()
        let run = try Program("fhirpath", "name.frist()", "data/person.json", in: scratch.folder)
        #expect(run.status == 1)
        #expect(run.output == "")
        #expect(run.errors == "hatchway: unknown function frist(); did you mean first()?\nname.frist()\n     ^\n")
    }

    @Test("An error, a malformed document and a missing file have their own exit status") func faults() throws {
        let scratch = try scratch()
        let error = try Program("fhirpath", "n + 'x'", "data/person.json", in: scratch.folder)
        #expect(error.status == 1)
        #expect(error.errors == "hatchway: wrong-type\n")
        try scratch.file("data/bad.json", "{")
        #expect(try Program("fhirpath", "n", "data/bad.json", in: scratch.folder).status == 3)
        #expect(try Program("fhirpath", "n", "data/gone.json", in: scratch.folder).status == 64)
        #expect(try Program("fhirpath", "n", in: scratch.folder).status == 64)
        #expect(try Program("fhirpath", in: scratch.folder).status == 64)
    }

    @Test("A batch has a line for each of its lines, and finds files beside itself") func batch() throws {
        let scratch = try scratch()
        try scratch.file(
            "data/batch.jsonl",
            """
            {"expression": "n", "file": "person.json"}
            {"expression": "n * %x", "file": "data/person.json", "variables": {"x": 2}}

            {"expression": "n +", "file": "person.json"}
            {"expression": "a", "resource": {"a": [1]}}
            """)
        let run = try Program("fhirpath", "--batch", "data/batch.jsonl", in: scratch.folder)
        #expect(
            run.output == """
                {"result":[1.50]}
                {"result":[3.00]}
                {"error":"the expression ends too early"}
                {"result":[1]}

                """)
        #expect(run.status == 0)
    }

    @Test("A test file is run and counted, and a failure gives status 1") func conformance() throws {
        let scratch = try scratch()
        let test = """
            <test name='t' inputfile='person.json'><expression>name.given</expression><output type='string'>Ada</output></test>
            """
        try scratch.file("data/tests.xml", "<tests><group name='g'>\(test)</group></tests>")
        let run = try Program("fhirpath", "--conformance", "data/tests.xml", in: scratch.folder)
        #expect(run.output == "1 passed, 0 failed, 0 skipped\n")
        #expect(run.status == 0)
        let wrong = test.replacing("Ada", with: "Eve")
        try scratch.file("data/tests.xml", "<tests><group name='g'>\(wrong)</group></tests>")
        let failing = try Program("fhirpath", "--conformance", "data/tests.xml", in: scratch.folder)
        #expect(failing.output.hasPrefix("g/t: "))
        #expect(failing.output.hasSuffix("\n0 passed, 1 failed, 0 skipped\n"))
        #expect(failing.status == 1)
    }
}
