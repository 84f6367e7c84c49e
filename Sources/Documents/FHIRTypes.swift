/// A type of FHIR, as a number in ``FHIRTypes``.
package struct FHIRType: Hashable, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) { self.rawValue = rawValue }

    /// Inside a resource, but nothing is known of it.
    package static let unknown = FHIRType(rawValue: 0)
}

/// What FHIR says of its types: which kind of which other each is, which elements it has, and which types these have.
///
/// It is read from `fhir-types.txt`, which is built into the program, when it is first asked for. It holds STU3 and R4
/// together, so an element can have several types; the shape of a value then decides.
package final class FHIRTypes: Sendable {
    package static let shared = FHIRTypes(PackageResources.fhir_types_txt)

    /// How JSON writes a value of a primitive type (FHIR R4, *JSON Representation of primitive elements*).
    package enum JSONKind: Sendable { case string, number, boolean }

    /// What an element may hold.
    package struct Element: Sendable {
        package internal(set) var types: [FHIRType]
        /// One of several types, which JSON and XML write behind the name (`value[x]`).
        package internal(set) var isChoice: Bool
    }

    struct Record {
        var name: String
        var base = FHIRType.unknown
        var isDeclared = false
        /// Has elements of its own, so that an element which is not among them does not exist.
        var isComplete = false
        var isPrimitive = false
        var jsonKind = JSONKind.string
    }

    let records: [Record]
    let typesByName: [String: FHIRType]
    private let elementNames: [String: UInt16]
    private let elements: [UInt32: Element]
    private let choices: [String: [String]]

    init(_ table: [UInt8]) {
        var reader = FHIRTypeTableReader()
        reader.read(table)
        records = reader.records
        typesByName = reader.typesByName
        elementNames = reader.elementNames
        elements = reader.elements
        choices = reader.choices.mapValues { $0.sorted() }
    }

    // MARK: Types

    /// The type of a name that FHIR knows (`Patient`, `code`); nil for any other.
    package func type(_ name: String) -> FHIRType? {
        typesByName[name].flatMap { records[Int($0.rawValue)].isDeclared ? $0 : nil }
    }

    /// Its name; the parts of a resource are named by their path (`Patient.contact`).
    package func name(of type: FHIRType) -> String { records[Int(type.rawValue)].name }

    /// Every name that ``type(_:)`` knows.
    package var names: [String] { records.filter(\.isDeclared).map(\.name) }

    package func isPrimitive(_ type: FHIRType) -> Bool { records[Int(type.rawValue)].isPrimitive }

    package func base(of type: FHIRType) -> FHIRType { records[Int(type.rawValue)].base }

    /// Whether a type is another or a kind of it (`code` is a `string`, `Patient` a `Resource`).
    package func isKind(_ type: FHIRType, of wanted: FHIRType) -> Bool {
        var current = type
        while current != .unknown {
            if current == wanted { return true }
            current = base(of: current)
        }
        return false
    }

    package func jsonKind(of type: FHIRType) -> JSONKind { records[Int(type.rawValue)].jsonKind }

    /// Whether all elements of a type are known.
    package func isComplete(_ type: FHIRType) -> Bool { records[Int(type.rawValue)].isComplete }

    // MARK: Elements

    /// What an element of a type may hold, an element of several types by either name (`value` and `valueQuantity`);
    /// nil when the type has no such element. What is not known to the last goes by the defaults.
    package func element(_ name: String, of type: FHIRType) -> Element? {
        guard let number = elementNames[name] else { return nil }
        var current = type
        while true {
            if let found = elements[Self.key(current, number)] { return found }
            // The elements of no type are the defaults.
            if current == .unknown { return nil }
            let base = base(of: current)
            if base == .unknown, isComplete(type) { return nil }
            current = base
        }
    }

    /// Whether a name is that of a choice element with its type behind it (`valueQuantity`).
    package func isWrittenChoice(_ name: String, of type: FHIRType) -> Bool {
        elementNames(of: type).contains { plain in
            guard let element = element(plain, of: type), element.isChoice, name != plain, name.hasPrefix(plain) else {
                return false
            }
            return element.types.contains { Self.choice(plain, of: self.name(of: $0)) == name }
        }
    }

    /// Every element that a type has, without those of the types it is a kind of.
    package func elementNames(of type: FHIRType) -> [String] {
        elementNames.filter { elements[Self.key(type, $0.value)] != nil }.map(\.key)
    }

    /// The type of what stands under a name; `isScalar` when it has a value of its own. What its parent should not have
    /// goes by the defaults.
    package func type(of name: String, in parent: FHIRType, isScalar: Bool) -> FHIRType {
        guard let types = (element(name, of: parent) ?? element(name, of: .unknown))?.types else { return .unknown }
        if types.count == 1 { return types[0] }
        return types.first { isPrimitive($0) == isScalar } ?? types.first ?? .unknown
    }

    static func key(_ type: FHIRType, _ element: UInt16) -> UInt32 { UInt32(type.rawValue) << 16 | UInt32(element) }

    /// Every name that an element of several types goes by, whatever it is a part of (`onset`: `onsetDateTime`, …);
    /// none when it is not one of several types.
    package func choices(of name: String) -> [String] { choices[name] ?? [] }

    static func choice(_ element: String, of type: String) -> String {
        element + type.prefix(1).uppercased() + type.dropFirst()
    }
}
