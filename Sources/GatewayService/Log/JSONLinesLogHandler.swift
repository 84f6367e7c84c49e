package import Logging
package import Telemetry

import struct Foundation.Data
import struct Foundation.Date
import class Foundation.JSONEncoder

/// Writes one JSON object a line: `code`, `label`, `level`, `message`, `time` (RFC 3339, UTC, milliseconds) and the
/// metadata, keys sorted. Every text goes through ``NHSNumberRedactor``.
package struct JSONLinesLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    private let label: String
    private let file: LogFile
    private let setting: LogLevelSetting
    private let clock: WallClock
    private var own: Logger.Level?

    package init(label: String, file: LogFile, setting: LogLevelSetting, clock: WallClock = .system) {
        self.label = label
        self.file = file
        self.setting = setting
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
        var fields = LogFields.merged(metadata, metadataProvider, event)
        fields["time"] = LogTime.text(clock.now)
        fields["level"] = event.level.rawValue
        fields["label"] = label
        fields["message"] = NHSNumberRedactor.redact(event.message.description)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let line = try? encoder.encode(fields) else { return }
        file.append(String(decoding: line, as: UTF8.self))
    }
}

/// The fields of a line, as texts without NHS numbers.
enum LogFields {
    static func merged(
        _ metadata: Logger.Metadata, _ provider: Logger.MetadataProvider?, _ event: LogEvent
    ) -> [String: String] {
        var all = provider?.get() ?? [:]
        all.merge(metadata) { $1 }
        all.merge(event.metadata ?? [:]) { $1 }
        if let error = event.error { all["error"] = "\(error)" }
        return Dictionary(
            all.map { (NHSNumberRedactor.redact($0.key), NHSNumberRedactor.redact($0.value.description)) },
            uniquingKeysWith: { $1 })
    }
}

/// Times as the log and the status file write them.
enum LogTime {
    static func text(_ date: Date) -> String {
        date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
