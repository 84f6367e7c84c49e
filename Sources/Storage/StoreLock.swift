import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Keeps a second daemon off a database: an advisory lock (flock) on `<database>.lock`, which the kernel gives back
/// when the process ends, however it ends.
final class StoreLock: Sendable {
    private let descriptor: Mutex<Int32?>

    /// - Throws: ``StoreFault`` when another holds the lock or the file cannot be opened.
    init(database path: String) throws {
        let lockPath = path + ".lock"
        let opened = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard opened >= 0 else {
            throw StoreFault(systemError: errno, operation: "open lock file", place: lockPath)
        }
        guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            _ = Self.close(opened)
            guard reason == EWOULDBLOCK else {
                throw StoreFault(systemError: reason, operation: "lock", place: lockPath)
            }
            throw StoreFault(
                operation: "lock", place: lockPath,
                hint: "another gateway uses this database; stop it, or give this one a store of its own")
        }
        descriptor = Mutex(opened)
    }

    deinit { release() }

    func release() {
        descriptor.withLock { held in
            if let held { _ = Self.close(held) }
            held = nil
        }
    }

    private static func close(_ descriptor: Int32) -> Int32 {
        #if canImport(Glibc)
            Glibc.close(descriptor)
        #else
            Darwin.close(descriptor)
        #endif
    }
}

extension StoreFault {
    /// A failed system call: `systemError` is its `errno`.
    init(systemError: Int32, operation: String, place: String) {
        self.init(operation: operation, place: place, hint: String(cString: strerror(systemError)))
    }
}
