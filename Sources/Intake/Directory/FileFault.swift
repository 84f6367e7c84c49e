import Glibc

/// A file call that failed. It names the operation and the configured folder, never a file: a file's name may carry a
/// patient's number.
struct FileFault: Error, CustomStringConvertible {
    let operation: String
    let number: Int32

    /// Takes the number of the call that has just failed.
    init(_ operation: String) {
        self.operation = operation
        number = errno
    }

    init(_ operation: String, number: Int32) {
        self.operation = operation
        self.number = number
    }

    /// Whether it concerns one file and says nothing of the others.
    var isOfOneFile: Bool { [EACCES, EPERM, EXDEV, ELOOP, ENOTDIR, ENOENT, ENAMETOOLONG].contains(number) }

    var description: String { "\(operation): \(String(cString: strerror(number)))" }
}
