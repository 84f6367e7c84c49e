/// The canonical model, made once from its declaration in `ShapeDeclarations.swift`.
package enum CanonicalShapes {
    /// Every shape by ``ShapeID``.
    package static var shapes: [Shape] { declared.shapes }
    /// Every field by ``FieldID``.
    package static var fields: [ShapeField] { declared.fields }
    /// The words of each closed list.
    package static var closedLists: [[String]] { declared.closedLists }

    package static let message = required("message")

    package static func shape(named name: String) -> Shape? { declared.byName[name].map { declared.shapes[$0] } }

    /// - Precondition: the declaration has the shape.
    package static func required(_ name: String) -> Shape {
        guard let shape = shape(named: name) else { preconditionFailure("the model declares no shape \(name)") }
        return shape
    }

    package static func field(_ name: String, of shape: Shape) -> ShapeField? {
        for index in shape.fields where declared.fields[index].name == name { return declared.fields[index] }
        return nil
    }

    package static func shape(_ id: ShapeID) -> Shape { declared.shapes[id.rawValue] }

    package static func field(_ id: FieldID) -> ShapeField { declared.fields[Int(id.rawValue)] }

    /// A field by its shape's and its own name, for code that knows the model.
    /// - Precondition: the declaration has the field.
    package static func required(_ shape: String, _ field: String) -> FieldID {
        guard let found = self.field(field, of: required(shape)) else {
            preconditionFailure("the model declares no field \(shape).\(field)")
        }
        return found.id
    }

    /// The shape of a section of the record summary.
    package static func section(named name: String) -> Shape? {
        guard let field = field(name, of: required("sections")), case .object(let shape) = field.type else {
            return nil
        }
        return self.shape(shape)
    }

    /// The least record level that shows a section of the record summary.
    package static func level(ofSection name: String) -> RecordLevel { sectionLevels[name] ?? .detailed }

    private static let declared = Declared(canonicalShapes)
}

private struct Declared: Sendable {
    var shapes: [Shape] = []
    var fields: [ShapeField] = []
    var closedLists: [[String]] = []
    var byName: [String: Int] = [:]

    init(_ declarations: [(name: String, fields: [(String, String)])]) {
        let bodies = Dictionary(uniqueKeysWithValues: declarations.map { ($0.name, $0.fields) })
        for (index, declaration) in declarations.enumerated() { byName[declaration.name] = index }
        for (index, declaration) in declarations.enumerated() {
            let start = fields.count
            var seen: Set<String> = []
            for (name, notation) in expanded(declaration.fields, bodies) where seen.insert(name).inserted {
                fields.append(field(name, notation, shape: ShapeID(rawValue: index)))
            }
            shapes.append(
                Shape(id: ShapeID(rawValue: index), name: declaration.name, fields: start..<fields.count))
        }
    }

    /// `("…", "prescription")` stands for the fields of that shape.
    private func expanded(_ fields: [(String, String)], _ bodies: [String: [(String, String)]]) -> [(String, String)] {
        fields.flatMap { name, notation in name == "…" ? bodies[notation] ?? [] : [(name, notation)] }
    }

    private mutating func field(_ name: String, _ notation: String, shape: ShapeID) -> ShapeField {
        var type = Substring(notation)
        func takeMark(_ mark: String) -> Bool {
            guard let range = type.range(of: mark) else { return false }
            type.removeSubrange(range)
            return true
        }
        // `>=` and `<=` are words of one closed list, so marks are looked for only where they can stand: at the end.
        let marks = notation.suffix(4)
        let isRequired = marks.contains("!") && takeMark("!")
        let isList = marks.contains("[]") && takeMark("[]")
        let isFreeText = marks.contains("~") && takeMark("~")
        let isIdentifying = marks.contains("@") && takeMark("@")
        return ShapeField(
            id: FieldID(rawValue: UInt16(fields.count)), shape: shape, name: name, type: fieldType(String(type)),
            isRequired: isRequired, isList: isList, isFreeText: isFreeText, isIdentifying: isIdentifying)
    }

    private mutating func fieldType(_ word: String) -> FieldType {
        switch word {
        case "string": return .string
        case "boolean", "whole": return .boolean
        case "integer": return .integer
        case "decimal": return .decimal
        case "dateTime": return .dateTime
        case "instant": return .instant
        case "uri": return .uri
        case "digest": return .digest
        default:
            if let shape = byName[word] { return .object(ShapeID(rawValue: shape)) }
            precondition(word.contains("|"), "the model declares no type \(word)")
            let words = word.split(separator: "|").map(String.init)
            if let index = closedLists.firstIndex(of: words) { return .oneOf(index) }
            closedLists.append(words)
            return .oneOf(closedLists.count - 1)
        }
    }
}

extension Substring {
    fileprivate func range(of mark: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(mark) { return start..<index(start, offsetBy: mark.count) }
            formIndex(after: &start)
        }
        return nil
    }
}
