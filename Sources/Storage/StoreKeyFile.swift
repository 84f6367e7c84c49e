#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The file that holds the store's key: `<database>.key`, 32 random bytes, readable by its owner alone.
struct StoreKeyFile {
    static let length = 32

    private let path: String
    private let database: String

    init(database: String) {
        self.database = database
        path = database + ".key"
    }

    /// Reads the key, or makes one when there is neither a key nor a database yet. The caller holds the store's lock.
    /// - Throws: ``StoreFault``, among others when a database exists whose key is missing.
    func obtain() throws -> [UInt8] {
        if let key = try read() { return key }
        guard try !databaseExists() else {
            throw StoreFault(
                operation: "read store key", place: path,
                hint: "the database exists but its key does not; restore the key file from the same backup")
        }
        try create()
        guard let key = try read() else {
            throw StoreFault(operation: "read store key", place: path, hint: "it vanished after it was made")
        }
        return key
    }

    private func databaseExists() throws -> Bool {
        var status = stat()
        if stat(database, &status) == 0 { return status.st_size > 0 }
        guard errno == ENOENT else {
            throw StoreFault(systemError: errno, operation: "look for database", place: database)
        }
        return false
    }

    private func read() throws -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 else {
            if errno == ENOENT { return nil }
            throw StoreFault(systemError: errno, operation: "read store key", place: path)
        }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else {
            throw StoreFault(systemError: errno, operation: "read store key", place: path)
        }
        guard status.st_mode & 0o077 == 0 else {
            throw StoreFault(
                operation: "read store key", place: path, hint: "others may read it; set its mode to 0600")
        }
        // One byte more than a key has, to notice a file that is too long.
        var bytes = [UInt8](repeating: 0, count: Self.length + 1)
        let count = bytes.withUnsafeMutableBytes { fill(file, $0) }
        guard count == Self.length else {
            throw StoreFault(
                operation: "read store key", place: path, hint: "it is damaged; restore it from a backup")
        }
        return Array(bytes.prefix(Self.length))
    }

    private func fill(_ file: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
        var count = 0
        while count < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
            let got = readBytes(file, rest)
            if got <= 0 { break }
            count += got
        }
        return count
    }

    private func readBytes(_ file: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
        #if canImport(Glibc)
            Glibc.read(file, buffer.baseAddress, buffer.count)
        #else
            Darwin.read(file, buffer.baseAddress, buffer.count)
        #endif
    }

    /// Writes under another name and renames, so that a crash leaves a whole key or none.
    private func create() throws {
        let partial = path + ".part"
        unlink(partial)
        let file = open(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else {
            throw StoreFault(systemError: errno, operation: "make store key", place: path)
        }
        defer { close(file) }
        var random = SystemRandomNumberGenerator()
        let key = (0..<Self.length).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        let written = key.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
        guard written == key.count, fsync(file) == 0, rename(partial, path) == 0 else {
            throw StoreFault(systemError: errno, operation: "make store key", place: path)
        }
        try StoreFolder(of: path).sync()
    }
}
