package import Logging
package import Telemetry

/// Writes lines for people: `12:30:05 warning A file is no message (message-refused) source=drop`. Every text goes through
/// ``NHSNumberRedactor``, and control characters, which could steer a terminal, are replaced.
package struct TerminalLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    private let file: LogFile
    private let setting: LogLevelSetting
    private let hasColour: Bool
    private let clock: WallClock
    private var own: Logger.Level?

    package init(file: LogFile, setting: LogLevelSetting, hasColour: Bool, clock: WallClock = .system) {
        self.file = file
        self.setting = setting
        self.hasColour = hasColour
        self.clock = clock
    }

    package var logLevel: Logger.Level {
        get { own ?? setting.level }
        set { own = newValue }
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var fields = LogFields.merged(metadata, metadataProvider, event)
        let time = LogTime.text(clock.now).dropFirst(11).prefix(8)
        let code = fields.removeValue(forKey: "code").map { " (\($0))" } ?? ""
        let rest = fields.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        let message = NHSNumberRedactor.redact(event.message.description)
        file.append("\(time) \(coloured(event.level)) " + Self.harmless(message + code + rest))
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
