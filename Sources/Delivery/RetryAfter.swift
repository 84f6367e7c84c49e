import CanonicalModel
import Foundation

/// Reads the header `Retry-After` (RFC 9110, section 10.2.3): seconds, or a date in any of the three forms that
/// section 5.6.7 makes a recipient accept.
enum RetryAfter {
    /// A longer wait is cut to this: the value is the consumer's, the patience is ours.
    static let longest: Duration = .seconds(3600)

    /// - Returns: nil when it is neither; zero for a date that has passed.
    static func delay(_ text: String, now: Date) -> Duration? {
        let text = text.trimmingCharacters(in: .whitespaces)
        if !text.isEmpty, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) {
            // More digits than a number holds is more than the longest wait.
            return min(.seconds(Int64(text) ?? .max / 2), longest)
        }
        guard let date = date(text, now: now) else { return nil }
        let seconds = date.timeIntervalSince(now)
        return min(.milliseconds(Int64(max(0, min(seconds, 1e9)) * 1000)), longest)
    }

    /// An HTTP-date: `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT` or `Sun Nov  6 08:49:37 1994`.
    static func date(_ text: String, now: Date) -> Date? {
        let words = text.split { $0 == " " || $0 == "," || $0 == "-" }.map(String.init)
        if words.count == 6, words[5] == "GMT" {
            let isShort = words[3].utf8.count == 2
            guard let year = Int(words[3]) else { return nil }
            return assemble(
                day: words[1], month: words[2], year: isShort ? fullYear(year, now: now) : year, time: words[4])
        }
        if words.count == 5, let year = Int(words[4]) {
            return assemble(day: words[2], month: words[1], year: year, time: words[3])
        }
        return nil
    }

    private static func assemble(day: String, month: String, year: Int, time: String) -> Date? {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let clock = time.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
        guard let month = months.firstIndex(of: month), let day = Int(day), (1...31).contains(day),
            (1970...9999).contains(year), clock.count == 3,
            let hour = clock[0], let minute = clock[1], let second = clock[2],
            (0...23).contains(hour), (0...59).contains(minute), (0...60).contains(second)
        else { return nil }
        let days = CivilDate.daysFromCivil(year: year, month: month + 1, day: day)
        return Date(timeIntervalSince1970: Double(days * 86400 + hour * 3600 + minute * 60 + second))
    }

    /// "A timestamp that appears to be more than 50 years in the future" is of the century before.
    private static func fullYear(_ short: Int, now: Date) -> Int {
        let thisYear = CivilDate(daysSince1970: Int(now.timeIntervalSince1970 / 86400)).year
        let year = thisYear / 100 * 100 + short
        return year > thisYear + 50 ? year - 100 : year
    }
}
