import CSimdJSON
import Documents
import Testing

@Suite("A reader keeps its parsers, and no document leaves a trace in the next")
struct ParserReuseTests {
    @Test("A reader that has read many documents reads as a new one does", arguments: [21, 22])
    func reuse(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let vocabulary = Vocabulary(["a", "item", "_z"])
        let old = DocumentReader(vocabulary: vocabulary)
        for round in 0..<600 {
            let tree = RandomTree.make(depth: 3, using: &random)
            var body = Array((round.isMultiple(of: 3) ? tree.xml(name: "root") : tree.json(isPretty: false)).utf8)
            // A third of them is cut off somewhere, so that parsers are left in the middle of things.
            if round % 5 < 2 { body.removeLast(Int.random(in: 0..<body.count, using: &random)) }
            let new = DocumentReader(vocabulary: vocabulary)
            #expect(old.refusal(body) == new.refusal(body), "seed \(seed), round \(round)")
            #expect(
                (try? old.read(body))?.outline() == (try? new.read(body))?.outline(), "seed \(seed), round \(round)")
        }
    }

    @Test("Names are told apart whatever their number and length, and those of one document mean nothing in the next")
    func names() throws {
        let reader = DocumentReader(vocabulary: Vocabulary(["n7", "name that is longer than two words: 12"]))
        for round in 0..<3 {
            let names = (0..<4_000).flatMap { ["n\($0 * (round + 1))", "name that is longer than two words: \($0)"] }
            let members = names.enumerated().map { "\"\($1)\":\($0)" }.joined(separator: ",")
            let json = try reader.read(Array("{\(members)}".utf8))
            #expect(json.children(of: 0).map { json.name(of: $0) } == names)
            let elements = (0..<4_000).map { "<n\($0 * (round + 1))/>" }.joined()
            let xml = try reader.read(Array("<r>\(elements)</r>".utf8))
            #expect(xml.children(of: 0).map { xml.name(of: $0) } == (0..<4_000).map { "n\($0 * (round + 1))" })
        }
    }

    @Test("Keys of every length, with and without an escape")
    func keys() throws {
        let reader = DocumentReader(vocabulary: Vocabulary())
        for length in 0..<40 {
            let plain = String(repeating: "k", count: length)
            let tree = try reader.read(Array(#"{"\#(plain)":1,"\#(plain)\"":2,"\u006b\#(plain)":3}"#.utf8))
            #expect(tree.children(of: 0).map { tree.name(of: $0) } == [plain, plain + "\"", "k" + plain])
        }
    }

    @Test("A node lies in memory as C's does")
    func layout() {
        #expect(MemoryLayout<DocumentNode>.stride == MemoryLayout<csimdjson_node>.stride)
        #expect(MemoryLayout<DocumentNode>.alignment == MemoryLayout<csimdjson_node>.alignment)
        let offsets: [(PartialKeyPath<DocumentNode>, PartialKeyPath<csimdjson_node>)] = [
            (\.kind, \.kind), (\.namespace, \.name_space), (\.name, \.name), (\.parent, \.parent), (\.end, \.end),
            (\.textOffset, \.text_offset), (\.textLength, \.text_length),
        ]
        for (ours, theirs) in offsets {
            #expect(MemoryLayout<DocumentNode>.offset(of: ours) == MemoryLayout<csimdjson_node>.offset(of: theirs))
        }
        let kinds: [(DocumentNode.Kind, Int)] = [
            (.element, csimdjson_object), (.string, csimdjson_string), (.number, csimdjson_number),
            (.boolean, csimdjson_boolean), (.null, csimdjson_null), (.emptyArray, csimdjson_empty_array),
        ]
        for (kind, number) in kinds { #expect(Int(unsafeBitCast(kind, to: UInt8.self)) == number) }
    }
}
