/// Reads the table of FHIR's types; its notation is described at its head.
struct FHIRTypeTableReader {
    private(set) var records = [FHIRTypes.Record(name: "")]
    private(set) var typesByName: [String: FHIRType] = [:]
    private(set) var elementNames: [String: UInt16] = [:]
    private(set) var elements: [UInt32: FHIRTypes.Element] = [:]
    private(set) var choices: [String: Set<String>] = [:]
    private var openTypes: [FHIRType] = []

    mutating func read(_ table: [UInt8]) {
        var words: [Substring] = []
        for line in String(decoding: table, as: UTF8.self).split(separator: "\n") where line.first != "#" {
            if line.first != " " {
                declare(words)
                words = []
            }
            words += line.split(separator: " ")
        }
        declare(words)
        // The table never grows at run time, so which kind a primitive is can be told once.
        for index in records.indices where records[index].isPrimitive {
            records[index].jsonKind = jsonKind(FHIRType(rawValue: UInt16(index)))
        }
    }

    /// The words of one declaration, up to the next.
    private mutating func declare(_ words: [Substring]) {
        guard let head = words.firstIndex(where: { $0.hasSuffix(":") }) else { return }
        let body = words[(head + 1)...]
        let first = words[0]
        if first == "*:" {
            openTypes = body.map { type(String($0)) }
            return
        }
        var types = [FHIRType.unknown]
        if first != "defaults:" {
            let base = words.firstIndex(of: "<").map { String(words[$0 + 1].drop(suffix: ":")) }
            types = words[...head].prefix { $0 != "<" }.map { type(String($0.drop(suffix: ":"))) }
            for type in types {
                let name = records[Int(type.rawValue)].name
                records[Int(type.rawValue)].isDeclared = true
                records[Int(type.rawValue)].isPrimitive = name.first?.isLowercase ?? false
                records[Int(type.rawValue)].isComplete = types.count == 1
                if let base { records[Int(type.rawValue)].base = self.type(base) }
            }
        }
        guard types.count == 1 else { return }
        var owners = types
        for word in body {
            if word == "}" {
                owners.removeLast()
            } else if word.hasSuffix("{"), let owner = owners.last {
                owners.append(part(String(word.dropLast()), of: owner))
            } else if let owner = owners.last {
                element(word, of: owner)
            }
        }
    }

    /// Opens an element that has parts of its own: a type named by its path.
    private mutating func part(_ name: String, of owner: FHIRType) -> FHIRType {
        let type = type(records[Int(owner.rawValue)].name + "." + name)
        records[Int(type.rawValue)].base = self.type("BackboneElement")
        records[Int(type.rawValue)].isComplete = true
        add([type], to: name, of: owner)
        return type
    }

    /// `name`, `name=Type|Type` or `name[x]=Type|Type`.
    private mutating func element(_ word: Substring, of owner: FHIRType) {
        let parts = word.split(separator: "=", maxSplits: 1)
        let isChoice = parts[0].hasSuffix("[x]")
        let name = String(parts[0].drop(suffix: "[x]"))
        let types: [FHIRType]
        if parts.count < 2 {
            types = elements[FHIRTypes.key(.unknown, number(String(parts[0])))]?.types ?? []
        } else if parts[1] == "*" {
            types = openTypes
        } else {
            types = parts[1].split(separator: "|").map { type(String($0.first == "@" ? $0.dropFirst() : $0)) }
        }
        // Among the defaults a name can be both, a choice in one resource and of one type in another.
        add(types, to: owner == .unknown ? String(parts[0]) : name, of: owner, isChoice: isChoice)
        guard isChoice else { return }
        for type in types {
            let written = FHIRTypes.choice(name, of: records[Int(type.rawValue)].name)
            choices[name, default: []].insert(written)
            add([type], to: written, of: owner)
        }
    }

    private mutating func add(_ types: [FHIRType], to name: String, of owner: FHIRType, isChoice: Bool = false) {
        let key = FHIRTypes.key(owner, number(name))
        var element = elements[key] ?? FHIRTypes.Element(types: [], isChoice: false)
        element.types += types.filter { !element.types.contains($0) }
        element.isChoice = element.isChoice || isChoice
        elements[key] = element
    }

    private mutating func type(_ name: String) -> FHIRType {
        if let known = typesByName[name] { return known }
        let type = FHIRType(rawValue: UInt16(records.count))
        records.append(FHIRTypes.Record(name: name))
        typesByName[name] = type
        return type
    }

    private mutating func number(_ name: String) -> UInt16 {
        if let known = elementNames[name] { return known }
        let number = UInt16(elementNames.count)
        elementNames[name] = number
        return number
    }

    private func jsonKind(_ type: FHIRType) -> FHIRTypes.JSONKind {
        var current = type
        while current != .unknown {
            switch records[Int(current.rawValue)].name {
            case "boolean": return .boolean
            case "integer", "decimal": return .number
            default: current = records[Int(current.rawValue)].base
            }
        }
        return .string
    }
}

extension Substring {
    fileprivate func drop(suffix: String) -> Substring { hasSuffix(suffix) ? dropLast(suffix.count) : self }
}
