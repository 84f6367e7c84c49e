import CanonicalModel

/// The SNOMED CT concepts that are not shared with organisations, read from the operator's file: licensed content, of
/// which the project ships none.
///
/// A file is a simple refset in Release Format 2 (SNOMED International, *Release File Specifications*, 5.2.1: tab
/// separated, `id effectiveTime active moduleId refsetId referencedComponentId`), or a list with a code at the start of
/// each line, in which empty lines and those that begin with `#` do not count.
package struct SensitiveCodes: Sendable, Equatable {
    /// The four refsets whose members rule 9 withholds.
    package static let refsets = [
        "999004351000000109", "999004361000000107", "999004371000000100", "999004381000000103",
    ]
    /// As many members as are taken; no release comes near.
    private static let limit = 5_000_000

    package let codes: Set<String>

    package init(codes: Set<String>) { self.codes = codes }

    /// What is wrong with a file, for its operator.
    package enum Fault: Error, Equatable, CustomStringConvertible {
        /// The line holds no code with a right check digit.
        case notACode(line: Int)
        case tooMany
        /// It has no row of this refset that is active.
        case withoutRefset(String)
        case empty

        package var description: String {
            switch self {
            case .notACode(let line): "line \(line) does not begin with a SNOMED CT code"
            case .tooMany: "holds more codes than any release"
            case .withoutRefset(let refset): "holds no active member of the refset \(refset)"
            case .empty: "holds no code"
            }
        }
    }

    /// Reads files together: what one lacks another may have.
    package init(files: [String]) throws(Fault) {
        var codes: Set<String> = []
        var refsets: Set<String> = []
        var isRelease = false
        for file in files {
            let lines = file.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            if lines.first.map(Self.isHeader) == true {
                isRelease = true
                try Self.read(lines, into: &codes, &refsets)
            } else {
                try Self.readList(lines, into: &codes)
            }
            if codes.count > Self.limit { throw .tooMany }
        }
        if isRelease, let missing = Self.refsets.first(where: { !refsets.contains($0) }) {
            throw .withoutRefset(missing)
        }
        if codes.isEmpty { throw .empty }
        self.codes = codes
    }

    private static func isHeader(_ line: Substring) -> Bool {
        let cells = cells(line)
        return cells.count >= 6 && cells[4] == "refsetId" && cells[5] == "referencedComponentId"
    }

    private static func cells(_ line: Substring) -> [Substring] {
        line.split(separator: "\t", omittingEmptySubsequences: false)
    }

    /// A full release holds every version of a row: the latest says whether it is a member.
    private static func read(
        _ lines: [Substring], into codes: inout Set<String>, _ refsets: inout Set<String>
    ) throws(Fault) {
        var latest: [Substring: (time: Substring, isActive: Bool, refset: String, code: String)] = [:]
        for (index, line) in lines.enumerated().dropFirst() where !line.isEmpty {
            let cells = cells(line)
            guard cells.count >= 6, let code = SNOMEDCode(cells[5]) else { throw .notACode(line: index + 1) }
            guard Self.refsets.contains(String(cells[4])) else { continue }
            if let known = latest[cells[0]], known.time > cells[1] { continue }
            latest[cells[0]] = (cells[1], cells[2] == "1", String(cells[4]), code.rawValue)
        }
        for row in latest.values where row.isActive {
            codes.insert(row.code)
            refsets.insert(row.refset)
        }
    }

    private static func readList(_ lines: [Substring], into codes: inout Set<String>) throws(Fault) {
        for (index, line) in lines.enumerated() {
            let word = line.prefix { !$0.isWhitespace && $0 != "," && $0 != ";" && $0 != "|" }
            if word.isEmpty && line.allSatisfy(\.isWhitespace) || word.hasPrefix("#") { continue }
            guard let code = SNOMEDCode(word) else { throw .notACode(line: index + 1) }
            codes.insert(code.rawValue)
        }
    }
}
