/// Decides when a file is complete: when it has not been modified for the settle time, by its own date, or has looked
/// the same for so long, whatever its date says (a sender's clock may be wrong).
struct SettlePolicy: Sendable {
    private struct Sighting {
        let stamp: FileStamp
        let first: Int64
    }

    /// Nanoseconds.
    private let settle: Int64
    /// Files that were not complete when last looked at. Only the last look's are kept.
    private var before: [String: Sighting] = [:]
    private var now: [String: Sighting] = [:]

    init(settle: Duration) {
        let parts = settle.components
        self.settle = min(parts.seconds, 86_400) * 1_000_000_000 + parts.attoseconds / 1_000_000_000
    }

    /// Looks at a file, named by its path in the folder, at a time in nanoseconds since 1970.
    mutating func isComplete(_ path: String, _ stamp: FileStamp, at time: Int64) -> Bool {
        if stamp.modified <= time - settle { return true }
        var sighting = Sighting(stamp: stamp, first: time)
        if let earlier = before[path], earlier.stamp == stamp { sighting = earlier }
        if sighting.first <= time - settle { return true }
        now[path] = sighting
        return false
    }

    /// Ends a look at the folder: what was not seen in it is forgotten.
    mutating func endLook() {
        before = now
        now = [:]
    }
}
