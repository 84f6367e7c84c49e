import CanonicalModel
import Foundation
import GatewayService
import Interpretation
import MessageMapping
import Release
import Testing

/// Rule 5 on whole messages: nothing that a source marks as not for the patient is shown to one, and what it does not mark
/// is.
@Suite("Not for the patient", .serialized) struct NotForPatientTests {
    private static let shared = ProcessInfo.processInfo.environment["HATCHWAY_SHARED"].flatMap {
        $0.isEmpty ? nil : $0
    }

    /// A message as a patient would see it, all of the record granted, beside what it says.
    private struct Shown {
        let all: String
        let view: String
        /// Items that something else than the mark keeps back.
        let held: String
        /// The items of the record, each as one text.
        let items: [String]
    }

    /// - Returns: nil when no mapping reads the message.
    private static func shown(_ data: Data, _ reader: MessageReader) -> Shown? {
        let transport = TransportContext(["birthDate": "1970-01-01"])
        guard
            case .read(let mapped) = reader.read(
                Array(data), transport: transport, acceptedAt: "2026-11-21T09:00:00Z", digest: ""),
            let today = PartialDate("2026-11-21")?.civilDate
        else { return nil }
        func text(_ message: CanonicalMessage) -> String {
            String(decoding: CanonicalJSONWriter.write(message), as: UTF8.self)
        }
        let message = mapped.message
        let preview = ReleasePreview(
            of: message, transport: transport, audience: .patient,
            grant: OnlineAccessGrant(appointments: true, prescriptions: true, record: .full), today: today)
        let held = preview.reasons.filter { $0.rule != .notForPatient }.count
        return Shown(
            all: text(message), view: text(preview.message), held: held == 0 ? "" : notReady(message),
            items: items(message))
    }

    private static func items(_ message: CanonicalMessage) -> [String] {
        message.nodes.indices.dropFirst()
            .filter { CanonicalShapes.field(message.nodes[$0].field).name == "items" }
            .map { String(decoding: CanonicalJSONWriter.write(message, node: $0), as: UTF8.self).lowercased() }
    }

    /// The items that are not ready, as one text.
    private static func notReady(_ message: CanonicalMessage) -> String {
        let ready = Set(CanonicalShapes.fields.filter { $0.name == "ready" }.map(\.id))
        return message.nodes.indices.filter { index in
            message.nodes[index].isObject
                && message.children(of: index).contains {
                    ready.contains(message.nodes[$0].field) && message.string($0) == "false"
                }
        }.map { String(decoding: CanonicalJSONWriter.write(message, node: $0), as: UTF8.self) }.joined()
    }

    private static func files(below folder: String) -> [String] {
        let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        return names.sorted().filter { name in
            guard name.hasSuffix(".xml") || name.hasSuffix(".json"), !name.contains(".expected."),
                !name.contains(".context."), let data = FileManager.default.contents(atPath: "\(folder)/\(name)")
            else { return false }
            return data.range(of: Data("NOPAT".utf8)) != nil
        }
    }

    private static func expectHidden(_ truth: NotForPatientTruth, _ view: String, _ file: String) {
        let view = view.lowercased()
        for name in truth.markedNames where view.contains("\"\(name.lowercased())\"") {
            Issue.record("\(file): something that is marked is shown")
        }
        for words in truth.markedWords where view.contains(words.lowercased()) {
            Issue.record("\(file): words that are marked are shown")
        }
    }

    @Test("No sample with a mark shows a patient anything that stands in what is marked")
    func samples() throws {
        let reader = MessageReader(mappings: try MappingFolder.load([Sample.root + "/Mappings"]))
        let folder = Sample.root + "/Samples"
        var compared = 0
        for file in Self.files(below: folder) {
            guard let data = FileManager.default.contents(atPath: "\(folder)/\(file)"),
                let truth = NotForPatientTruth(data), let shown = Self.shown(data, reader)
            else { continue }
            Self.expectHidden(truth, shown.view, file)
            compared += truth.markedNames.count
        }
        #expect(compared > 0)
    }

    @Test("No message of the corpus that carries NOPAT shows a patient what is marked, and each shows what is not")
    func corpus() throws {
        guard let shared = Self.shared else {
            return print("not for the patient: NOT RUN over the corpus (HATCHWAY_SHARED names no folder)")
        }
        let reader = MessageReader(mappings: try MappingFolder.load([Sample.root + "/Mappings"]))
        let folder = shared + "/corpus"
        var (read, unread, marked, open, wantedInAll) = (0, 0, 0, 0, 0)
        for file in Self.files(below: folder) {
            guard let data = FileManager.default.contents(atPath: "\(folder)/\(file)"),
                let truth = NotForPatientTruth(data), let shown = Self.shown(data, reader)
            else {
                unread += 1
                continue
            }
            read += 1
            marked += truth.markedNames.count
            #expect(!truth.markedNames.isEmpty, "\(file): the truth was not found")
            Self.expectHidden(truth, shown.view, file)
            let (all, view, held) = (shown.all.lowercased(), shown.view.lowercased(), shown.held.lowercased())
            // A marked part takes the whole entry with it.
            let taken = shown.items.filter { item in truth.markedNames.contains { item.contains($0.lowercased()) } }
            let wanted = truth.openNames.filter {
                let name = "\"\($0.lowercased())\""
                return all.contains(name) && !held.contains(name) && !taken.contains { $0.contains(name) }
            }
            let there = wanted.filter { view.contains("\"\($0.lowercased())\"") }
            open += there.count
            wantedInAll += wanted.count
            // In a message of a few statements one that is reached only through what is marked goes with it.
            guard wanted.count >= 20 else { continue }
            #expect(Double(there.count) >= 0.95 * Double(wanted.count), "\(file): \(there.count) of \(wanted.count)")
        }
        print(
            """
            not for the patient: \(read) messages of the corpus read, \(marked) marked things hidden, \(open) others \
            shown; \(unread) without a mapping
            """)
        #expect(Double(open) >= 0.95 * Double(wantedInAll), "\(open) of \(wantedInAll)")
        #expect(read + unread > 0)
        if read == 0 { print("not for the patient: NOT RUN over the corpus (no mapping reads any of it)") }
    }
}
