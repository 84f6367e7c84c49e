import Documents

/// Answers the lines of a batch: JSON objects with an expression, a document and variables.
package struct InquiryBatch {
    private let now: String
    private let file: (String) -> [UInt8]?

    /// - Parameters:
    ///   - now: what `now()` says, a FHIR dateTime with its offset.
    ///   - file: reads the file of a name; nil where there is none.
    package init(now: String, file: @escaping (String) -> [UInt8]?) {
        self.now = now
        self.file = file
    }

    /// Answers one line: `{"expression", "file" or "resource", "variables"}`.
    /// - Returns: `{"result": […]}` or `{"error": "…"}`; a line that is wrong in itself has an error too.
    package func answer(to line: [UInt8]) -> [UInt8] {
        do {
            return Array("{\"result\":".utf8) + (try result(of: line)) + Array("}".utf8)
        } catch {
            return Array("{\"error\":".utf8) + ValueJSONWriter.text("\(error)") + Array("}".utf8)
        }
    }

    private func result(of line: [UInt8]) throws -> [UInt8] {
        let tree: DocumentTree
        do throws(DocumentFault) {
            tree = try DocumentReader(vocabulary: Vocabulary(Inquiry.ownNames)).read(line)
        } catch {
            throw BatchFault("the line is no JSON object: \(error.code.rawValue)")
        }
        var members: [String: Int] = [:]
        for child in tree.children(of: 0) { members[tree.name(of: child)] = child }
        guard let expression = members["expression"], tree.nodes[expression].kind == .string else {
            throw BatchFault("the line has no expression")
        }
        var names: [String] = []
        var variables: [UInt8]?
        if let node = members["variables"], tree.nodes[node].kind == .element {
            names = tree.children(of: node).map { tree.name(of: $0) }
            variables = Inquiry.json(of: node, in: tree)
        }
        let inquiry = try Inquiry(tree.string(expression), variables: names)
        return try inquiry.result(on: try body(members, tree), variables: variables, now: now).json
    }

    private func body(_ members: [String: Int], _ tree: DocumentTree) throws -> [UInt8] {
        if let resource = members["resource"], tree.nodes[resource].kind == .element {
            return Inquiry.json(of: resource, in: tree)
        }
        guard let name = members["file"].map({ tree.string($0) }) else { return Array("{}".utf8) }
        guard let body = file(name) else { throw BatchFault("the file cannot be read") }
        return body
    }
}

/// Why a line of a batch has no answer.
private struct BatchFault: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
