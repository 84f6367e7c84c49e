/// One thing to say about the configuration: where it is, what is wrong and what would be right. It never carries the
/// value of a secret.
package struct ConfigurationFinding: Sendable, Equatable, CustomStringConvertible {
    package enum Severity: String, Sendable { case error, warning }

    package let severity: Severity
    /// The configuration file.
    package let file: String
    /// From 1; 0 when it concerns the file as a whole.
    package let line: Int
    /// From 1; 0 when it concerns the file as a whole.
    package let column: Int
    /// Keys and positions from the root, for instance `sources[0].directory.path`. Empty for the root.
    package let path: String
    package let message: String
    /// What the operator can do; empty when the message says it.
    package let hint: String

    package init(
        severity: Severity = .error, file: String, line: Int = 0, column: Int = 0, path: String = "",
        message: String, hint: String = ""
    ) {
        self.severity = severity
        self.file = file
        self.line = line
        self.column = column
        self.path = path
        self.message = message
        self.hint = hint
    }

    package var description: String {
        let place = line > 0 ? "\(file):\(line):\(column)" : file
        let subject = path.isEmpty ? "" : "\(path): "
        let advice = hint.isEmpty ? "" : " (\(hint))"
        return "\(place): \(severity.rawValue): \(subject)\(message)\(advice)"
    }
}

/// The configuration cannot be used. It holds every finding, warnings too, in the order of the file.
package struct ConfigurationFault: Error, Sendable, CustomStringConvertible {
    package let findings: [ConfigurationFinding]

    package init(findings: [ConfigurationFinding]) { self.findings = findings }

    package var description: String { findings.map(\.description).joined(separator: "\n") }
}
