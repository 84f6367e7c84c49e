package import Logging
import Synchronization

/// The level in force for every logger of the process; it can be changed while the gateway runs.
package final class LogLevelSetting: Sendable {
    private let current: Mutex<Logger.Level>

    package init(_ level: Logger.Level) { current = Mutex(level) }

    package var level: Logger.Level {
        get { current.withLock { $0 } }
        set { current.withLock { $0 = newValue } }
    }
}
