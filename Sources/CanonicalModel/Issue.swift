/// Something that a reader of the message should know: a value that could not be read, a word that is not on a closed
/// list, items left out. It carries place and code, never a value from the message.
package struct Issue: Sendable, Hashable {
    package enum Severity: String, Sendable { case error, warning, information }

    package var severity: Severity
    /// A stable code in lower case and hyphens, for instance `date-unreadable`.
    package var code: String
    /// Where in the source: a path of names and positions.
    package var path: String?
    /// The canonical field concerned, for instance `bookings.start`.
    package var target: String?
    package var count: Int?

    package init(
        _ severity: Severity, _ code: String, path: String? = nil, target: String? = nil, count: Int? = nil
    ) {
        self.severity = severity
        self.code = code
        self.path = path
        self.target = target
        self.count = count
    }
}
