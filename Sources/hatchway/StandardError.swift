import struct Foundation.Data
import class Foundation.FileHandle

/// Prints a line to standard error: results alone go to standard output.
func say(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data("hatchway: \(text)\n".utf8))
}
