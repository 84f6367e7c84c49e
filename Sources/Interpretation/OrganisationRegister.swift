package import CanonicalModel

/// The organisations that exist, from the operator's file: comma-separated lines as the Organisation Data Service publishes
/// them (27 columns without a heading: the code first, the dates of opening and closing in columns 11 and 12), or of a
/// code alone or with these two dates. Dates are `YYYYMMDD` or `YYYY-MM-DD`.
package struct OrganisationRegister: Sendable, Equatable {
    private struct Life: Equatable {
        let opened: CivilDate?
        let closed: CivilDate?
    }

    /// A line that cannot be read.
    package struct Fault: Error, Equatable, CustomStringConvertible {
        package let line: Int

        package init(line: Int) { self.line = line }

        package var description: String { "line \(line) is not an organisation's code with its dates" }
    }

    private let organisations: [String: [Life]]

    package var count: Int { organisations.count }

    package init(_ text: String) throws(Fault) {
        var organisations: [String: [Life]] = [:]
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let cells = Self.cells(line)
            guard let first = cells.first, !first.isEmpty, !first.hasPrefix("#") else { continue }
            guard let code = ODSCode(first) else { throw Fault(line: index + 1) }
            let columns = cells.count >= 12 ? (opened: 10, closed: 11) : (opened: 1, closed: 2)
            let dates = [columns.opened, columns.closed].map { cells.indices.contains($0) ? cells[$0] : "" }
            let days = dates.map(Self.day)
            guard zip(dates, days).allSatisfy({ $0.isEmpty || $1 != nil }) else { throw Fault(line: index + 1) }
            organisations[code.rawValue, default: []].append(Life(opened: days[0], closed: days[1]))
        }
        self.organisations = organisations
    }

    /// Whether the organisation existed on a day; on the day it closed it still did.
    package func hasOrganisation(_ code: String, on day: CivilDate) -> Bool {
        (organisations[code] ?? []).contains { life in
            (life.opened.map { $0 <= day } ?? true) && (life.closed.map { day <= $0 } ?? true)
        }
    }

    /// The cells of a line (RFC 4180); a line break inside quotes does not occur in these files.
    private static func cells(_ line: Substring) -> [String] {
        var cells = [""]
        var isQuoted = false
        for character in line {
            switch character {
            case "\"": isQuoted.toggle()
            case "," where !isQuoted: cells.append("")
            default: cells[cells.count - 1].append(character)
            }
        }
        return cells
    }

    private static func day(_ text: String) -> CivilDate? {
        let digits = text.filter { $0 != "-" }
        guard digits.count == 8, let number = Int(digits) else { return nil }
        return CivilDate(year: number / 10_000, month: number / 100 % 100, day: number % 100)
    }
}
