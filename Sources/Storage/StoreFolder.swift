#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The folder a file of the store lies in.
struct StoreFolder {
    private let path: String

    init(of file: String) {
        guard let slash = file.lastIndex(of: "/") else {
            path = "."
            return
        }
        path = slash == file.startIndex ? "/" : String(file[..<slash])
    }

    /// Makes new names in it durable.
    func sync() throws {
        let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else {
            throw StoreFault(systemError: errno, operation: "open folder", place: path)
        }
        defer { close(folder) }
        guard fsync(folder) == 0 else {
            throw StoreFault(systemError: errno, operation: "sync folder", place: path)
        }
    }

    /// Makes an empty file that only its owner may read, unless it exists.
    func makePrivateFile(_ file: String) throws {
        let made = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard made >= 0 else {
            throw StoreFault(systemError: errno, operation: "make database", place: file)
        }
        close(made)
        try sync()
    }
}
