/// A pattern over event types, as a consumer's `events` names them: `*` stands for any run of characters, everything
/// else for itself. `booking-*` is every event of a booking, `booking-booked-1` one type of one version.
package struct EventPattern: Sendable, Hashable, CustomStringConvertible {
    package let text: String

    package init(_ text: String) { self.text = text }

    package var description: String { text }

    package func matches(_ type: EventType) -> Bool { matches(type.rawValue) }

    /// Matches the text of a CloudEvents `type`. It takes time in proportion to both lengths multiplied, whatever is in
    /// them.
    package func matches(_ type: String) -> Bool {
        let pattern = Array(text.utf8)
        let subject = Array(type.utf8)
        var inPattern = 0
        var inSubject = 0
        // Where the last star stood and what it had taken: going back to an earlier star can never help.
        var retry: (pattern: Int, subject: Int)?
        while inSubject < subject.count {
            if inPattern < pattern.count, pattern[inPattern] == UInt8(ascii: "*") {
                retry = (inPattern, inSubject)
                inPattern += 1
            } else if inPattern < pattern.count, pattern[inPattern] == subject[inSubject] {
                inPattern += 1
                inSubject += 1
            } else if let star = retry {
                inPattern = star.pattern + 1
                inSubject = star.subject + 1
                retry = (star.pattern, star.subject + 1)
            } else {
                return false
            }
        }
        return pattern[inPattern...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
