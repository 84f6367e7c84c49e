import Foundation
import MessageMapping
import Testing

@Suite("Ids are made anew only where that is meant") struct IdentityTests {
    /// A folder of mappings with one that reads visits.
    private final class Folder {
        let path = FileManager.default.temporaryDirectory.appending(path: "mappings-\(UUID().uuidString)").path

        init() throws {
            try FileManager.default.createDirectory(
                atPath: "\(path)/inbound/acme/include", withIntermediateDirectories: true)
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        func write(_ file: String, _ text: String) throws {
            try text.write(toFile: "\(path)/\(file)", atomically: true, encoding: .utf8)
        }

        func write(id: String, top: String = "", loop: String = "Visits") throws {
            try write(
                "inbound/acme/visits.yaml",
                """
                mapping: acme/visits
                reads: {has: [Visits]}
                \(top)
                source: {system: acme, message: visits}
                bookings:
                  - "{% for v in \(loop) %}":
                      "{% assign %}": {ref: "{{ %v.Ref }}"}
                      id: "\(id)"
                      status: booked
                      start: "{{ %v.When }}"
                      reason: "{{ %ref }}"
                """)
        }

        func record() throws { try MappingFolder.recordIdentities(of: [path], set: MappingFolder.load([path])) }

        var refusals: [String] {
            do throws(MappingFindings) {
                _ = try MappingFolder.load([path])
                return []
            } catch {
                return error.findings.map { "\($0.line): \($0.message)" }
            }
        }

        func remarks() throws -> [String] {
            try MappingFolder.remarks(on: [path], set: MappingFolder.load([path])).map(\.message)
        }
    }

    @Test("A changed id expression is refused, until the mapping says renumber and that is recorded") func changed()
        throws
    {
        let folder = try Folder()
        try folder.write(id: "{{ %v.Ref }}")
        #expect(folder.refusals == [])
        try folder.record()
        #expect(try folder.remarks() == [])
        try folder.write(id: "{{ digest(%v.Ref) }}")
        #expect(folder.refusals == ["1: the ids of its items are made differently than before"])
        try folder.write(id: "{{ digest(%v.Ref) }}", top: "renumber: 2")
        #expect(folder.refusals == [])
        #expect(try folder.remarks() == ["that its ids are made anew is not recorded"])
        try folder.record()
        #expect(try folder.remarks() == [])
        try folder.write(id: "{{ digest(%v.Ref) }}")
        #expect(folder.refusals == ["1: renumber goes back from 2 to 1"])
        try folder.write(id: "{{ %v.Ref }}", top: "renumber: 2")
        #expect(folder.refusals == ["3: the ids of its items are made differently than before"])
    }

    @Test("A change of a variable that an id uses is a change of the id; of anything else it is not") func variables()
        throws
    {
        let folder = try Folder()
        try folder.write(id: "{{ %ref }}")
        try folder.record()
        try folder.write(id: "{{   %ref }}", loop: "Visits.where(Gone.empty())")
        #expect(folder.refusals == [])
        try folder.write(
            "inbound/acme/visits.yaml",
            try String(contentsOfFile: "\(folder.path)/inbound/acme/visits.yaml", encoding: .utf8)
                .replacing("{{ %v.Ref }}", with: "{{ %v.Ref.lower() }}"))
        #expect(folder.refusals.count == 1)
    }

    @Test("A mapping that is not recorded may be made as it likes, and a record that cannot be read is refused")
    func unrecorded() throws {
        let folder = try Folder()
        try folder.write(id: "{{ %v.Ref }}")
        try folder.write("ids.lock", "# nothing\nacme/other 1 00ff\n")
        #expect(folder.refusals == [])
        #expect(try folder.remarks() == [])
        try folder.write("ids.lock", "acme/visits 1\n")
        #expect(folder.refusals == ["1: unreadable line"])
    }

    @Test("What nothing uses is told by check alone") func unused() throws {
        let folder = try Folder()
        try folder.write("inbound/acme/include/reply.yaml", "practice: {odsCode: \"{{ Org }}\"}\n")
        try folder.write(
            id: "{{ %v.Ref }}",
            top: "\"{% assign %}\": [{spare: \"{{ A }}\"}, {told: \"{[ B.issue('b-left-out') ]}\"}]")
        #expect(folder.refusals == [])
        #expect(try folder.remarks() == ["nothing uses %spare", "no mapping includes this file"])
        try folder.write(id: "{{ %v.Ref }}", top: "include: reply")
        #expect(try folder.remarks() == [])
    }
}
