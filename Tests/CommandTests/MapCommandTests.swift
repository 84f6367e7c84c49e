import Foundation
import Testing

@Suite("hatchway map") struct MapCommandTests {
    private static let past = "Samples/tpp/view-appointments/past.xml"

    @Test("One file is printed as JSON for people") func one() throws {
        let run = try Program("map", "--accepted-at", "2026-11-21T09:00:00Z", Self.past)
        #expect(run.status == 0)
        #expect(run.errors == "")
        #expect(run.output.hasPrefix("{\n  \"mapping\": \"tpp/view-appointments\",\n"))
        #expect(run.output.hasSuffix("}\n"))
        #expect(run.output.contains(#""digest": "f47e87a5fd2f522778a8c1f44895b20d2b0adca0193caebb3ddf531d3a8c8f74""#))
    }

    @Test("A folder is printed as one line a message, and its exit status is the highest") func folder() throws {
        let run = try Program("map", "Samples")
        #expect(run.status == 3)
        let lines = try run.lines
        #expect(lines.count > 50)
        for line in lines {
            let file = try #require(line["file"] as? String)
            #expect(!file.hasSuffix(".expected.json") && !file.hasSuffix(".context.json"))
            let exit = try #require(line["exit"] as? Int)
            #expect((line["message"] != nil) == (exit == 0), "\(file)")
            #expect((line["code"] != nil) == (exit != 0), "\(file)")
        }
        #expect(lines.compactMap { $0["file"] as? String } == lines.compactMap { $0["file"] as? String }.sorted())
        #expect(try Program("map", "Samples/tpp").status == 0)
    }

    @Test("A message that no mapping reads is exit 2, with a hint") func unknown() throws {
        let run = try Program("map", "Samples/refused/unknown-root.xml")
        #expect(run.status == 2)
        #expect(run.output == "")
        #expect(run.errors.contains("message-unknown") && run.errors.contains("hint:"))
    }

    @Test("A malformed message is exit 3, with code, line and byte, and nothing of its content") func malformed() throws
    {
        let scratch = try Scratch()
        let file = try scratch.file("m.json", "{\"name\": \"Secret\",\n \"more\": Secret}")
        let run = try Program("map", file.path)
        #expect(run.status == 3)
        #expect(run.output == "")
        #expect(run.errors.contains("document-malformed: line 2: byte"))
        #expect(!run.errors.contains("Secret"))
    }

