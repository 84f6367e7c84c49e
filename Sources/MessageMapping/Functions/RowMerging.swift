import Documents
import FHIRPath

/// `mergeCut(key, text)`: puts rows together of which one was cut off. A row made of two is a copy of the cut one with the
/// whole text in it; it stands where the cut one stands, and is confidential when either is.
enum RowMerging {
    static func merge(_ call: HostCall) {
        let evaluator = call.evaluator
        let input = Array(call.input)
        let texts = input.map { call.argument(1, on: $0).first }
        let rows = input.indices.map { index in
            CutRows.Row(
                key: call.argument(0, on: input[index]).compactMap(evaluator.string).joined(separator: "\u{1F}"),
                text: texts[index].flatMap(evaluator.string) ?? "")
        }
        let outcome = CutRows.find(rows)
        let gone = Set(outcome.partners.values)
        for index in outcome.unmatched { call.report("text-truncated", at: input[index]) }
        var copies: [UInt8: RowCopies] = [:]
        for (cut, whole) in outcome.partners.sorted(by: { $0.key < $1.key }) {
            let row = input[cut]
            guard row.kind == .node, let text = texts[cut], text.kind == .node, text.space == row.space else {
                continue
            }
            copies[row.space, default: RowCopies(evaluator.trees[Int(row.space)])].add(
                row.nodeIndex, as: cut, replacing: text.nodeIndex,
                with: CutRows.merged(rows[cut].text, with: rows[whole].text), madeOf: [row, input[whole]])
        }
        var merged: [Int: Value] = [:]
        for (_, copies) in copies.sorted(by: { $0.key < $1.key }) { copies.attach(to: evaluator, &merged) }
        for (index, row) in input.enumerated() where !gone.contains(index) {
            if outcome.partners[index] != nil { call.report("duplicate-merged", at: row, isDeliberate: true) }
            call.yield(merged[index] ?? row)
        }
    }
}

/// Copies of rows of one tree, in a tree of their own.
private struct RowCopies {
    private let source: DocumentTree
    private let arena = TreeArena(nodeCapacity: 64, textCapacity: 1024)
    private var rows: [(number: Int, node: Int, end: Int, origins: [Value])] = []

    init(_ source: DocumentTree) {
        self.source = source
        arena.append(DocumentNode(kind: .element, name: .none, parent: 0, end: 1))
    }

    mutating func add(_ row: Int, as number: Int, replacing node: Int, with merged: String, madeOf origins: [Value]) {
        let offset = arena.nodeCount - row
        for index in row..<Int(source.nodes[row].end) {
            var copy = source.nodes[index]
            copy.parent = index == row ? 0 : UInt32(Int(copy.parent) + offset)
            copy.end = UInt32(Int(copy.end) + offset)
            let start = arena.textCount
            if index == node {
                var merged = merged
                merged.withUTF8 { arena.append(UnsafeRawBufferPointer($0)) }
            } else {
                arena.append(source.text(of: copy))
            }
            copy.textOffset = UInt32(start)
            copy.textLength = UInt32(arena.textCount - start)
            arena.append(copy)
        }
        rows.append((number, row + offset, arena.nodeCount, origins))
    }

    func attach(to evaluator: Evaluator, _ merged: inout [Int: Value]) {
        arena.nodes[0].end = UInt32(arena.nodeCount)
        let tree = DocumentTree(
            format: source.format, arena: arena, vocabulary: source.vocabulary, extraNames: source.extraNames,
            namespaces: source.namespaces)
        guard let root = evaluator.attach(tree) else { return }
        var parsed = evaluator.notes[ParsedValues.place] as? ParsedValues ?? ParsedValues()
        parsed.add([], upTo: 1, of: root.space)
        for row in rows {
            parsed.add(row.origins, upTo: row.end, of: root.space)
            merged[row.number] = .node(row.node, tree: root.space)
        }
        evaluator.notes[ParsedValues.place] = parsed
    }
}
