package import struct Foundation.Date

/// Writes and reads FHIR instants: full date and time with an offset.
package enum InstantText {
    /// A moment in UTC with whole seconds, `2026-11-21T09:00:00Z`.
    package static func format(_ date: Date) -> String {
        let seconds = Int(date.timeIntervalSince1970.rounded(.down))
        let day = Int((Double(seconds) / 86_400).rounded(.down))
        let rest = seconds - day * 86_400
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
        return "\(CivilDate(daysSince1970: day))T\(two(rest / 3600)):\(two(rest / 60 % 60)):\(two(rest % 60))Z"
    }

    /// - Returns: nil when the text is no full time with an offset. Fractions of a second are cut.
    package static func date(_ text: String) -> Date? {
        guard let parsed = PartialDate(text), let offset = parsed.offsetMinutes, let day = parsed.civilDate else {
            return nil
        }
        let minutes = parsed.hour * 60 + parsed.minute - offset
        return Date(timeIntervalSince1970: Double(day.daysSince1970 * 86_400 + minutes * 60 + parsed.second))
    }
}
