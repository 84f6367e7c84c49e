import Foundation
import Testing

@Suite("Files of many messages, by hand") struct FileCommandTests {
    private static let mapping = """
        mapping: acme/visits
        reads: {root: Export}
        each: Export.Visit
        source: {system: acme, message: visits}
        practice: {odsCode: "{{ %header.practice }}"}
        bookings:
          - id: "{{ Ref }}"
            status: booked
            start: "{{ When.dateTime() }}"

        """

    private static func project(_ file: String, expected: String) throws -> Scratch {
        let scratch = try Scratch()
        try scratch.file("Mappings/inbound/acme/visits.yaml", mapping)
        try scratch.file("Samples/acme/visits/many.xml", file)
        try scratch.file("Samples/acme/visits/many.expected.json", expected)
        return scratch
    }

    private static let long = String(repeating: "<d>", count: 300) + String(repeating: "</d>", count: 300)
    private static let file = """
        <Export practice="Y90001"><Visit Ref="1" When="2026-07-02"/><Visit>\(long)</Visit><Visit Ref="3" When="2026-07-03"/></Export>
        """

    private static func message(_ id: String, _ day: String) -> String {
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
            "practice": {
              "odsCode": "Y90001"
            },
            "bookings": [
              {
                "id": "\(id)",
                "status": "booked",
                "start": "\(day)"
              }
            ]
          }
        """
    }

    private static let expected = """
        [
        \(message("1", "2026-07-02")),
          { "exit": 3, "code": "document-too-deep" },
        \(message("3", "2026-07-03"))
        ]

        """

    @Test("Each part is a line with its number, and the worst of them is the exit status") func map() throws {
        let scratch = try Self.project(Self.file, expected: "")
        let run = try Program(
            "map", "--mappings", "Mappings", "Samples/acme/visits/many.xml", in: scratch.folder)
        #expect(run.status == 3)
        let lines = try run.lines
        #expect(lines.map { $0["part"] as? Int } == [1, 2, 3])
        #expect(lines.map { $0["exit"] as? Int } == [0, 3, 0])
        #expect(lines.allSatisfy { $0["file"] as? String == "Samples/acme/visits/many.xml" })
        #expect(lines[1]["code"] as? String == "document-too-deep")
        let practices = lines.map { ($0["message"] as? [String: Any])?["practice"] as? [String: String] }
        #expect(practices == [["odsCode": "Y90001"], nil, ["odsCode": "Y90001"]])
    }

    @Test("A file that breaks off has its parts, and then a line that says where it broke") func broken() throws {
        let scratch = try Self.project("<Export><Visit Ref='1' When='2026-07-02'/>\n<Visit></Export>", expected: "")
        let run = try Program("map", "--mappings", "Mappings", "Samples/acme/visits/many.xml", in: scratch.folder)
        #expect(run.status == 3)
        let lines = try run.lines
        #expect(lines.map { $0["part"] as? Int } == [1, nil])
        #expect(lines[1]["code"] as? String == "document-malformed")
        #expect((lines[1]["place"] as? [String: Int])?["line"] == 2)
    }

    @Test("A file that is larger than a message is read part by part") func large() throws {
        let parts = (1...1000).map {
            "<Visit Ref='\($0)' When='2026-07-02'>\(String(repeating: "x", count: 600))</Visit>"
        }
        let scratch = try Self.project("<Export>\(parts.joined())</Export>", expected: "")
        try scratch.file(
            "hatchway.yaml",
            """
            gateway:
              eventSource: https://hatchway.example
              store: sqlite:///\(scratch.folder.path)/s.db
              statusFile: status.json
              log: {file: log.jsonl}
              mappings: Mappings
              limits: {messageSize: 1KiB}
            """)
        let run = try Program("map", "--config", "hatchway.yaml", "Samples/acme/visits/many.xml", in: scratch.folder)
        #expect(run.status == 0)
        #expect(try run.lines.map { $0["part"] as? Int } == Array(1...1000))
    }

    @Test("A sample of many messages is held against an array of what they say") func sample() throws {
        let scratch = try Self.project(Self.file, expected: Self.expected)
        func check() throws -> Program {
            try Program("check", "--mappings", "Mappings", "--samples", "Samples", in: scratch.folder)
        }
        let good = try check()
        #expect(good.output == "1 mappings, 1 samples: no findings\n")
        try scratch.file(
            "Samples/acme/visits/many.expected.json", Self.expected.replacing("\"id\": \"3\"", with: "\"id\": \"4\""))
        let bad = try check()
        #expect(bad.status == 1)
        #expect(bad.output.contains(#"the sample says something else: "id": "3""#))
    }

    @Test("An each that does not fit what the mapping reads is a finding") func finding() throws {
        let scratch = try Self.project(Self.file, expected: Self.expected)
        try scratch.file(
            "Mappings/inbound/acme/visits.yaml", Self.mapping.replacing("each: Export", with: "each: Import"))
        let run = try Program("check", "--mappings", "Mappings", "--samples", "Samples", in: scratch.folder)
        #expect(run.status == 1)
        #expect(
            run.output.contains(
                "Mappings/inbound/acme/visits.yaml:3: each does not begin with the root that reads names"))
    }
}
