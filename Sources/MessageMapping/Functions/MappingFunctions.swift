import CanonicalModel
import Documents
import FHIRPath

/// The functions of the mapping language beside FHIRPath's own (mapping-language, *Ours*).
enum MappingFunctions {
    /// Every function, with the code tables by name; the limits are those of documents that are read out of values.
    static func all(tables: [String: CodeTable], limits: DocumentLimits) -> [HostFunction] {
        treeFunctions + dateFunctions + collectionFunctions + [nhsNumber, issue, digest, codeTable(tables)]
            + ContentFunctions.all(limits: limits)
    }

    // MARK: The tree

    private static let treeFunctions = [
        HostFunction("parent") { call in
            forEachNode(call) { node, tree, space in
                if node > 0 { call.yield(.node(Int(tree.nodes[node].parent), tree: space)) }
            }
        },
        HostFunction("ancestors") { call in
            forEachNode(call) { node, tree, space in
                var current = node
                while current > 0 {
                    current = Int(tree.nodes[current].parent)
                    call.yield(.node(current, tree: space))
                }
            }
        },
        HostFunction("name") { call in
            forEachNode(call) { node, tree, _ in call.yield(.string, tree.name(of: node)) }
        },
        HostFunction("text") { call in
            for value in call.input {
                guard let atom = call.evaluator.atomic(value) else { continue }
                if call.evaluator.withText(atom, { !$0.isEmpty }) { call.yield(atom) }
            }
        },
        HostFunction("hasKey", arity: 1...1) { call in
            let wanted = call.argument(0).first.flatMap(call.evaluator.string) ?? ""
            forEachNode(call) { node, tree, _ in
                let isThere = tree.children(of: node).contains { child in
                    tree.name(of: child).lowercased() == wanted.lowercased() && tree.nodes[child].kind != .null
                }
                call.yield(.boolean(isThere))
            }
        },
    ]

    /// Calls back for every node of the input, or for `$this` when the function has no input of its own.
    private static func forEachNode(_ call: HostCall, _ body: (Int, DocumentTree, UInt8) -> Void) {
        for value in call.input where value.kind == .node {
            body(value.nodeIndex, call.evaluator.trees[Int(value.space)], value.space)
        }
    }

    // MARK: Dates

    private static let dateFunctions = [
        HostFunction("londonTime") { call in
            for value in call.input { yieldDate(call, value, .london) }
        },
        HostFunction("utcTime") { call in
            for value in call.input { yieldDate(call, value, .utc) }
        },
        HostFunction("dateTime", arity: 0...1) { call in
            guard call.argumentCount == 1 else {
                for value in call.input { yieldDate(call, value, .stated) }
                return
            }
            guard let word = call.argument(0).first.flatMap(call.evaluator.string), let length = precisions[word] else {
                return
            }
            for value in call.input { yieldDate(call, value, .stated, cut: length) }
        },
        HostFunction("date", arity: 1...1) { call in
            let pattern = call.argument(0).first.flatMap(call.evaluator.string) ?? ""
            for value in call.input {
                guard let text = call.evaluator.string(value), !text.isEmpty else { continue }
                if let date = DatePattern.read(text, pattern) {
                    call.yield(.date, date)
                } else {
                    call.report("date-unreadable", at: value)
                }
            }
        },
        HostFunction("hl7DateTime") { call in
            for value in call.input {
                guard let text = call.evaluator.string(value), !text.isEmpty else { continue }
                guard let iso = DatePattern.iso(hl7: text) else {
                    call.report("date-unreadable", at: value)
                    continue
                }
                if text.prefix(while: { $0.isASCII && $0.isNumber }).count == 10 {
                    call.report("date-hour-only", at: value)
                }
                yield(call, Array(iso.utf8).withUnsafeBytes { DateTimeText($0) }, at: value)
            }
        },
    ]

    /// How much of an ISO date the words of a precision keep.
    private static let precisions = ["Year": 4, "YearMonth": 7, "YearMonthDay": 10, "YearMonthDayTime": 64]

    private static func yieldDate(_ call: HostCall, _ value: Value, _ reading: DateTimeText.Reading, cut: Int = 64) {
        guard let atom = call.evaluator.atomic(value) else { return call.report("date-unreadable", at: value) }
        let text = call.evaluator.bytes(atom)
        if text.isEmpty { return }
        yield(call, DateTimeText(UnsafeRawBufferPointer(rebasing: text.prefix(cut)), as: reading), at: value)
    }

    private static func yield(_ call: HostCall, _ date: DateTimeText, at value: Value) {
        guard date.isDate else { return call.report("date-unreadable", at: value) }
        if let issue = date.issue { call.report(issue, at: value) }
        date.withBytes { call.yield(.dateTime, $0, mark: date.mark) }
    }

    // MARK: Collections

    private static let collectionFunctions = [
        HostFunction("lookup", arity: 3...3, itemArguments: [1]) { call in
            guard let wanted = call.text(2) else { return }
            for value in JoinIndex.rows(call, collection: 0, key: 1, equalTo: wanted) {
                call.evaluator.reach(value)
                call.yield(value)
            }
        },
        HostFunction("mergeCut", arity: 2...2, itemArguments: [0, 1]) { call in RowMerging.merge(call) },
        HostFunction("distinctBy", arity: 1...1, itemArguments: [0]) { call in
            var seen: Set<String> = []
            for value in call.input {
                let key = call.argument(0, on: value).compactMap(call.evaluator.string).joined(separator: "\u{1F}")
                if seen.insert(key).inserted { call.yield(value) }
            }
        },
    ]

    // MARK: Values

    private static let nhsNumber = HostFunction("nhsNumber") { call in
        for value in call.input {
            guard let text = call.evaluator.string(value), !text.isEmpty else { continue }
            if let number = NHSNumber(text) {
                call.yield(.string, number.rawValue)
            } else {
                call.report("nhs-number-invalid", at: value)
            }
        }
    }

    /// `issue('code')`: an author says what is left out.
    private static let issue = HostFunction("issue", arity: 1...1) { call in
        let code = call.argument(0).first.flatMap(call.evaluator.string) ?? "left-out"
        for value in call.input { call.report(code, at: value, isDeliberate: true) }
    }

    /// `digest(a, b, …)`: an id made of what does not change over a thing's life; the nth equal one gets `-n`.
    private static let digest = HostFunction("digest", arity: 1...16) { call in
        let parts = (0..<call.argumentCount).map { index in
            call.argument(index).compactMap(call.evaluator.string).joined(separator: "\u{1E}")
        }
        let id = FieldDigest.hex(of: parts)
        // Taken out while it changes, so that it is not copied for each id.
        var counts = call.evaluator.notes.removeValue(forKey: call.place) as? [String: Int] ?? [:]
        let count = (counts[id] ?? 0) + 1
        counts[id] = count
        call.evaluator.notes[call.place] = counts
        call.yield(.string, count == 1 ? id : "\(id)-\(count)")
    }

    private static func codeTable(_ tables: [String: CodeTable]) -> HostFunction {
        HostFunction("codeTable", arity: 1...1) { call in
            guard let name = call.argument(0).first.flatMap(call.evaluator.string) else { return }
            for value in call.input {
                guard let word = call.evaluator.string(value), !word.isEmpty else { continue }
                if let target = tables[name]?.target(of: word) {
                    call.yield(.string, target)
                } else {
                    call.report("value-unmapped", at: value)
                    call.yield(.string, "unknown")
                }
            }
        }
    }
}
