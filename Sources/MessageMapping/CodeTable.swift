/// A table from a source's words to the model's, read from `Mappings/codes/NAME.csv`.
///
/// The first line is `source,target,display`. Words are compared exactly; a row whose source is `*` takes every other
/// word. Values with a comma are written between double quotes (RFC 4180).
package struct CodeTable: Sendable {
    package struct Row: Sendable {
        package let target: String
        package let display: String
        package let line: Int
    }

    package let name: String
    package let file: String
    package let rows: [String: Row]

    /// - Throws: ``MappingFindings`` with every line that cannot be read.
    package init(name: String, file: String, text: String) throws(MappingFindings) {
        var rows: [String: Row] = [:]
        var findings: [MappingFinding] = []
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        if lines.first.map({ Self.cells($0) }) != ["source", "target", "display"] {
            findings.append(
                MappingFinding(file: file, line: 1, "the first line is not `source,target,display`"))
        }
        for (index, line) in lines.enumerated().dropFirst() where !line.allSatisfy(\.isWhitespace) {
            let cells = Self.cells(line)
            guard cells.count == 3, !cells[0].isEmpty, !cells[1].isEmpty else {
                findings.append(
                    MappingFinding(file: file, line: index + 1, "not three cells", hint: "source,target,display"))
                continue
            }
            guard rows[cells[0]] == nil else {
                findings.append(
                    MappingFinding(
                        file: file, line: index + 1, "no one can reach this row",
                        hint: "an earlier row has the same source"))
                continue
            }
            rows[cells[0]] = Row(target: cells[1], display: cells[2], line: index + 1)
        }
        guard findings.isEmpty else { throw MappingFindings(findings: findings) }
        self.name = name
        self.file = file
        self.rows = rows
    }

    /// The source of the row that takes every other word.
    package static let wildcard = "*"

    package func target(of source: String) -> String? { (rows[source] ?? rows[Self.wildcard])?.target }

    private static func cells(_ line: Substring) -> [String] {
        var cells: [String] = []
        var cell = ""
        var isQuoted = false
        var rest = line[...]
        while let character = rest.popFirst() {
            switch character {
            case "\"" where isQuoted && rest.first == "\"":
                cell.append("\"")
                rest.removeFirst()
            case "\"": isQuoted.toggle()
            case "," where !isQuoted:
                cells.append(cell)
                cell = ""
            default: cell.append(character)
            }
        }
        return cells + [cell]
    }
}
