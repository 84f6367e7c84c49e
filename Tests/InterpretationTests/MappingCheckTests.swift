import Documents
import Foundation
import GatewayService
import Testing

@Suite("What hatchway check says of mappings, code tables and samples") struct MappingCheckTests {
    /// A folder with mappings and samples.
    private final class Folder {
        let path = FileManager.default.temporaryDirectory.appending(path: "check-\(UUID().uuidString)").path

        deinit { try? FileManager.default.removeItem(atPath: path) }

        func write(_ file: String, _ text: String) throws {
            let target = URL(filePath: "\(path)/\(file)")
            try FileManager.default.createDirectory(
                at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: target, atomically: true, encoding: .utf8)
        }

        /// A mapping of visits with more lines for its bookings.
        func mapping(_ lines: String...) throws {
            try write(
                "Mappings/inbound/acme/visits.yaml",
                """
                mapping: acme/visits
                reads: {has: [Visits]}
                source: {system: acme, message: visits}
                bookings:
                  - "{% for v in Visits %}":
                      id: "{{ %v.Ref }}"
                      status: booked
                      start: "{{ %v.When }}"
                \(lines.map { "      \($0)" }.joined(separator: "\n"))
                """)
        }

        /// A sample with a booked visit; `line` is what its expected booking has behind its status.
        func visit(_ members: String, expecting line: String = "") throws {
            try write("Samples/acme/visits/visit.json", #"{"Visits":[{"Ref":"7","When":"2026-07-02"\#(members)}]}"#)
            try write(
                "Samples/acme/visits/visit.expected.json",
                """
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
                      "id": "7",
                      "status": "booked",
                      "start": "2026-07-02"\(line)
                    }
                  ]
                }
                """)
        }

        func sample() throws {
            try write("Samples/acme/visits/one.json", #"{"Visits":[]}"#)
            try write(
                "Samples/acme/visits/one.expected.json",
                """
                {
                  "mapping": "acme/visits",
                  "source": {
                    "system": "acme",
                    "message": "visits",
                    "time": "*accepted*",
                    "timeKind": "accepted",
                    "digest": "*digest*"
                  }
                }
                """)
        }

        func findings(recordingIds: Bool = false) -> [String] {
            var check = GatewayCheck()
            check.mappings(
                ["\(path)/Mappings"], samples: ["\(path)/Samples"], limits: DocumentLimits(),
                recordingIds: recordingIds)
            return check.findings.map { $0.replacing("\(path)/", with: "") }
        }

        /// Without those that a sample of no visits is sure to have.
        func findingsOfMappings(recordingIds: Bool = false) -> [String] {
            findings(recordingIds: recordingIds).filter { !$0.contains("no sample gets a value") }
        }
    }

    @Test("Nothing, where all is well") func well() throws {
        let folder = Folder()
        try folder.mapping("reason: \"{{ %v.Why }}\"")
        try folder.visit(#","Why":"cough""#, expecting: ",\n      \"reason\": \"cough\"")
        #expect(folder.findings() == [])
    }

    @Test("A line that no sample gets a value from") func unexercised() throws {
        let folder = Folder()
        try folder.mapping("reason: \"{{ %v.Why }}\"")
        try folder.visit("")
        #expect(
            folder.findings() == [
                """
                Mappings/inbound/acme/visits.yaml:9: no sample gets a value from this line
                  hint: add a case that does, or delete the line
                """
            ])
    }

    @Test("A mapping without a sample, and a sample without an expected file") func samples() throws {
        let folder = Folder()
        try folder.mapping()
        try folder.write("Samples/acme/visits/two.json", #"{"Visits":[]}"#)
        let findings = folder.findings()
        #expect(findings.count == 2)
        #expect(findings.contains { $0.hasPrefix("Mappings/inbound/acme/visits.yaml:1: there is no sample") })
        #expect(findings.contains { $0.hasPrefix("Samples/acme/visits/two.json: the sample has no expected file") })
    }

    @Test(
        "A row of a code table that no call can look up",
        arguments: [
            ("%v.How.lower().codeTable('kind')", [2]), ("%v.How.upper().codeTable('kind')", [2, 3]),
            ("%v.How.where($this = 'phone' or $this = 'Desk').codeTable('kind')", [2]),
            ("iif(%v.A = 1, 'phone', 'Phone').codeTable('kind')", []), ("%v.How.codeTable('kind')", []),
            ("%v.How.lower().combine(%v.How).first().codeTable('kind')", []), ("'Phone'.codeTable('kind')", [3]),
        ]) func rows(expression: String, lines: [Int]) throws
    {
        let folder = Folder()
        try folder.mapping("mode: \"{{ \(expression) }}\"")
        try folder.sample()
        try folder.write("Mappings/codes/kind.csv", "source,target,display\nPhone,telephone,\nphone,telephone,\n")
        #expect(
            folder.findingsOfMappings()
                == lines.map {
                    "Mappings/codes/kind.csv:\($0): no one can reach this row\n"
                        + "  hint: no mapping looks up a word that is spelled so"
                })
    }

    @Test("A code table that nothing uses, and a row for every word where the model says unknown") func tables() throws
    {
        let folder = Folder()
        try folder.mapping("mode: \"{{ %v.How.codeTable('kind') }}\"")
        try folder.sample()
        try folder.write("Mappings/codes/kind.csv", "source,target,display\nPhone,telephone,\n*,in-person,\n")
        try folder.write("Mappings/codes/spare.csv", "source,target,display\na,b,\n")
        let findings = folder.findingsOfMappings()
        #expect(findings.count == 2)
        #expect(
            findings.contains {
                $0.hasPrefix("Mappings/codes/kind.csv:3: bookings.mode gets a guess for every word without a row")
            })
        #expect(findings.contains { $0.hasPrefix("Mappings/codes/spare.csv:1: no mapping uses this code table") })
    }

    @Test("A changed id, after the ids were recorded") func ids() throws {
        let folder = Folder()
        try folder.mapping()
        try folder.sample()
        #expect(folder.findingsOfMappings(recordingIds: true) == [])
        #expect(
            try String(contentsOfFile: "\(folder.path)/Mappings/ids.lock", encoding: .utf8).contains("acme/visits 1 "))
        let file = "\(folder.path)/Mappings/inbound/acme/visits.yaml"
        let text = try String(contentsOfFile: file, encoding: .utf8)
        try folder.write("Mappings/inbound/acme/visits.yaml", text.replacing("%v.Ref", with: "digest(%v.Ref)"))
        // A record is not a way around the refusal.
        #expect(
            folder.findingsOfMappings(recordingIds: true).map { $0.prefix { $0 != "\n" } } == [
                "Mappings/inbound/acme/visits.yaml:1: the ids of its items are made differently than before"
            ])
    }
}
