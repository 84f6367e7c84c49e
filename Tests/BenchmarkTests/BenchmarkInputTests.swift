import Benchmarks
import CanonicalModel
import Documents
import Foundation
import MessageMapping
import Testing

@Suite("What the benchmark measures is right") struct BenchmarkInputTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    private let road: Road

    init() throws { road = try Road(mappings: Self.root.appending(path: "Mappings").path) }

    private func map(_ body: [UInt8]) throws -> MappedMessage { try #require(road.map(road.tree(body))) }

    /// What is under a path of keys in the JSON that the whole road writes.
    private func value(_ path: String..., of body: [UInt8]) throws -> Any? {
        let json = try JSONSerialization.jsonObject(with: Data(road.whole(body)))
        return path.reduce(json as Any?) { ($0 as? [String: Any])?[$1] }
    }

    @Test("Every appointment becomes a booking", arguments: [1, 2, 60]) func appointments(items: Int) throws {
        let body = AppointmentsInput.make(items: items)
        let bookings = try #require(try value("bookings", of: body) as? [[String: Any]])
        #expect(bookings.count == items)
        #expect(bookings.allSatisfy { $0["start"] is String && $0["end"] is String && $0["location"] != nil })
        #expect(try map(body).issues.map(\.code) == ["address-left-out"])
        #expect(try map(body).issues.first?.count == items)
    }

    @Test("Every medicine becomes an item with everything that is joined to it", arguments: [1, 2, 11])
    func record(items: Int) throws {
        let body = RecordInput.make(items: items)
        let medicines = try #require(
            try value("recordSummary", "sections", "medications", "items", of: body) as? [[String: Any]])
        #expect(medicines.count == items)
        for medicine in medicines {
            let prescriber = medicine["prescriber"] as? [String: Any]
            #expect(prescriber?["role"] as? String == "General Medical Practitioner")
            #expect((medicine["medication"] as? [String: Any])?["text"] is String)
            #expect((medicine["organisation"] as? [String: Any])?["odsCode"] as? String == "Y90003")
            #expect((medicine["issues"] as? [Any])?.isEmpty == false)
        }
        #expect(try map(body).issues.isEmpty)
    }

    @Test("Every consultation of a record becomes an item of each section it has a part in", arguments: [1, 7])
    func extract(consultations: Int) throws {
        let body = ExtractInput.make(consultations: consultations)
        let sections = try #require(try value("recordSummary", "sections", of: body) as? [String: [String: Any]])
        let counts = sections.mapValues { ($0["items"] as? [Any])?.count ?? 0 }.filter { $0.value > 0 }
        let each = [
            "allergies": 1, "medications": 1, "problems": 1, "immunisations": 1, "observations": 3, "history": 1,
            "encounters": 1, "consultations": 1, "recalls": 1, "referrals": 1,
        ]
        #expect(counts == each.mapValues { $0 * consultations })
        let text = String(decoding: body, as: UTF8.self)
        #expect(
            text.matches(of: #/<([A-Z][a-z]+Statement|LinkSet) classCode/#).count == consultations
                * ExtractInput.statementsEach)
    }

    @Test("A record is as large as was asked for, and the same every time") func extractSize() {
        let (body, consultations) = ExtractInput.make(bytes: 100_000)
        #expect((100_000..<120_000).contains(body.count))
        #expect(body == ExtractInput.make(consultations: consultations))
    }

    @Test("Ten times the statements cost at most eleven times the steps") func linearExtract() throws {
        let once = try map(ExtractInput.make(consultations: 5)).steps
        let tenfold = try map(ExtractInput.make(consultations: 50)).steps
        #expect(once > 1000)
        #expect((5 * once...11 * once).contains(tenfold))
    }

    @Test("The inputs have the size that the goals are set for") func sizes() {
        #expect((18_000...22_000).contains(AppointmentsInput.make(items: 60).count))
        #expect((45_000...55_000).contains(RecordInput.make(items: 11).count))
        #expect(AppointmentsInput.make(items: 60) == AppointmentsInput.make(items: 60))
        #expect(RecordInput.make(items: 11) == RecordInput.make(items: 11))
    }

    @Test("Ten times the items cost ten times the steps, joins included") func linear() throws {
        for make in [{ AppointmentsInput.make(items: $0) }, { RecordInput.make(items: $0) }] {
            let once = try map(make(20)).steps
            let tenfold = try map(make(200)).steps
            #expect(once > 100)
            #expect((8.5...11.5).contains(Double(tenfold) / Double(once)))
        }
    }
}
