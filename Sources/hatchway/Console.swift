import Foundation

/// Where commands speak: results on standard output, the rest on standard error.
enum Console {
    static func say(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data("hatchway: \(text)\n".utf8))
    }

    static func result(_ bytes: [UInt8]) {
        try? FileHandle.standardOutput.write(contentsOf: Data(bytes))
    }

    static func result(_ text: String) { result(Array(text.utf8)) }
}
