import CanonicalModel
import Testing
import Yams

import class Foundation.FileManager
import class Foundation.ProcessInfo
import struct Foundation.Data
import struct Foundation.URL

@Suite("The declared model is the one of the design")
struct ShapeAgreementTests {
    private static let design = ProcessInfo.processInfo.environment["HATCHWAY_SHARED"]
        .map { URL(filePath: $0).appending(path: "design/canonical-shapes.yaml") }
        .flatMap { FileManager.default.fileExists(atPath: $0.path) ? $0 : nil }

    @Test("Every shape, field and mark of the design is declared, and nothing else", .enabled(if: design != nil))
    func agreement() throws {
        let file = try #require(Self.design)
        let root = try #require(
            try Yams.compose(yaml: String(decoding: Data(contentsOf: file), as: UTF8.self))?.mapping)
        var expected: [String: [String]] = [:]
        for (name, node) in root {
            let name = try #require(name.string)
            if name == "sections" {
                try sections(node, &expected)
            } else if name != "section", name != "item", name != "recordSummary" {
                expected[name] = try fields(node, &expected, within: name)
            }
        }
        let item = try fields(#require(root["item"]), &expected, within: "item")
        for (name, own) in expected where name.hasPrefix("item:") {
            expected[name] = nil
            let shape = String(name.dropFirst(5))
            let shared = ["medication": "prescription", "coded": "coded"][shape]
            expected[shape] = item + (shared.flatMap { expected[$0] } ?? own)
        }
        let section = try fields(#require(root["section"]), &expected, within: "section")
        for (name, own) in expected where name.hasPrefix("section:") {
            expected[name] = nil
            expected[String(name.dropFirst(8))] = section.map { $0 == "items: item[]" ? "items: \(own[0])[]" : $0 }
        }
        expected["recordSummary"] = ["sections: sections!"]

        for (name, fields) in expected {
            let shape = try #require(CanonicalShapes.shape(named: name), "no shape \(name)")
            #expect(shape.fields.map { notation(CanonicalShapes.fields[$0]) } == unique(fields), "\(name)")
        }
        #expect(Set(CanonicalShapes.shapes.map(\.name)).subtracting(expected.keys) == [])
    }

    @Test("Every section has a record level, and it is the design's", .enabled(if: design != nil))
    func levels() throws {
        let file = try #require(Self.design)
        let root = try #require(
            try Yams.compose(yaml: String(decoding: Data(contentsOf: file), as: UTF8.self))?.mapping)
        for (name, node) in try #require(root["sections"]?.mapping) {
            let section = try #require(name.string)
            #expect(CanonicalShapes.level(ofSection: section).rawValue == node.mapping?["level"]?.string, "\(section)")
        }
    }

    /// Shapes that the design writes in place are named after where they stand.
    private static let inPlace = [
        "prescription.controlledDrug": "controlledDrug", "prescription.form": "form",
        "testResult.referenceRange": "referenceRange", "consultationSection.entries": "consultationEntry",
        "onlineAccess.services": "accessServices",
    ]
    private static let items = [
        "allergies": "allergy", "medications": "medication", "problems": "problem", "immunisations": "immunisation",
        "testResults": "testResult", "recalls": "recall", "referrals": "referral", "documents": "document",
        "consultations": "consultationItem", "observations": "testResult",
    ]

    private func sections(_ node: Node, _ expected: inout [String: [String]]) throws {
        var all: [String] = []
        for (name, section) in try #require(node.mapping) {
            let name = try #require(name.string)
            let item = try #require(section.mapping?["item"])
            let shape = Self.items[name] ?? item.string ?? ""
            all.append("\(name): \(name)")
            expected["section:" + name] = [shape]
            if item.mapping != nil { expected["item:" + shape] = try fields(item, &expected, within: shape) }
            if item.string == "prescription" { expected["item:" + shape] = [] }
            if item.string == "coded" { expected["item:coded"] = [] }
        }
        expected["sections"] = all
    }

    private func fields(_ node: Node, _ expected: inout [String: [String]], within shape: String) throws -> [String] {
        try #require(node.mapping).map { key, value in
            let name = try #require(key.string)
            if let notation = value.string { return "\(name): \(notation)" }
            let inner = try #require(Self.inPlace["\(shape).\(name)"], "\(shape).\(name)")
            if let list = value.sequence {
                expected[inner] = try fields(#require(list.first), &expected, within: inner)
                return "\(name): \(inner)[]"
            }
            expected[inner] = try fields(value, &expected, within: inner)
            return "\(name): \(inner)"
        }
    }

    private func unique(_ fields: [String]) -> [String] {
        var names: Set<Substring> = []
        return fields.filter { names.insert($0.prefix { $0 != ":" }).inserted }
    }

    /// A declared field in the design's notation.
    private func notation(_ field: ShapeField) -> String {
        let type =
            switch field.type {
            case .string: "string"
            case .boolean:
                field.name == "prescriptions" && field.shape == CanonicalShapes.required("completeness").id
                    ? "whole" : "boolean"
            case .integer: "integer"
            case .decimal: "decimal"
            case .dateTime: "dateTime"
            case .instant: "instant"
            case .uri: "uri"
            case .digest: "digest"
            case .oneOf(let list): CanonicalShapes.closedLists[list].joined(separator: "|")
            case .object(let shape): CanonicalShapes.shape(shape).name
            }
        // The design writes `[]@` and `!@`: the list or need first, then the class.
        return "\(field.name): " + type + (field.isRequired ? "!" : "") + (field.isList ? "[]" : "")
            + (field.isFreeText ? "~" : "") + (field.isIdentifying ? "@" : "")
    }
}
