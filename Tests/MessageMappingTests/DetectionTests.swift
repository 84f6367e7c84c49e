import CanonicalModel
import Documents
import MessageMapping
import Testing

@Suite("Finding the mapping of a message costs the same however many mappings there are") struct DetectionTests {
    private static func mapping(_ name: String, _ reads: String, system: String = "acme") -> String {
        "mapping: \(name)\nreads: \(reads)\nsource: {system: \(system), message: \(name)}\n"
    }

    private func set(_ mappings: [String]) throws -> MappingSet {
        try MappingSet(
            files: mappings.enumerated().map { ("\($0).yaml", $1) }, tables: [:], include: { _, _ in nil })
    }

    private func detection(_ set: MappingSet, _ body: String, _ transport: [String: String] = [:]) throws -> (
        name: String?, steps: Int
    ) {
        let tree = try DocumentReader(vocabulary: set.vocabulary).read(Array(body.utf8))
        let found = set.detection(of: tree, transport: TransportContext(transport))
        return (found.mapping?.name, found.steps)
    }

    @Test(
        "Of 500 that share a root, a key or a type, the one is found in as many steps as of 5",
        arguments: [
            (#"{root: Envelope, at: "Body.Kind", is: kindN}"#, "<Envelope><Body><Kind>kind4</Kind></Body></Envelope>"),
            (#"{root: "{urn:x}replyN"}"#, "<reply4 xmlns='urn:x'/>"),
            (#"{resourceType: Bundle, at: type, is: typeN}"#, #"{"resourceType":"Bundle","type":"type4"}"#),
            (#"{has: [Data, KeyN]}"#, #"{"Data":1,"Key4":2}"#),
            (#"{has: [Data], at: Data.Kind, is: kindN}"#, #"{"Data":{"Kind":"kind4"}}"#),
            (#"{transport: {system: acme, message: kindN}}"#, "{}"),
        ]) func constant(reads: String, body: String) throws
    {
        func steps(of count: Int) throws -> Int {
            let set = try set((0..<count).map { Self.mapping("m\($0)", reads.replacing("N", with: "\($0)")) })
            let found = try detection(set, body, ["system": "acme", "message": "kind4"])
            #expect(found.name == "m4")
            return found.steps
        }
        #expect(try steps(of: 500) == steps(of: 5))
    }

    @Test("Different questions of one root are each asked once, and the mapping without one takes the rest")
    func questions() throws {
        let set = try set([
            Self.mapping("rest", "{root: A}"), Self.mapping("kind", "{root: A, at: kind, is: x}"),
            Self.mapping("code", "{root: A, at: code, is: x}"), Self.mapping("other", "{root: A, at: kind, is: y}"),
        ])
        #expect(try detection(set, "<A kind='x'/>").name == "kind")
        #expect(try detection(set, "<A kind='y'/>").name == "other")
        #expect(try detection(set, "<A kind='z' code='x'/>").name == "code")
        #expect(try detection(set, "<A kind='z'/>").name == "rest")
    }

    @Test("Where two systems answer with the same keys, the transport tells which it is") func systems() throws {
        let set = try set([
            Self.mapping("one", "{has: [Rows]}", system: "one"), Self.mapping("two", "{has: [Rows]}", system: "two"),
        ])
        #expect(try detection(set, #"{"Rows":[]}"#, ["system": "two"]).name == "two")
        #expect(try detection(set, #"{"Rows":[]}"#, ["system": "one"]).name == "one")
        #expect(try detection(set, #"{"Rows":[]}"#, ["system": "three"]).name == nil)
        #expect(try detection(set, #"{"Rows":[]}"#).name == "one")
    }

    @Test("Keys are told apart by case unless the mapping says otherwise") func keys() throws {
        let folded = Self.mapping("folded", "{has: [Rows, Names]}") + "keys: case-insensitive\n"
        #expect(try detection(set([folded]), #"{"ROWS":1,"names":2}"#).name == "folded")
        #expect(try detection(set([Self.mapping("exact", "{has: [Rows]}")]), #"{"rows":1}"#).name == nil)
        #expect(try detection(set([Self.mapping("exact", "{has: [Rows]}")]), #"{"rows":1,"Rows":2}"#).name == "exact")
    }

    @Test("The question is asked with the transport context and in the mapping's way of comparing keys") func asked()
        throws
    {
        let folded = Self.mapping("a", "{has: [Kind], at: kind, is: x}") + "keys: case-insensitive\n"
        #expect(try detection(set([folded]), #"{"KIND":"x"}"#).name == "a")
        let told = Self.mapping("b", "{root: A, at: \"%transport.section\", is: past}")
        #expect(try detection(set([told]), "<A/>", ["section": "past"]).name == "b")
        #expect(try detection(set([told]), "<A/>").name == nil)
    }
}