    @Test("A message over the configured size is refused") func tooLarge() throws {
        let scratch = try Scratch.project()
        let configuration = """
            gateway:
              eventSource: https://hatchway.example
              store: sqlite:///\(scratch.folder.path)/s.db
              statusFile: status.json
              log: {file: log.jsonl}
              mappings: Mappings
              limits: {messageSize: 1KiB}
            """
        let file = try scratch.file("hatchway.yaml", configuration)
        try scratch.file("large.json", "{\"Visits\":\"" + String(repeating: "x", count: 1024) + "\"}")
        #expect(
            try Program("map", "--config", file.path, "Samples/acme/visits/one.json", in: scratch.folder).status == 0)
        let run = try Program("map", "--config", file.path, "large.json", in: scratch.folder)
        #expect(run.errors.contains("document-too-large"), "\(run.errors)")
        #expect(run.status == 3)
    }

    @Test("What came with a message is read beside it, and the command line lies over it") func context() throws {
        let scratch = try Scratch.project(
            mapping: Scratch.visits
                + "practice: {odsCode: \"{{ %transport.odsCode }}\", name: \"{{ %transport.section }}\"}\n")
        try scratch.file("Samples/acme/visits/one.context.json", #"{"odsCode":"Y90001","section":"past"}"#)
        func run(_ arguments: String...) throws -> String {
            let program = try Program(
                "map", "Samples/acme/visits/one.json", "--context", arguments.first ?? "", "--context",
                arguments.last ?? "",
                in: scratch.folder)
            #expect(program.status == 0, "\(program.errors)")
            return program.output
        }
        let overlaid = try run("section=future,system=acme", "to=x=y")
        #expect(overlaid.contains(#""odsCode": "Y90001""#) && overlaid.contains(#""name": "future""#))
        try scratch.file("Samples/acme/visits/one.context.json", #"{"odsCode":7}"#)
        let faulty = try Program("map", "Samples/acme/visits/one.json", in: scratch.folder)
        #expect(faulty.status == 64)
        #expect(faulty.errors.contains("one.context.json: is not a flat JSON object of texts"))
    }

    @Test("Every value is explained by a line of a mapping that is there") func explain() throws {
        let run = try Program("map", "--explain", Self.past)
        #expect(run.status == 0)
        let rows = run.output.split(separator: "\n").map {
            $0.split(separator: "←").map { $0.trimmingCharacters(in: .whitespaces) }
        }
        #expect(rows.count > 5)
        let start = try #require(rows.first { $0[0] == "bookings.start" })
        #expect(start[1].hasPrefix("Mappings/inbound/tpp/view-appointments.yaml:"))
        let practice = try #require(rows.first { $0[0] == "practice.odsCode" })
        #expect(practice[1].hasPrefix("Mappings/inbound/tpp/include/reply.yaml:"))
        for row in rows {
            let place = row[1].split(separator: ":")
            let text = try String(contentsOf: Program.root.appending(path: String(place[0])), encoding: .utf8)
            let line = text.split(separator: "\n", omittingEmptySubsequences: false)[try #require(Int(place[1])) - 1]
            let field = try #require(row[0].split(separator: ".").last)
            #expect(line.contains(field), "\(row)")
        }
    }

    @Test("Reading many times says how fast that is, on standard error") func pace() throws {
        let run = try Program("map", "--repeat", "3", Self.past)
        #expect(run.status == 0)
        #expect(
            run.errors.contains("hatchway: 3 messages in ") && run.errors.contains("messages/s")
                && run.errors.contains("MB/s"))
        #expect(run.output.hasPrefix("{\n"))
    }

    @Test("For an audience only what may leave is printed, and the rest is counted by rule") func release() throws {
        let born = "birthDate=1980-05-15"
        let granted = try Program("map", "--for", "patient", "--grant", "appointments", "--context", born, Self.past)
        #expect(granted.status == 0)
        #expect(granted.errors == "")
        #expect(granted.output.hasPrefix("{\n  \"bookings\": ["))
        #expect(!granted.output.contains("localId"))
        let denied = try Program("map", "--for", "patient", "--context", born, Self.past)
        #expect(denied.status == 0)
        #expect(denied.output == "{}\n")
        #expect(denied.errors == "hatchway: withheld: 1 by service-permission\n")
        let unborn = try Program("map", "--for", "patient", "--grant", "appointments", Self.past)
        #expect(unborn.errors == "hatchway: withheld: 1 by age\n")
        let management = try Program("map", "--for", "management", Self.past)
        #expect(management.errors == "hatchway: withheld: 1 by management\n")
        let several = try Program(
            "map", "--for", "patient", "--grant", "record=full", "--context", born, "Samples/gp-connect")
        let lines = try several.lines
        let plan = try #require(lines.first { ($0["file"] as? String)?.hasSuffix("confidential-plan.json") == true })
        #expect((plan["withheld"] as? [String: Int]) == ["not-for-patient": 1])
    }

    @Test("With --for, --explain says of each part that would not leave which rule keeps it and where it stands")
    func reasons() throws {
        let whole = try Program("map", "--for", "patient", "--explain", "--context", "birthDate=1980-05-15", Self.past)
        #expect(whole.status == 0)
        #expect(whole.output == "service-permission  bookings[0]\n")
        let plan = "Samples/gp-connect/structured-record/confidential-plan.json"
        let part = try Program(
            "map", "--for", "patient", "--grant", "record=full", "--explain", "--context", "birthDate=1980-05-15", plan)
        #expect(part.status == 0)
        let line = try #require(part.output.split(separator: "\n").first { $0.hasPrefix("not-for-patient  ") })
        #expect(line.wholeMatch(of: /not-for-patient +recordSummary\.sections\.[A-Za-z]+\.items\[[0-9]+\]/) != nil)
        let nothing = try Program(
            "map", "--for", "patient", "--grant", "appointments", "--explain", "--context", "birthDate=1980-05-15",
            Self.past)
        #expect(nothing.output == "")
    }

    @Test(
        "Wrong usage is exit 64",
        arguments: [
            [], ["nowhere.xml"], ["--as", "fhir-r4", past], ["--as", "csv", past], ["--context", "x", past],
            ["--repeat", "0", past],
            ["--for", "everybody", past], ["--grant", "appointments", past],
            ["--for", "patient", "--grant", "all", past],
            ["--for", "patient", "--grant", "record=most", past], ["--unknown", past],
        ]) func usage(arguments: [String]) throws
    {
        let run = try Program(arguments: ["map"] + arguments)
        #expect(run.status == 64)
        #expect(run.output == "")
        #expect(!run.errors.isEmpty)
    }

    @Test("A representation that is not built is refused by its name") func representation() throws {
        #expect(try Program("map", "--as", "fhir-r4", Self.past).errors.contains("fhir-r4 is not built yet"))
    }

    @Test("Mappings that cannot be used are exit 78") func mappings() throws {
        #expect(try Program("map", "--mappings", "Samples", Self.past).status == 78)
        #expect(try Program("map", "--config", "/nowhere.yaml", Self.past).status == 78)
        let scratch = try Scratch.project(mapping: "mapping: a\n")
        let run = try Program("map", "Samples/acme/visits/one.json", in: scratch.folder)
        #expect(run.status == 78)
        #expect(run.errors.contains("visits.yaml:1: it does not say what it reads"))
    }

    @Test("The environment names a folder of mappings, and a later folder lies over an earlier one") func places()
        throws
    {
        let scratch = try Scratch.project()
        let sample = scratch.folder.appending(path: "Samples/acme/visits/one.json").path
        let mappings = scratch.folder.appending(path: "Mappings").path
        #expect(try Program("map", sample).status == 2)
        #expect(try Program("map", sample, environment: ["HATCHWAY_MAPPINGS": mappings]).status == 0)
        #expect(try Program("map", "--mappings", "Mappings", "--mappings", mappings, sample, Self.past).status == 0)
    }
}
