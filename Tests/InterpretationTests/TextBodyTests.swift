import CanonicalModel
import Interpretation
import MessageMapping
import Testing

/// Answers that are a text for people, or nothing at all.
@Suite struct TextBodyTests {
    private static func read(_ body: String, _ context: [String: String]) throws -> MessageReading {
        MessageReader(mappings: try MappingFolder.load([Sample.root + "/Mappings"])).read(
            Array(body.utf8), transport: TransportContext(context), acceptedAt: "2026-11-21T09:00:00Z", digest: "")
    }

    @Test(
        "An answer in plain words, or in none, is read by the mapping that the transport names",
        arguments: ["Slot \"7\" is\ttaken\r\n", "", "409 Conflict", "C:\\temp", "<html><br>Sorry</html>", "{"])
    func words(_ body: String) throws {
        let context = ["system": "microtest", "operation": "book", "httpStatus": "409"]
        guard case .read(let mapped) = try Self.read(body, context) else {
            Issue.record("not read")
            return
        }
        #expect(mapped.mapping.name == "microtest/answer")
    }

    @Test(
        "A body that is cut off stays refused, and so are plain words without a status or a mapping for them",
        arguments: [
            ("{\"slots\": [", ["system": "microtest", "httpStatus": "200"]),
            ("<Reply>", ["system": "microtest", "httpStatus": "200"]),
            ("Slot taken", ["system": "microtest"]),
            ("Slot taken", ["system": "nobody", "httpStatus": "409"]),
        ])
    func refused(_ body: String, _ context: [String: String]) throws {
        guard case .refused = try Self.read(body, context) else {
            Issue.record("read, or unknown")
            return
        }
    }
}
