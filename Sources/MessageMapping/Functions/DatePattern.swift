/// Dates that are written otherwise than in ISO 8601.
enum DatePattern {
    /// Reads a text by a pattern in the notation of Unicode (UTS 35, *Date Format Patterns*): `yyyy`; `M`, `MM`, `MMM` (Jan)
    /// or `MMMM` (January); `d` or `dd`; `H` or `HH`; `m` or `mm`; `s` or `ss`. A single letter takes one digit or two.
    /// What stands between apostrophes, and every other character, stands for itself.
    /// - Returns: the ISO form, as precise as the pattern; nil when the text does not fit.
    static func read(_ text: String, _ pattern: String) -> String? {
        var fields: [Character: Int] = [:]
        var rest = text[...]
        var pattern = pattern[...]
        while let letter = pattern.first {
            if letter == "'" {
                guard takeQuoted(&pattern, from: &rest) else { return nil }
                continue
            }
            let run = pattern.prefix { $0 == letter }
            guard "dMyHms".contains(letter) else {
                guard rest.popFirst() == letter else { return nil }
                pattern.removeFirst()
                continue
            }
            pattern.removeFirst(run.count)
            guard let value = letter == "M" && run.count > 2 ? month(&rest) : number(&rest, run.count) else {
                return nil
            }
            fields[letter] = value
        }
        return rest.isEmpty ? iso(fields) : nil
    }

    private static func takeQuoted(_ pattern: inout Substring, from text: inout Substring) -> Bool {
        pattern.removeFirst()
        let quoted = pattern.prefix { $0 != "'" }
        pattern = pattern.dropFirst(quoted.count + 1)
        // Two apostrophes are one.
        let wanted = quoted.isEmpty ? "'" : quoted
        guard text.hasPrefix(wanted) else { return false }
        text.removeFirst(wanted.count)
        return true
    }

    /// As many digits as the pattern has letters; one letter takes two where there are two.
    private static func number(_ text: inout Substring, _ width: Int) -> Int? {
        let digits = text.prefix(width == 1 ? 2 : width).prefix { $0.isASCII && $0.isNumber }
        guard !digits.isEmpty, width == 1 || digits.count == width else { return nil }
        text.removeFirst(digits.count)
        return Int(digits)
    }

    /// An English name of a month, whole or its first three letters.
    private static func month(_ text: inout Substring) -> Int? {
        let word = text.prefix { $0.isASCII && $0.isLetter }.lowercased()
        guard
            let index = months.firstIndex(where: {
                $0 == word || $0.prefix(3) == word || (word == "sept" && $0 == "september")
            })
        else { return nil }
        text.removeFirst(word.count)
        return index + 1
    }

    private static let months = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december",
    ]

    private static func iso(_ fields: [Character: Int]) -> String? {
        guard let year = fields["y"], (1000...9999).contains(year) else { return nil }
        guard let month = fields["M"] else { return padded(year, 4) }
        guard let day = fields["d"] else { return "\(padded(year, 4))-\(padded(month))" }
        let date = "\(padded(year, 4))-\(padded(month))-\(padded(day))"
        guard let hour = fields["H"], let minute = fields["m"] else { return date }
        return "\(date)T\(padded(hour)):\(padded(minute)):\(padded(fields["s"] ?? 0))"
    }

    private static func padded(_ number: Int, _ width: Int = 2) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// HL7's `YYYY[MM[DD[HH[mm[ss]]]]]` with an optional fraction, and behind a time an optional offset of hours or of
    /// hours and minutes (HL7 v3 Data Types, *TS*). 17 digits are a time with milliseconds; of 10,
    /// which say an hour, the day is kept.
    static func iso(hl7 text: String) -> String? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        var rest = text.dropFirst(digits.count)
        if rest.first == "." {
            let fraction = rest.dropFirst().prefix { $0.isASCII && $0.isNumber }
            guard digits.count == 14, !fraction.isEmpty else { return nil }
            rest = rest.dropFirst(fraction.count + 1)
        }
        func part(_ start: Int, _ length: Int) -> Substring { digits.dropFirst(start).prefix(length) }
        var iso = String(part(0, 4))
        switch digits.count {
        case 4: break
        case 6: iso += "-\(part(4, 2))"
        case 8: iso += "-\(part(4, 2))-\(part(6, 2))"
        // The model has no hour without minutes, and none are made up.
        case 10: iso += "-\(part(4, 2))-\(part(6, 2))"
        case 12: iso += "-\(part(4, 2))-\(part(6, 2))T\(part(8, 2)):\(part(10, 2)):00"
        case 14...17: iso += "-\(part(4, 2))-\(part(6, 2))T\(part(8, 2)):\(part(10, 2)):\(part(12, 2))"
        default: return nil
        }
        guard !rest.isEmpty else { return iso }
        if rest == "Z", digits.count >= 10 { return digits.count == 10 ? iso : iso + "Z" }
        let offset = rest.dropFirst()
        guard digits.count >= 10, rest.first == "+" || rest.first == "-", offset.count == 2 || offset.count == 4,
            offset.allSatisfy({ $0.isASCII && $0.isNumber })
        else { return nil }
        if digits.count == 10 { return iso }
        return iso + String(rest.prefix(3)) + ":" + (offset.count == 4 ? offset.suffix(2) : "00")
    }
}
