import struct Foundation.Date

/// How the database writes a time: whole microseconds since 1970, UTC.
enum StoredTime {
    /// A time that no microsecond count can hold becomes the nearest that one can.
    static func encode(_ date: Date) -> Int64 {
        let microseconds = (date.timeIntervalSince1970 * 1_000_000).rounded()
        if microseconds.isNaN { return 0 }
        return Int64(exactly: microseconds) ?? (microseconds < 0 ? .min : .max)
    }

    static func decode(_ microseconds: Int64) -> Date {
        Date(timeIntervalSince1970: Double(microseconds) / 1_000_000)
    }
}
