import Glibc

/// Owns an open file or folder.
struct Descriptor: ~Copyable, Sendable {
    let raw: Int32

    init(owning raw: Int32) { self.raw = raw }

    deinit { close(raw) }

    /// Opens a folder, which a symbolic link inside another folder never is.
    static func folder(_ name: String, in parent: Int32, operation: String) throws -> Descriptor {
        let raw = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard raw >= 0 else { throw FileFault(operation) }
        return Descriptor(owning: raw)
    }

    /// Opens a folder of ours, and creates it for nobody else to read when it is not there.
    static func ownFolder(_ name: String, in parent: Int32) throws -> Descriptor {
        if mkdirat(parent, name, 0o700) != 0, errno != EEXIST { throw FileFault("create a folder") }
        return try folder(name, in: parent, operation: "open a folder of the gateway")
    }

    /// Opens a regular file for reading.
    /// - Returns: nil when it is not there, may not be read, or is anything but a regular file.
    static func file(_ name: String, in parent: Int32) throws -> Descriptor? {
        // A pipe would hold the call up without O_NONBLOCK.
        let raw = openat(parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard raw >= 0 else {
            if [ENOENT, ELOOP, ENXIO, EACCES, EPERM].contains(errno) { return nil }
            throw FileFault("open a file")
        }
        let descriptor = Descriptor(owning: raw)
        var status = stat()
        guard fstat(raw, &status) == 0 else { throw FileFault("look at a file") }
        guard status.st_mode & S_IFMT == S_IFREG else { return nil }
        return descriptor
    }

    /// Reads to the end, or to one byte beyond `limit`.
    func read(limit: Int) throws -> [UInt8] {
        var content: [UInt8] = []
        while content.count <= limit {
            let room = min(256 << 10, limit + 1 - content.count)
            let start = content.count
            content.append(contentsOf: repeatElement(0, count: room))
            let count = content.withUnsafeMutableBytes { Glibc.read(raw, $0.baseAddress?.advanced(by: start), room) }
            let failure = count < 0 ? errno : 0
            content.removeLast(room - max(0, count))
            if failure == EINTR { continue }
            guard failure == 0 else { throw FileFault("read a file") }
            if count == 0 { break }
        }
        return content
    }

    func write(_ content: [UInt8]) throws {
        var written = 0
        while written < content.count {
            let count = content.withUnsafeBytes {
                Glibc.write(raw, $0.baseAddress?.advanced(by: written), content.count - written)
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw FileFault("write a file") }
            written += count
        }
    }

    /// What the file system says of a name; nil, with `errno` set, when it does not say.
    static func status(of name: String, in parent: Int32, _ flags: Int32) -> stat? {
        var status = stat()
        return fstatat(parent, name, &status, flags) == 0 ? status : nil
    }

    /// Whether it is the very file or folder that `other` was asked of.
    func isSame(as other: stat) throws -> Bool {
        var status = stat()
        guard fstat(raw, &status) == 0 else { throw FileFault("look at a file") }
        return status.st_dev == other.st_dev && status.st_ino == other.st_ino
    }

    func sync() throws {
        guard fsync(raw) == 0 else { throw FileFault("flush to the disk") }
    }
}

/// What a file was when it was looked at: another inode, size or time means that somebody has changed it since.
struct FileStamp: Hashable, Sendable, Codable {
    let inode: UInt64
    let size: Int64
    /// Modified, in nanoseconds since 1970.
    let modified: Int64

    init(inode: UInt64, size: Int64, modified: Int64) {
        self.inode = inode
        self.size = size
        self.modified = modified
    }

    /// - Returns: nil when there is nothing of that name, or something that is not a regular file.
    init?(of name: String, in parent: Int32) {
        var status = stat()
        guard fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) == 0, status.st_mode & S_IFMT == S_IFREG else {
            return nil
        }
        inode = UInt64(status.st_ino)
        size = Int64(status.st_size)
        modified = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
    }
}
