import Documents

/// A type as an expression names it: one of FHIRPath's own (`System.String`), one of FHIR's (`FHIR.code`), or, without a
/// namespace, whichever of the two has the name (FHIRPath, *Types and type specifiers*).
struct TypeSpecifier: Equatable, Sendable {
    /// FHIRPath's own types, in the order of their numbers in a compiled program.
    enum System: Int64, CaseIterable, Sendable {
        case any, boolean, string, integer, long, decimal, date, dateTime, time, quantity

        var name: String {
            let name = "\(self)"
            return name.prefix(1).uppercased() + name.dropFirst()
        }

        init?(_ kind: Value.Kind) {
            switch kind {
            case .node: return nil
            case .boolean: self = .boolean
            case .string: self = .string
            case .integer: self = .integer
            case .decimal: self = .decimal
            case .date: self = .date
            case .dateTime: self = .dateTime
            case .time: self = .time
            case .quantity: self = .quantity
            }
        }
    }

    let system: System?
    let fhir: FHIRType?

    /// - Parameters:
    ///   - name: with its namespace or without, each part without back quotes.
    ///   - position: where it stands in the expression.
    /// - Throws: ``ExpressionFault`` when there is no such type.
    init(_ name: String, at position: Int) throws(ExpressionFault) {
        let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
        let bare = parts.last ?? ""
        let namespace = parts.count == 2 ? parts[0] : nil
        let system = System.allCases.first { $0.name == bare }
        let fhir = FHIRTypes.shared.type(bare)
        switch namespace {
        case "System":
            self.system = system
            // `System.Patient` is asked of what may be a Patient, and the answer is no.
            self.fhir = nil
            if system != nil || fhir != nil { return }
        case "FHIR":
            self.system = nil
            self.fhir = fhir
            if fhir != nil { return }
        case nil:
            self.system = system
            self.fhir = fhir
            if system != nil || fhir != nil { return }
        default:
            throw ExpressionFault(
                "unknown namespace \(namespace ?? "")", at: position, hint: "there are System and FHIR")
        }
        let own = namespace == "FHIR" ? [] : System.allCases.map(\.name)
        let known = own + (namespace == "System" ? [] : FHIRTypes.shared.names)
        throw ExpressionFault(
            "unknown type \(name)", at: position,
            hint: NearestName.suggestion(for: bare, among: known).map { "did you mean \($0)?" })
    }

    /// As a constant of a program.
    var constant: Value { .integer((system.map { $0.rawValue + 1 } ?? 0) << 16 | Int64(fhir?.rawValue ?? 0)) }

    init(_ constant: Value) {
        system = System(rawValue: (constant.number >> 16) - 1)
        let number = UInt16(truncatingIfNeeded: constant.number)
        fhir = number == 0 ? nil : FHIRType(rawValue: number)
    }
}

extension Expression {
    /// A type's name, where an argument stands for one: `Quantity`, `FHIR.Patient`.
    var typeName: String? {
        switch kind {
        case .member(nil, let name): name
        case .member(let base?, let name): base.typeName.map { "\($0).\(name)" }
        default: nil
        }
    }
}
