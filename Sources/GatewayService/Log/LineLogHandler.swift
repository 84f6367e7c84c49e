package import Logging
package import Telemetry

package import struct Foundation.Date

/// Writes one line for each event of a log, in the form that its ``LogLineFormat`` gives it. Every text goes through
/// ``NHSNumberRedactor`` first.
package struct LineLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    private let label: String
    private let file: LogFile
    private let setting: LogLevelSetting
    private let format: any LogLineFormat
    private let clock: WallClock
    private var own: Logger.Level?

    package init(
        label: String, file: LogFile, setting: LogLevelSetting, format: any LogLineFormat, clock: WallClock = .system
    ) {
        self.label = label
        self.file = file
        self.setting = setting
        self.format = format
        self.clock = clock
    }

    /// The process's level, unless this logger was given one of its own.
    package var logLevel: Logger.Level {
        get { own ?? setting.level }
        set { own = newValue }
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let line = LogLine(
            time: clock.now, level: event.level, label: label,
            message: NHSNumberRedactor.redact(event.message.description), fields: fields(of: event))
        if let text = format.text(of: line) { file.append(text) }
    }

    /// The metadata, as texts without NHS numbers.
    private func fields(of event: LogEvent) -> [String: String] {
        var all = metadataProvider?.get() ?? [:]
        all.merge(metadata) { $1 }
        all.merge(event.metadata ?? [:]) { $1 }
        if let error = event.error { all["error"] = "\(error)" }
        return Dictionary(
            all.map { (NHSNumberRedactor.redact($0.key), NHSNumberRedactor.redact($0.value.description)) },
            uniquingKeysWith: { $1 })
    }
}

/// What one line says; nothing in it is an NHS number.
package struct LogLine: Sendable {
    package let time: Date
    package let level: Logger.Level
    package let label: String
    package let message: String
    package let fields: [String: String]
}

/// How a line is written.
package protocol LogLineFormat: Sendable {
    /// - Returns: the line without its end; nil when it cannot be written.
    func text(of line: LogLine) -> String?
}

/// Times as the log and the status file write them.
enum LogTime {
    static func text(_ date: Date) -> String {
        date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
