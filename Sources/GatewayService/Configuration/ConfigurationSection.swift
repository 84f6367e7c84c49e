import FHIRPath
import Yams

/// One value of the file with its place, `${NAME}` already replaced.
struct ConfigurationValue {
    let text: String
    let path: String
    let line: Int
    let column: Int
}

/// What is gathered while a file is read: every finding, not only the first.
final class ConfigurationFindings {
    let file: String
    let environment: [String: String]
    private(set) var all: [ConfigurationFinding] = []

    init(file: String, environment: [String: String]) {
        self.file = file
        self.environment = environment
    }

    var hasErrors: Bool { all.contains { $0.severity == .error } }

    func add(
        _ severity: ConfigurationFinding.Severity = .error, at value: ConfigurationValue, _ message: String,
        hint: String = ""
    ) {
        all.append(
            ConfigurationFinding(
                severity: severity, file: file, line: value.line, column: value.column, path: value.path,
                message: message, hint: hint))
    }

    func add(at mark: Mark?, path: String, _ message: String, hint: String = "") {
        all.append(
            ConfigurationFinding(
                file: file, line: mark?.line ?? 0, column: mark?.column ?? 0, path: path, message: message, hint: hint))
    }

    /// Replaces every `${NAME}` by the environment's value.
    /// - Returns: nil, with a finding, when a name is not defined.
    func expand(_ text: String, at mark: Mark?, path: String) -> String? {
        var result = ""
        var rest = Substring(text)
        while let open = rest.firstRange(of: "${") {
            result += rest[..<open.lowerBound]
            guard let close = rest[open.upperBound...].firstIndex(of: "}") else {
                add(at: mark, path: path, "`${` without `}`")
                return nil
            }
            let name = String(rest[open.upperBound..<close])
            guard let value = environment[name] else {
                add(at: mark, path: path, "the environment variable \(name) is not defined")
                return nil
            }
            result += value
            rest = rest[rest.index(after: close)...]
        }
        return result + rest
    }
}

/// A mapping of the file whose keys are known. Reading a key that is absent gives nil without a finding; a value that
/// is there and wrong gives nil with one.
struct ConfigurationSection {
    let path: String
    let mark: Mark?
    let findings: ConfigurationFindings
    private let nodes: [String: Node]
    private let marks: [String: Mark]

    /// `keys` are all that this version reads here, `notBuilt` those of the contract that it refuses by name.
    init?(
        _ node: Node, path: String, keys: [String], notBuilt: [String] = [], findings: ConfigurationFindings
    ) {
        guard case .mapping(let mapping) = node else {
            findings.add(
                at: node.mark, path: path, "must be a mapping of keys", hint: "\(keys.joined(separator: ", "))")
            return nil
        }
        self.path = path
        self.mark = mapping.mark
        self.findings = findings
        var nodes: [String: Node] = [:]
        var marks: [String: Mark] = [:]
        for (key, value) in mapping {
            let name = key.scalar?.string ?? ""
            let place = Self.join(path, name)
            if keys.contains(name) {
                nodes[name] = value
                marks[name] = key.mark
            } else if notBuilt.contains(name) {
                findings.add(
                    at: key.mark, path: place, "`\(name)` is not built yet in this version", hint: "leave it out")
            } else {
                let near = NearestName.suggestion(for: name, among: keys + notBuilt).map { "did you mean `\($0)`?" }
                findings.add(
                    at: key.mark, path: place, "unknown key",
                    hint: near ?? "known here: \(keys.joined(separator: ", "))")
            }
        }
        self.nodes = nodes
        self.marks = marks
    }

