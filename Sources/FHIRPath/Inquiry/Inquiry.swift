package import Documents

/// One expression asked of one document, from its text to its result: what the command `fhirpath` and the conformance
/// tests do, and what mappings do piecemeal.
///
/// Unlike a mapping, which reports what the data does not allow and goes on, an inquiry fails where the specification
/// speaks of an error.
package struct Inquiry: Sendable {
    private let program: Program
    private let compiled: ExpressionRef
    private let slots: [String: VariableSlot]
    private let vocabulary: Vocabulary

    /// The names that the engine itself looks for in a document, beside those of the expression.
    package static let ownNames = ["resourceType", "id", "fullUrl", "contained", "reference", "extension", "url"]

    /// - Parameters:
    ///   - text: the expression.
    ///   - variables: the names of the variables it may use beside FHIRPath's own, without `%`.
    /// - Throws: ``ExpressionFault`` when the expression cannot be compiled.
    package init(_ text: String, variables: [String] = []) throws(ExpressionFault) {
        let expression = try Expression(parsing: text)
        vocabulary = Vocabulary(expression.names + Self.ownNames)
        var compiler = ExpressionCompiler(vocabulary: vocabulary)
        var slots: [String: VariableSlot] = [:]
        for name in variables { slots[name] = compiler.declareVariable(isMessageWide: true) }
        compiled = try compiler.compile(expression, variables: slots)
        program = compiler.finish()
        self.slots = slots
    }

    /// Asks a document.
    /// - Parameters:
    ///   - body: the document, XML or JSON.
    ///   - variables: a JSON object with the values of the variables, a list for several values of one.
    ///   - now: what `now()` says, a FHIR dateTime with its offset.
    ///   - limits: how large the document may be.
    ///   - onTrace: is told what `trace()` looks at, as a JSON array, with the name it gives.
    /// - Returns: what the expression yields.
    /// - Throws: ``InquiryFault``.
    package func result(
        on body: [UInt8], variables: [UInt8]? = nil, now: String, limits: DocumentLimits = DocumentLimits(),
        onTrace: ((_ name: String, _ json: [UInt8]) -> Void)? = nil
    ) throws(InquiryFault) -> InquiryResult {
        let tree: DocumentTree
        var variableTree: DocumentTree?
        do throws(DocumentFault) {
            let reader = DocumentReader(vocabulary: vocabulary, limits: limits)
            tree = try reader.read(body)
            variableTree = try variables.map { (bytes) throws(DocumentFault) in try reader.read(bytes) }
        } catch {
            throw .document(error)
        }
        let evaluator = Evaluator(program, tree: tree, now: now)
        if let variableTree { bind(variableTree, in: evaluator) }
        if let onTrace {
            evaluator.onTrace = { [unowned evaluator] name, values in
                onTrace(name, InquiryResult(values: values, evaluator: evaluator).json)
            }
        }
        evaluator.focus(on: .node(0, tree: 0))
        let values = evaluator.evaluate(compiled, on: .node(0, tree: 0))
        let errors = evaluator.takeProblems().filter(\.isError).map(\.code)
        guard errors.isEmpty else { throw .evaluation(errors) }
        return InquiryResult(values: values, evaluator: evaluator)
    }

    private func bind(_ tree: DocumentTree, in evaluator: Evaluator) {
        guard let root = evaluator.attach(tree) else { return }
        for (name, slot) in slots {
            var values: [Value] = []
            for child in tree.children(of: 0) where tree.name(of: child) == name {
                guard tree.nodes[child].kind != .null, tree.nodes[child].kind != .emptyArray else { continue }
                let node = Value.node(child, tree: root.space)
                values.append(evaluator.atomic(node) ?? node)
            }
            _ = evaluator.bind(slot, values)
        }
    }
}

/// Why an ``Inquiry`` has no result.
package enum InquiryFault: Error, Sendable, CustomStringConvertible {
    case document(DocumentFault)
    /// Codes of what the specification calls an error.
    case evaluation([String])

    package var description: String {
        switch self {
        case .document(let fault):
            "\(fault.code.rawValue)" + (fault.line.map { " in line \($0)" } ?? "")
        case .evaluation(let codes): codes.first ?? ""
        }
    }
}

/// What an expression yielded.
package struct InquiryResult {
    package let values: [Value]
    package let evaluator: Evaluator

    /// A JSON array of the values.
    package var json: [UInt8] {
        var writer = ValueJSONWriter(evaluator: evaluator)
        writer.write(values)
        return writer.bytes
    }
}
