import Documents
import Testing

@Suite("What always holds of reading")
struct RoundTripTests {
    let reader = DocumentReader(vocabulary: Vocabulary(["a", "item", "Appointment"]))

    @Test("A random tree written as XML reads back equal", arguments: [1, 2, 3])
    func xml(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<300 {
            let tree = RandomTree.make(depth: 4, using: &random)
            #expect(try reader.outline(tree.xml(name: "root")) == tree.xmlOutline(name: "root"), "seed \(seed)")
        }
    }

    @Test("A random tree written as JSON reads back equal", arguments: [1, 2, 3])
    func json(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<300 {
            let tree = RandomTree.make(depth: 4, using: &random)
            #expect(
                try reader.outline(tree.json(isPretty: .random(using: &random))) == tree.jsonOutline(name: ""),
                "seed \(seed)")
        }
    }

    @Test("A damaged document is read or refused, and what is read is a sound tree", arguments: [11, 12, 13, 14])
    func damage(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for round in 0..<1_000 {
            let tree = RandomTree.make(depth: 3, using: &random)
            var body = Array((round.isMultiple(of: 2) ? tree.xml(name: "root") : tree.json(isPretty: true)).utf8)
            for _ in 0...Int.random(in: 0..<4, using: &random) {
                let place = Int.random(in: 0..<max(body.count, 1), using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: body.insert(.random(in: 0...255, using: &random), at: min(place, body.count))
                case 1 where !body.isEmpty: body.remove(at: place)
                case 2: body.removeSubrange(min(place, body.count)...)
                case _ where !body.isEmpty: body[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                default: break
                }
            }
            guard let read = try? reader.read(body) else { continue }
            #expect(isSound(read), "seed \(seed), round \(round)")
        }
    }

    /// Every node ends within its parent and behind itself, and its text lies in the arena.
    private func isSound(_ tree: DocumentTree) -> Bool {
        tree.nodes.indices.allSatisfy { index in
            let node = tree.nodes[index]
            let parent = tree.nodes[Int(node.parent)]
            return node.end > index && node.end <= parent.end && (index == 0 || node.parent < index)
                && Int(node.textOffset) + Int(node.textLength) <= tree.arena.textCount
                && Int(node.namespace) < tree.namespaces.count
                && tree.withText(of: index) { String(validating: $0, as: UTF8.self) } != nil
        }
    }
}
