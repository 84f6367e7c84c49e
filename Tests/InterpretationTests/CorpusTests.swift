import CanonicalModel
import Documents
import Foundation
import Interpretation
import MessageMapping
import Testing

/// Real public messages, where this machine has them: `HATCHWAY_SHARED` names the folder.
@Suite(.serialized) struct CorpusTests {
    private static let shared = ProcessInfo.processInfo.environment["HATCHWAY_SHARED"].flatMap {
        $0.isEmpty ? nil : $0
    }

    /// Whose messages a folder of the corpus holds; FHIR resources that stand alone are anybody's.
    private static let families: [String: Set<String>] = [
        "bars": ["bars", "gp-connect", "uk-core"], "eps": ["eps", "uk-core"],
        "fhir-converter": ["gp-connect", "uk-core"],
        "gp2gp-adaptor": ["gp2gp", "gp-connect"], "gp2gp-pss-adaptor": ["gp2gp", "gp-connect"],
        "gpconnect-messaging": ["gp-connect"], "gpconnect-spec": ["gp-connect", "uk-core"],
        "lab-results": ["gp-connect", "uk-core"], "scr": ["scr", "uk-core"],
    ]

    /// Without a transport that names a system, an answer of any service that finds nothing or refuses is read alike: it
    /// holds nothing that could be taken for something else.
    private static func saysNothing(_ message: CanonicalMessage) -> Bool {
        let kinds = ["bookings", "slots", "prescriptions", "recordSummary", "onlineAccess", "patient"].map {
            CanonicalShapes.required("message", $0)
        }
        return message.children(of: 0).allSatisfy { !kinds.contains(message.nodes[$0].field) }
    }

    @Test("Every message of the corpus is read or refused with a reason, and none is read as something else")
    func everyMessage() throws {
        guard let shared = Self.shared else { return print("corpus: NOT RUN (HATCHWAY_SHARED names no folder)") }
        let reader = try Sample.reader.get()
        let manifest = try String(contentsOf: URL(filePath: shared + "/corpus/MANIFEST.tsv"), encoding: .utf8)
        var counts = (read: 0, refused: 0, unknown: 0)
        for row in manifest.split(whereSeparator: \.isNewline).dropFirst() {
            let path = String(row.prefix { $0 != "\t" })
            guard let data = FileManager.default.contents(atPath: "\(shared)/corpus/\(path)") else { continue }
            switch reader.read(
                Array(data), transport: TransportContext(), acceptedAt: "2026-11-21T09:00:00Z", digest: "")
            {
            case .read(let mapped):
                counts.read += 1
                let folder = String(path.prefix { $0 != "/" })
                let families = try #require(Self.families[folder], "\(folder)")
                let family = String(mapped.mapping.name.prefix { $0 != "/" })
                #expect(
                    families.contains(family) || Self.saysNothing(mapped.message), "\(path): \(mapped.mapping.name)")
            case .refused: counts.refused += 1
            case .unknown: counts.unknown += 1
            case .file: Issue.record("\(path) is taken for a file of many messages")
            }
        }
        let total = counts.read + counts.refused + counts.unknown
        #expect(total > 0)
        print(
            "corpus: \(total) messages, \(counts.read) read, \(counts.unknown) without a mapping, \(counts.refused) refused"
        )
    }

    @Test("A section of a structured record has as many items as its lists name resources, counted without the mapping")
    func structuredRecords() throws {
        guard let shared = Self.shared else { return }
        let folder = shared + "/corpus/gpconnect-spec/_includes/accessrecord_structured"
        let reader = try Sample.reader.get()
        var compared = 0
        for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() where name.contains("response")
        {
            let data = try Data(contentsOf: URL(filePath: "\(folder)/\(name)"))
            let bundle = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any], "\(name)")
            guard
                case .read(let mapped) = reader.read(
                    Array(data), transport: TransportContext(), acceptedAt: "2026-11-21T09:00:00Z", digest: "")
            else {
                Issue.record("\(name) is not read")
                continue
            }
            for (section, type) in [("allergies", "AllergyIntolerance"), ("medications", "MedicationStatement")] {
                let wanted = Self.listed(type, in: bundle)
                #expect(Self.items(section, in: mapped.message) == wanted, "\(name): \(section)")
                compared += wanted
            }
        }
        #expect(compared > 0)
    }

    /// The resources of a type that any list of the bundle names and the bundle holds.
    private static func listed(_ type: String, in bundle: [String: Any]) -> Int {
        let resources = (bundle["entry"] as? [[String: Any]] ?? []).compactMap { $0["resource"] as? [String: Any] }
        let known = Set(
            resources.filter { $0["resourceType"] as? String == type }.compactMap { $0["id"] as? String }
                .map { "\(type)/\($0)" })
        // One draft example has a list whose code is still to be decided; no reader can know what it lists.
        let lists = resources.filter { resource in
            let coding = (resource["code"] as? [String: Any])?["coding"] as? [[String: Any]] ?? []
            return resource["resourceType"] as? String == "List"
                && coding.contains { ($0["code"] as? String)?.allSatisfy(\.isNumber) ?? false }
        }
        let contained = lists.flatMap { $0["contained"] as? [[String: Any]] ?? [] }
        let inner = contained.filter { $0["resourceType"] as? String == type }.count
        let references = lists.flatMap { $0["entry"] as? [[String: Any]] ?? [] }
            .compactMap { ($0["item"] as? [String: Any])?["reference"] as? String }
        return Set(references).intersection(known).count + inner
    }

    private static func items(_ section: String, in message: CanonicalMessage) -> Int {
        guard let record = message.first(CanonicalFields.Message.recordSummary, in: 0),
            let sections = message.first(CanonicalFields.sections, in: record),
            let shape = CanonicalShapes.section(named: section),
            let field = CanonicalShapes.field(section, of: CanonicalShapes.required("sections")),
            let items = CanonicalShapes.field("items", of: shape), let node = message.first(field.id, in: sections)
        else { return 0 }
        return message.all(items.id, in: node).count
    }
}
