import Logging

import class Foundation.JSONEncoder

/// One JSON object a line: `code`, `label`, `level`, `message`, `time` (RFC 3339, UTC, milliseconds) and the metadata, keys
/// sorted.
package struct JSONLinesFormat: LogLineFormat {
    package init() {}

    package func text(of line: LogLine) -> String? {
        var fields = line.fields
        fields["time"] = LogTime.text(line.time)
        fields["level"] = line.level.rawValue
        fields["label"] = line.label
        fields["message"] = line.message
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(fields)).map { String(decoding: $0, as: UTF8.self) }
    }
}
