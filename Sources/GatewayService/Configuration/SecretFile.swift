import Glibc

/// Reads a secret from its file. What it returns is never printed.
package enum SecretFile {
    /// - Returns: the content without white space around it, or nil when it cannot be read, is over 64 KiB or is not
    ///   UTF-8.
    package static func read(_ path: String) -> String? {
        guard let bytes = SmallFile.read(path, limit: 64 << 10) else { return nil }
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        let trimmed = text.drop(while: \.isWhitespace)
        return String(trimmed.reversed().drop(while: \.isWhitespace).reversed())
    }
}

/// Reads files that are small by nature.
enum SmallFile {
    /// - Returns: nil when the file cannot be read or is longer than `limit` bytes.
    static func read(_ path: String, limit: Int) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var content: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { return content }
            content.append(contentsOf: chunk[..<count])
            guard content.count <= limit else { return nil }
        }
    }
}
