import Documents
import FHIRPath

/// The functions that read what is packed or written inside a value: base64, gzip, XML, JSON, HTML. What cannot be read
/// yields nothing and an issue at the value, so that it costs its own section and no other.
struct ContentFunctions {
    private let limits: DocumentLimits

    static func all(limits: DocumentLimits) -> [HostFunction] {
        let functions = ContentFunctions(limits: limits)
        return [
            HostFunction("base64") { call in functions.forEachText(call, functions.base64) },
            HostFunction("gunzip") { call in functions.forEachText(call, functions.gunzip) },
            HostFunction("htmlText") { call in
                for value in call.input { functions.htmlText(call, value) }
            },
            HostFunction("parseXML") { call in
                for value in call.input { functions.parse(call, value, isXML: true) }
            },
            HostFunction("parseJSON") { call in
                for value in call.input { functions.parse(call, value, isXML: false) }
            },
        ]
    }

    private func forEachText(_ call: HostCall, _ body: (HostCall, Value, [UInt8]) -> Void) {
        for value in call.input {
            guard let atom = call.evaluator.atomic(value) else {
                call.report("value-is-object", at: value)
                continue
            }
            let bytes = call.evaluator.withText(atom) { Array($0) }
            if !bytes.isEmpty { body(call, value, bytes) }
        }
    }

    // MARK: Packed

    /// What is text is yielded as text. Gzip never is (its second byte cannot stand there in UTF-8), and is passed on to
    /// `gunzip()` with each byte as one character. A picture or a PDF has no place in the model.
    private func base64(_ call: HostCall, _ value: Value, _ bytes: [UInt8]) {
        guard let decoded = bytes.withUnsafeBytes(Base64Text.decoded) else {
            return call.report("base64-malformed", at: value)
        }
        if GzipText.isGzip(decoded) {
            call.yield(.string, String(String.UnicodeScalarView(decoded.map { Unicode.Scalar($0) })))
        } else if String(validating: decoded, as: UTF8.self) != nil {
            call.yield(.string, decoded)
        } else {
            call.report("content-not-text", at: value)
        }
    }

    private func gunzip(_ call: HostCall, _ value: Value, _ bytes: [UInt8]) {
        let packed = String(decoding: bytes, as: UTF8.self).unicodeScalars.map { UInt8(exactly: $0.value) ?? 0 }
        do throws(GzipText.Fault) {
            let unpacked = try GzipText.unpacked(packed, limit: limits.messageSize)
            guard String(validating: unpacked, as: UTF8.self) != nil else {
                return call.report("content-not-text", at: value)
            }
            call.yield(.string, unpacked)
        } catch {
            call.report(error.rawValue, at: value)
        }
    }

    // MARK: Marked up

    /// HTML in a text, or XHTML that stands in the message as elements.
    private func htmlText(_ call: HostCall, _ value: Value) {
        var text = HTMLText()
        if value.kind == .node, call.evaluator.hasElements(value) {
            text.read(call.evaluator.trees[Int(value.space)], value.nodeIndex)
        } else if let atom = call.evaluator.atomic(value) {
            call.evaluator.withText(atom) { text.read($0) }
        }
        let plain = text.finish()
        if !plain.isEmpty { call.yield(.string, plain) }
    }

    private func parse(_ call: HostCall, _ value: Value, isXML: Bool) {
        let evaluator = call.evaluator
        var parsed = evaluator.notes[ParsedValues.place] as? ParsedValues ?? ParsedValues()
        guard let atom = evaluator.atomic(value) else { return call.report("value-is-object", at: value) }
        if let root = parsed.root(of: atom) { return call.yield(root) }
        let bytes = evaluator.withText(atom) { isXML ? Self.withoutDeclaration($0) : Array($0) }
        guard !bytes.allSatisfy({ $0 == 0x20 || (0x09...0x0D).contains($0) }) else { return }
        do throws(DocumentFault) {
            let tree = try reader(evaluator).read(bytes)
            guard (tree.format == .xml) == isXML else { throw DocumentFault(.malformed) }
            guard let root = evaluator.attach(tree) else { throw DocumentFault(.tooManyNodes) }
            parsed.add(root, of: atom, in: value.kind == .node ? value : nil)
            evaluator.notes[ParsedValues.place] = parsed
            call.yield(root)
        } catch {
            call.report("content-\(error.code.rawValue)", at: value)
        }
    }

    /// All documents of one message share its limit of nodes.
    private func reader(_ evaluator: Evaluator) -> DocumentReader {
        var left = limits
        left.treeNodes -= evaluator.trees.reduce(0) { $0 + $1.nodes.count }
        return DocumentReader(vocabulary: evaluator.trees[0].vocabulary, limits: left)
    }

    /// A text inside a message is UTF-8 by now, whatever the declaration before it says of the bytes it once was.
    private static func withoutDeclaration(_ text: UnsafeRawBufferPointer) -> [UInt8] {
        let mark = text.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        let start = text[mark...].firstIndex { !($0 == 0x20 || (0x09...0x0D).contains($0)) } ?? text.endIndex
        guard text[start...].starts(with: Array("<?xml ".utf8)),
            let end = text[start...].firstIndex(of: UInt8(ascii: ">"))
        else { return Array(text[start...]) }
        return Array(text[(end + 1)...])
    }
}

extension Evaluator {
    /// Whether a node has elements inside, so that it is more than its text.
    fileprivate func hasElements(_ value: Value) -> Bool {
        let tree = trees[Int(value.space)]
        return tree.format == .xml && tree.children(of: value.nodeIndex).contains { tree.nodes[$0].kind == .element }
    }
}
