import Glibc

/// Replaces a file as a whole: a reader sees the old content or the new, never a part. Blocks on the disk.
enum AtomicFile {
    /// - Throws: ``StatusFileFault``.
    static func replace(_ path: String, with content: [UInt8]) throws(StatusFileFault) {
        let temporary = "\(path).\(getpid()).tmp"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw fault(path, "cannot be created", hint: "its folder must be there and be writable")
        }
        defer { close(descriptor) }
        // The umask may have taken the others' right to read.
        _ = fchmod(descriptor, 0o644)
        var written = 0
        while written < content.count {
            let count = content.withUnsafeBytes {
                write(descriptor, $0.baseAddress?.advanced(by: written), content.count - written)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                let failure = fault(path, "cannot be written", hint: "")
                unlink(temporary)
                throw failure
            }
            written += count
        }
        // Without it a power cut can leave the new name with no content.
        guard fsync(descriptor) == 0 else {
            let failure = fault(path, "cannot be flushed to the disk", hint: "")
            unlink(temporary)
            throw failure
        }
        guard rename(temporary, path) == 0 else {
            let failure = fault(path, "cannot be replaced", hint: "")
            unlink(temporary)
            throw failure
        }
    }

    /// Removes what processes that died before they were finished have left beside the file.
    static func removeLeftovers(of path: String) {
        let folder = path.lastIndex(of: "/").map { path[...$0] } ?? "./"
        let prefix = "\(path.split(separator: "/").last ?? "")."
        guard let stream = opendir(String(folder)) else { return }
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(validatingCString: $0) }
            }
            guard let name, name.hasPrefix(prefix), name.hasSuffix(".tmp"),
                let owner = pid_t(name.dropFirst(prefix.count).dropLast(4)), owner > 0, !isAlive(owner)
            else { continue }
            unlink(String(folder) + name)
        }
    }

    /// A process that may not be signalled lives.
    private static func isAlive(_ process: pid_t) -> Bool { kill(process, 0) == 0 || errno != ESRCH }

    private static func fault(_ path: String, _ problem: String, hint: String) -> StatusFileFault {
        StatusFileFault(path: path, problem: "\(problem): \(String(cString: strerror(errno)))", hint: hint)
    }
}
