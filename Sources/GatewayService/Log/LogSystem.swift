import Glibc
package import Logging
package import Telemetry

/// Where the process's log goes, decided once at its start.
package struct LogSystem: Sendable {
    /// The level in force; change it to change every logger's.
    package let setting: LogLevelSetting
    /// The log file, to be reopened after rotation; nil when only standard error is written.
    package let file: LogFile?
    private let clock: WallClock
    private let hasColour: Bool
    private let writesTerminal: Bool

    /// Without settings, as for commands, only standard error is written. `NO_COLOR` in the environment, if not empty,
    /// takes the colour away.
    /// - Throws: ``LogFileFault``.
    package init(settings: LogSettings?, environment: [String: String], clock: WallClock = .system)
        throws(LogFileFault)
    {
        setting = LogLevelSetting(settings?.level ?? .info)
        if let settings {
            file = try LogFile(path: settings.file)
        } else {
            file = nil
        }
        self.clock = clock
        let isTerminal = isatty(STDERR_FILENO) == 1
        writesTerminal = settings == nil || isTerminal
        hasColour = isTerminal && (environment["NO_COLOR"] ?? "").isEmpty
    }

    /// Makes every logger of the process write here. Call it once.
    package func bootstrap() { LoggingSystem.bootstrap { handler(label: $0) } }

    /// A handler of its own, for a logger that is made without ``bootstrap()``.
    package func handler(label: String) -> any LogHandler {
        var handlers: [any LogHandler] = []
        if let file {
            handlers.append(
                LineLogHandler(label: label, file: file, setting: setting, format: JSONLinesFormat(), clock: clock))
        }
        if writesTerminal {
            handlers.append(
                LineLogHandler(
                    label: label, file: .standardError, setting: setting, format: TerminalFormat(hasColour: hasColour),
                    clock: clock))
        }
        return handlers.count == 1 ? handlers[0] : MultiplexLogHandler(handlers)
    }
}