    private static func join(_ path: String, _ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    func has(_ key: String) -> Bool { nodes[key] != nil }

    func path(of key: String) -> String { Self.join(path, key) }

    /// The place of a key, for a finding about it.
    func place(of key: String) -> ConfigurationValue {
        let mark = marks[key] ?? self.mark
        return ConfigurationValue(text: "", path: path(of: key), line: mark?.line ?? 0, column: mark?.column ?? 0)
    }

    /// Records that a required key is absent.
    func requires(_ key: String, hint: String) {
        if !has(key) { findings.add(at: mark, path: path(of: key), "is required", hint: hint) }
    }

    func section(_ key: String, keys: [String], notBuilt: [String] = []) -> ConfigurationSection? {
        nodes[key].flatMap {
            ConfigurationSection($0, path: path(of: key), keys: keys, notBuilt: notBuilt, findings: findings)
        }
    }

    /// The nodes of a list, each with its path.
    func list(_ key: String) -> [(node: Node, path: String)] {
        guard let node = nodes[key] else { return [] }
        guard case .sequence(let sequence) = node else {
            findings.add(at: node.mark, path: path(of: key), "must be a list")
            return []
        }
        return sequence.enumerated().map { ($1, "\(path(of: key))[\($0)]") }
    }

    func value(_ key: String) -> ConfigurationValue? { nodes[key].flatMap { value($0, path: path(of: key)) } }

    /// The values of a list; one value alone counts as a list of one when that is allowed.
    func values(_ key: String, orOne: Bool = false) -> [ConfigurationValue] {
        if orOne, case .scalar = nodes[key] { return value(key).map { [$0] } ?? [] }
        return list(key).compactMap { value($0.node, path: $0.path) }
    }

    private func value(_ node: Node, path: String) -> ConfigurationValue? {
        guard case .scalar(let scalar) = node else {
            findings.add(at: node.mark, path: path, "must be a single value")
            return nil
        }
        guard let text = findings.expand(scalar.string, at: scalar.mark, path: path) else { return nil }
        guard !text.isEmpty else {
            findings.add(at: scalar.mark, path: path, "is empty", hint: "give a value or leave the key out")
            return nil
        }
        return ConfigurationValue(
            text: text, path: path, line: scalar.mark?.line ?? 0, column: scalar.mark?.column ?? 0)
    }
}

extension ConfigurationSection {
    /// Reads a value through a parser; a value that it refuses is a finding.
    func parsed<Parsed>(_ key: String, expected: String, _ parse: (String) -> Parsed?) -> Parsed? {
        guard let value = value(key) else { return nil }
        guard let parsed = parse(value.text) else {
            findings.add(at: value, "`\(value.text)` cannot be used", hint: expected)
            return nil
        }
        return parsed
    }

    func duration(_ key: String, within bounds: ClosedRange<Duration>) -> Duration? {
        parsed(
            key,
            expected: "a duration such as 250ms, 30s, 15m, 24h, 7d, from \(bounds.lowerBound) to \(bounds.upperBound)"
        ) {
            DurationText.parse($0).flatMap { bounds.contains($0) ? $0 : nil }
        }
    }

    func size(_ key: String, within bounds: ClosedRange<Int>) -> Int? {
        parsed(key, expected: "a size such as 64KiB or 20MiB, from \(bounds.lowerBound) to \(bounds.upperBound) bytes")
        {
            SizeText.parse($0).flatMap { bounds.contains($0) ? $0 : nil }
        }
    }

    func integer(_ key: String, within bounds: ClosedRange<Int>) -> Int? {
        parsed(key, expected: "a whole number from \(bounds.lowerBound) to \(bounds.upperBound)") {
            Int($0).flatMap { bounds.contains($0) ? $0 : nil }
        }
    }

    func boolean(_ key: String) -> Bool? {
        parsed(key, expected: "true or false") { $0 == "true" ? true : $0 == "false" ? false : nil }
    }

    func word<Word: RawRepresentable & CaseIterable>(
        _ key: String, as _: Word.Type, notBuilt: [String] = []
    ) -> Word? where Word.RawValue == String {
        guard let value = value(key) else { return nil }
        if notBuilt.contains(value.text) {
            findings.add(at: value, "`\(value.text)` is not built yet in this version")
            return nil
        }
        guard let word = Word(rawValue: value.text) else {
            let known = Word.allCases.map(\.rawValue).joined(separator: " | ")
            findings.add(at: value, "`\(value.text)` cannot be used", hint: known)
            return nil
        }
        return word
    }
}
