import Glibc
import Synchronization

/// A file, or standard error, that log lines are appended to. Each line is one `write`, so that lines of several
/// processes never mix.
///
/// The write is made on the caller's thread: a line that is said to be written must be there when the process dies, and
/// an appended line goes no further than the page cache.
package final class LogFile: Sendable {
    private let path: String?
    private let descriptor: Mutex<Int32>

    /// - Throws: ``LogFileFault`` when the file can be neither opened nor created.
    package init(path: String) throws(LogFileFault) {
        self.path = path
        descriptor = Mutex(try Self.open(path))
    }

    private init() {
        path = nil
        descriptor = Mutex(STDERR_FILENO)
    }

    package static let standardError = LogFile()

    deinit {
        if path != nil { descriptor.withLock { _ = close($0) } }
    }

    private static func open(_ path: String) throws(LogFileFault) -> Int32 {
        let descriptor = Glibc.open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw LogFileFault(path: path, cause: String(cString: strerror(errno))) }
        return descriptor
    }

    /// Opens the file anew, after something like logrotate has moved it. The old one stays in use if that fails.
    package func reopen() throws(LogFileFault) {
        guard let path else { return }
        let fresh = try Self.open(path)
        let old = descriptor.withLock { current in
            defer { current = fresh }
            return current
        }
        close(old)
    }

    /// Appends a line; its line feed is added here. A disk that is full loses the line: logging never stops the gateway.
    func append(_ line: String) {
        var bytes = Array(line.utf8)
        bytes.append(UInt8(ascii: "\n"))
        descriptor.withLock { descriptor in
            var written = 0
            while written < bytes.count {
                let count = bytes.withUnsafeBytes {
                    write(descriptor, $0.baseAddress?.advanced(by: written), bytes.count - written)
                }
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { return }
                written += count
            }
        }
    }
}

/// The log cannot be opened.
package struct LogFileFault: Error, Sendable, CustomStringConvertible {
    package let path: String
    package let cause: String

    package var description: String {
        "log: cannot open \(path): \(cause) (its folder must be there and be writable; see gateway.log.file)"
    }
}
