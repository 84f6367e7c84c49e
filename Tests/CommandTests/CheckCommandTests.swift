import Foundation
import Testing

@Suite("hatchway check") struct CheckCommandTests {
    /// Changes one thing in a project without findings and says what is found then.
    private func findings(_ change: (Scratch) throws -> Void) throws -> Program {
        let scratch = try Scratch.project()
        try change(scratch)
        return try Program("check", "--mappings", "Mappings", "--samples", "Samples", in: scratch.folder)
    }

    private func expect(_ text: String, _ change: (Scratch) throws -> Void) throws {
        let run = try findings(change)
        #expect(run.status == 1)
        #expect(run.output.contains(text), "\(run.output)")
    }

    @Test("Where nothing is wrong one line says what was looked at") func nothing() throws {
        let run = try findings { _ in }
        #expect(run.output == "1 mappings, 1 samples: no findings\n")
        #expect(run.errors == "")
        #expect(run.status == 0)
    }

    @Test("The mappings and samples of the project have no findings") func project() throws {
        let run = try Program("check")
        #expect(run.status == 0, "\(run.output)")
        #expect(run.output.hasSuffix("samples: no findings\n"))
    }

    @Test("A mapping without a sample") func unsampled() throws {
        try expect(
            "Mappings/inbound/acme/other.yaml:1: there is no sample that acme/other reads\n  hint: add Samples/acme/other/"
        ) {
            try $0.file(
                "Mappings/inbound/acme/other.yaml",
                "mapping: acme/other\nreads: {root: Other}\nsource: {system: acme, message: x}\n")
        }
    }

    @Test("A sample without an expected file, and an expected file without a sample") func unexpected() throws {
        try expect("Samples/acme/visits/two.json: the sample has no expected file") {
            try $0.file("Samples/acme/visits/two.json", #"{"Visits":[]}"#)
        }
        try expect("Samples/acme/visits/two.expected.json: it belongs to no sample") {
            try $0.file("Samples/acme/visits/two.expected.json", "{}")
        }
        try expect("Samples/acme/visits/two.context.json: it belongs to no sample") {
            try $0.file("Samples/acme/visits/two.context.json", "{}")
        }
    }

    @Test("A sample that is read otherwise, with the line and what is wanted") func difference() throws {
        try expect(#"one.expected.json:15: the sample says something else: "mode": "telephone""#) {
            try $0.file("Samples/acme/visits/one.expected.json", Scratch.expected.replacing("telephone", with: "video"))
        }
        try expect(#"hint: wanted: "timeKind": "stated","#) {
            try $0.file(
                "Samples/acme/visits/one.expected.json", Scratch.expected.replacing("\"accepted\"", with: "\"stated\""))
        }
        try expect("the sample says something else") {
            try $0.file(
                "Samples/acme/visits/one.expected.json",
                Scratch.expected.replacing("*accepted*", with: "2026-11-21T09:00:01Z"))
        }
        try expect("the sample says something else: nothing") {
            try $0.file("Samples/acme/visits/one.expected.json", Scratch.expected + "{\n")
        }
        try expect("the sample says something else") {
            try $0.file("Samples/acme/visits/one.expected.json", Scratch.expected.replacing("\n}\n", with: ""))
        }
    }

    @Test("A body that is refused otherwise than its expected file says") func refusals() throws {
        try expect(
            "no.expected.json:1: the sample is refused: exit 3, document-malformed\n  hint: wanted: exit 2, message-unknown"
        ) {
            try $0.file("Samples/refused/no.json", "{")
            try $0.file("Samples/refused/no.expected.json", #"{"exit": 2, "code": "message-unknown"}"#)
        }
        let good = try findings {
            try $0.file("Samples/refused/no.json", "{")
            try $0.file("Samples/refused/no.expected.json", #"{"exit": 3, "code": "document-malformed"}"#)
        }
        #expect(good.status == 0, "\(good.output)")
    }

    @Test("A code table that no mapping uses, and a row that no one reaches") func codeTables() throws {
        try expect("Mappings/codes/spare.csv:1: no mapping uses this code table") {
            try $0.file("Mappings/codes/spare.csv", "source,target,display\nA,b,\n")
        }
        try expect("Mappings/codes/acme-kind.csv:3: no one can reach this row") {
            try $0.file("Mappings/codes/acme-kind.csv", "source,target,display\nPhone,telephone,\nPhone,video,\n")
        }
        try expect("there is no code table acme-kind") { scratch in
            try FileManager.default.removeItem(at: scratch.folder.appending(path: "Mappings/codes/acme-kind.csv"))
        }
    }

    @Test("A fault in a mapping, with caret and hint") func mapping() throws {
        let run = try findings {
            try $0.file("Mappings/inbound/acme/visits.yaml", Scratch.visits.replacing("londonTime", with: "londonTim"))
        }
        #expect(run.status == 1)
        #expect(
            run.output == """
                Mappings/inbound/acme/visits.yaml:8: unknown function londonTim()
                    %v.When.londonTim()
                            ^
                  hint: did you mean londonTime()?
                0 mappings, samples not looked at: 1 finding

                """)
    }

    @Test("Samples beside the mappings are found, and where there are none that is said") func samples() throws {
        let scratch = try Scratch.project()
        #expect(try Program("check", in: scratch.folder).output == "1 mappings, 1 samples: no findings\n")
        try FileManager.default.removeItem(at: scratch.folder.appending(path: "Samples"))
        #expect(try Program("check", in: scratch.folder).output == "1 mappings, samples not looked at: no findings\n")
    }

    @Test("A configuration is read too") func configuration() throws {
        let scratch = try Scratch.project()
        let file = try scratch.file("hatchway.yaml", "gateway:\n  eventSourse: https://hatchway.example\n")
        let run = try Program("check", "--config", file.path, in: scratch.folder)
        #expect(run.status == 1)
        #expect(run.output.contains("hatchway.yaml:2:"))
        #expect(try Program("check", "--config", "/nowhere.yaml").status == 1)
    }
}
