package import Documents

/// One test of HL7's test file for FHIRPath (`tests-fhir-r4.xml`, its `testSchema.xsd`).
package struct ConformanceTest: Sendable {
    package let group: String
    package let name: String
    /// The file that the expression is asked of, beside the test file.
    package let inputFile: String?
    package let expression: String
    /// The expression must be refused, or its evaluation be an error.
    package let isInvalid: Bool
    /// Names that the data type does not have are an error.
    package let isStrict: Bool
    /// The result is whether the expression yields anything.
    package let isPredicate: Bool
    /// The values must come in the order of ``outputs``.
    package let isOrdered: Bool
    package let outputs: [Output]

    /// One value that is expected.
    package struct Output: Sendable, Hashable {
        package let type: String?
        package let value: String
    }

    /// The tests of a file in their order.
    /// - Throws: ``DocumentFault`` when the file cannot be read.
    package static func tests(in file: [UInt8]) throws(DocumentFault) -> [ConformanceTest] {
        let reader = DocumentReader(vocabulary: Vocabulary())
        let tree = try reader.read(file)
        var tests: [ConformanceTest] = []
        for group in tree.children(of: 0) where tree.name(of: group) == "group" {
            let name = attribute("name", of: group, in: tree) ?? ""
            for child in tree.children(of: group) where tree.name(of: child) == "test" {
                if let test = ConformanceTest(child, in: tree, group: name) { tests.append(test) }
            }
        }
        return tests
    }

    private init?(_ node: Int, in tree: DocumentTree, group: String) {
        guard let expression = tree.children(of: node).first(where: { tree.name(of: $0) == "expression" }) else {
            return nil
        }
        func value(_ name: String) -> String? { Self.attribute(name, of: node, in: tree) }
        self.group = group
        name = value("name") ?? ""
        inputFile = value("inputfile")
        self.expression = tree.string(expression)
        isInvalid = (Self.attribute("invalid", of: expression, in: tree) ?? "false") != "false"
        isStrict = value("mode") == "strict" || Self.attribute("mode", of: expression, in: tree) == "strict"
        isPredicate = value("predicate") == "true"
        isOrdered = value("ordered") != "false"
        outputs = tree.children(of: node).filter { tree.name(of: $0) == "output" }.map {
            Output(type: Self.attribute("type", of: $0, in: tree), value: tree.string($0))
        }
    }

    private static func attribute(_ name: String, of node: Int, in tree: DocumentTree) -> String? {
        for child in tree.children(of: node)
        where tree.nodes[child].kind == .attribute && tree.name(of: child) == name {
            return tree.string(child)
        }
        return nil
    }
}
