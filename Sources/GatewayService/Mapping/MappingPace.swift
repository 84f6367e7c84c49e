import CanonicalModel
package import Interpretation
import MessageMapping

/// How fast messages are read and written again, for one core: what `hatchway map --repeat` says.
package struct MappingPace: CustomStringConvertible {
    private var messages = 0
    private var bytes = 0
    private var time = Duration.zero

    package init() {}

    /// Reads a body many times and writes each time what it says.
    /// - Returns: the last reading.
    package mutating func measure(
        _ file: MessageFile, _ body: MessageBody, with reader: MessageReader, acceptedAt: String, times: Int
    ) -> FileReading {
        let start = ContinuousClock.now
        var last = FileReading.read(file, body, with: reader, acceptedAt: acceptedAt)
        for turn in 0..<times {
            if turn > 0 { last = FileReading.read(file, body, with: reader, acceptedAt: acceptedAt) }
            if case .read(let mapped) = last.reading { _ = CanonicalJSONWriter.write(mapped.message) }
        }
        time += ContinuousClock.now - start
        messages += times
        bytes += times * body.bytes.count
        return last
    }

    package var description: String {
        let seconds = max(time / .seconds(1), 1e-9)
        let rate = Double(messages) / seconds
        let volume = Double(bytes) / seconds / 1_000_000
        return "\(messages) messages in \(Self.rounded(seconds)) s: \(Self.rounded(rate)) messages/s, "
            + "\(Self.rounded(volume)) MB/s"
    }

    private static func rounded(_ value: Double) -> String {
        value >= 100 ? String(Int(value.rounded())) : String((value * 100).rounded() / 100)
    }
}
