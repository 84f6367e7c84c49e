import struct Foundation.Data
import class Foundation.FileHandle

/// Prints a result, without a line end of its own.
func printResult(_ bytes: [UInt8]) {
    try? FileHandle.standardOutput.write(contentsOf: Data(bytes))
}

func printResult(_ text: String) { printResult(Array(text.utf8)) }
