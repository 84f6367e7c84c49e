import CanonicalModel
import Foundation
import Interpretation
import MessageMapping
import Testing

/// Invariant 5 on the daemon as a whole.
struct PrivacyTests {
    @Test(
        "Nothing that identifies a person in any sample is in the log, the status or the errors",
        .timeLimit(.minutes(5)))
    func nothingLeaks() async throws {
        try await Consumer.with { consumer, port in
            let daemon = try Daemon(sinkPort: port)
            defer {
                daemon.kill()
                try? FileManager.default.removeItem(at: daemon.folder)
            }
            try await daemon.start()
            var identities: Set<String> = []
            let reader = MessageReader(mappings: try MappingFolder.load([Daemon.root + "/Mappings"]))
            for (index, sample) in try samples().enumerated() {
                let context = try context(of: sample)
                let body = Array(try Data(contentsOf: sample))
                if case .read(let mapped) = reader.read(
                    body, transport: TransportContext(context), acceptedAt: "2026-11-21T09:00:00Z", digest: "")
                {
                    identities.formUnion(identifying(mapped.message))
                }
                identities.formUnion(
                    [context["nhsNumber"], context["localId"], context["birthDate"]].compactMap { $0 })
                if index % 2 == 0 {
                    let status = await daemon.post(body, key: "sample-\(index)", context: headers(context))
                    #expect([200, 202, 400, 413].contains(status), "\(sample.lastPathComponent)")
                } else {
                    let folder = "\(context["odsCode"] ?? "A81001")/\(context["nhsNumber"] ?? "9990000018")"
                    try daemon.put(body, path: "\(folder)/\(index)-\(sample.lastPathComponent)")
                }
            }
            try await daemon.settle()
            daemon.stop()
            #expect(identities.count > 40)
            #expect(try !consumer.envelopes().isEmpty)
            for file in ["hatchway.jsonl", "status.json", "errors.txt"] {
                let text = daemon.text(file)
                for identity in identities { #expect(!text.contains(identity), "\(file)") }
                #expect(text.firstMatch(of: /\b999\d{7}\b/) == nil, "\(file)")
            }
            #expect(daemon.text("hatchway.jsonl").contains("message-quarantined"))
            #expect(daemon.text("status.json").contains("stopped"))
        }
    }

    private func samples() throws -> [URL] {
        let base = Daemon.root + "/Samples"
        return (FileManager.default.enumerator(atPath: base)?.compactMap { $0 as? String } ?? [])
            .filter { $0.hasSuffix(".xml") || $0.hasSuffix(".json") }
            .filter { !$0.hasSuffix(".expected.json") && !$0.hasSuffix(".context.json") }
            .sorted().map { URL(filePath: "\(base)/\($0)") }
    }

    private func context(of sample: URL) throws -> [String: String] {
        let sidecar = sample.deletingPathExtension().appendingPathExtension("context.json")
        guard let data = FileManager.default.contents(atPath: sidecar.path) else { return [:] }
        return try JSONDecoder().decode([String: String].self, from: data)
    }

    private func headers(_ context: [String: String]) -> [String: String] {
        let names = [
            "nhsNumber": "Hatchway-NHS-Number", "odsCode": "Hatchway-ODS-Code", "localId": "Hatchway-Local-Id",
            "section": "Hatchway-Section", "from": "Hatchway-From", "to": "Hatchway-To",
            "observedAt": "Hatchway-Observed-At", "birthDate": "Hatchway-Birth-Date",
        ]
        var headers: [String: String] = [:]
        for (key, value) in context { if let name = names[key] { headers[name] = value } }
        return headers
    }

    /// Every text of the model's identifying fields that is long enough not to occur by chance.
    private func identifying(_ message: CanonicalMessage) -> [String] {
        message.nodes.indices.dropFirst().compactMap { node in
            let record = message.nodes[node]
            guard !record.isObject, CanonicalShapes.field(record.field).isIdentifying else { return nil }
            let text = message.string(node)
            // A few digits occur in any identifier.
            return text.count >= (text.allSatisfy(\.isNumber) ? 8 : 5) ? text : nil
        }
    }
}
