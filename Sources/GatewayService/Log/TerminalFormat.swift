import Logging

/// Lines for people: `12:30:05 warning A file is no message (message-refused) source=drop`. Control characters, which could
/// steer a terminal, are replaced.
package struct TerminalFormat: LogLineFormat {
    private let hasColour: Bool

    package init(hasColour: Bool) { self.hasColour = hasColour }

    package func text(of line: LogLine) -> String? {
        var fields = line.fields
        let time = LogTime.text(line.time).dropFirst(11).prefix(8)
        let code = fields.removeValue(forKey: "code").map { " (\($0))" } ?? ""
        let rest = fields.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        return "\(time) \(coloured(line.level)) " + Self.harmless(line.message + code + rest)
    }

    private func coloured(_ level: Logger.Level) -> String {
        guard hasColour else { return level.rawValue }
        let colour =
            switch level {
            case .critical, .error: 31
            case .warning: 33
            case .notice, .info: 32
            case .debug, .trace: 90
            }
        return "\u{1B}[\(colour)m\(level.rawValue)\u{1B}[0m"
    }

    private static func harmless(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{FFFD}" : $0 }))
    }
}
