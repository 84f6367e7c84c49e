import CanonicalModel
import Documents
import Foundation
import GatewayService
import Interpretation
import MessageMapping
import Testing

@Suite("FHIR in XML, read by the mappings for FHIR")
struct FHIRXMLTests {
    @Test("A sample in FHIR's JSON says the same when it is written as XML")
    func samples() throws {
        let reader = try Sample.reader.get()
        var compared = 0
        for sample in try Sample.all() where sample.file.path.contains("/gp-connect/") {
            let json = try sample.file.body(limit: 20 << 20)
            guard json.first == UInt8(ascii: "{") else { continue }
            let context = try sample.file.context()
            let fromJSON = reader.read(json, transport: context, acceptedAt: "2026-11-21T09:00:00Z", digest: "d")
            let fromXML = reader.read(
                try Self.xml(json), transport: context, acceptedAt: "2026-11-21T09:00:00Z", digest: "d")
            guard case .read(let one) = fromJSON, case .read(let other) = fromXML else {
                Issue.record("\(sample.testDescription) is not read in both")
                continue
            }
            #expect(one.mapping.name == other.mapping.name)
            #expect(Self.json(one.message) == Self.json(other.message), "\(sample.testDescription)")
            #expect(one.issues.map(\.code) == other.issues.map(\.code), "\(sample.testDescription)")
            compared += 1
        }
        #expect(compared >= 7)
    }

    @Test("The sample in XML says what its twin in JSON says")
    func twins() throws {
        let folder = Sample.root + "/Samples/gp-connect/structured-record/allergies-active-and-ended"
        let json = FileManager.default.contents(atPath: folder + ".expected.json")
        let xml = FileManager.default.contents(atPath: folder + "-in-xml.expected.json")
        #expect(json != nil)
        #expect(json == xml)
    }

    private static func json(_ message: CanonicalMessage) -> String {
        String(decoding: CanonicalJSONWriter.write(message), as: UTF8.self)
    }

    /// A FHIR resource in JSON, written as XML (FHIR R4, *XML and JSON Representations*).
    private static func xml(_ json: [UInt8]) throws -> [UInt8] {
        let tree = try DocumentReader(vocabulary: Vocabulary()).read(json)
        return Array(resource(0, tree, " xmlns=\"http://hl7.org/fhir\"").utf8)
    }

    private static func resource(_ node: Int, _ tree: DocumentTree, _ declaration: String = "") -> String {
        let type = tree.children(of: node).first { tree.name(of: $0) == "resourceType" }.map { tree.string($0) } ?? "X"
        return "<\(type)\(declaration)>\(members(node, tree))</\(type)>"
    }

    private static func members(_ node: Int, _ tree: DocumentTree) -> String {
        tree.children(of: node).filter { tree.name(of: $0) != "resourceType" }.map { element($0, tree) }.joined()
    }

    private static func element(_ node: Int, _ tree: DocumentTree) -> String {
        let name = tree.name(of: node)
        let children = tree.children(of: node)
        if children.contains(where: { tree.name(of: $0) == "resourceType" }) {
            return "<\(name)>\(resource(node, tree))</\(name)>"
        }
        if name == "div" { return tree.string(node) }
        let url = name == "extension" ? children.first { tree.name(of: $0) == "url" } : nil
        let attribute = url.map { " url=\"\(escape(tree.string($0)))\"" } ?? ""
        let value = tree.nodes[node].kind == .element ? "" : " value=\"\(escape(tree.string(node)))\""
        let inside = children.filter { $0 != url }.map { element($0, tree) }.joined()
        return "<\(name)\(attribute)\(value)>\(inside)</\(name)>"
    }

    private static func escape(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("\"", with: "&quot;")
            .replacing("\n", with: "&#10;")
    }
}
