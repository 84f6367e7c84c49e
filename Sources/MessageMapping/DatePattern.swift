/// Dates that are written otherwise than in ISO 8601.
enum DatePattern {
    /// Reads a text by a pattern of `dd`, `MM`, `yyyy`, `HH`, `mm`, `ss` and other characters that stand for themselves.
    /// - Returns: the ISO form, as precise as the pattern; nil when the text does not fit.
    static func read(_ text: String, _ pattern: String) -> String? {
        var fields: [Character: String] = [:]
        var rest = text[...]
        for letter in pattern {
            guard let character = rest.popFirst() else { return nil }
            if "dMyHms".contains(letter) {
                guard character.isASCII, character.isNumber else { return nil }
                fields[letter, default: ""].append(character)
            } else if character != letter {
                return nil
            }
        }
        guard rest.isEmpty, let year = fields["y"], year.count == 4 else { return nil }
        guard let month = fields["M"] else { return year }
        guard let day = fields["d"] else { return "\(year)-\(month)" }
        guard let hour = fields["H"], let minute = fields["m"] else { return "\(year)-\(month)-\(day)" }
        return "\(year)-\(month)-\(day)T\(hour):\(minute):\(fields["s"] ?? "00")"
    }

    /// HL7's `YYYY[MM[DD[HHmm[ss]]]]` with an optional fraction and offset (HL7 v3 datatypes, TS).
    static func iso(hl7 text: String) -> String? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let rest = text.dropFirst(digits.count).drop { $0 == "." || ($0.isASCII && $0.isNumber) }
        func part(_ start: Int, _ length: Int) -> Substring { digits.dropFirst(start).prefix(length) }
        var iso = String(part(0, 4))
        switch digits.count {
        case 4: break
        case 6: iso += "-\(part(4, 2))"
        case 8: iso += "-\(part(4, 2))-\(part(6, 2))"
        case 10: iso += "-\(part(4, 2))-\(part(6, 2))T\(part(8, 2)):00:00"
        case 12: iso += "-\(part(4, 2))-\(part(6, 2))T\(part(8, 2)):\(part(10, 2)):00"
        case 14...17: iso += "-\(part(4, 2))-\(part(6, 2))T\(part(8, 2)):\(part(10, 2)):\(part(12, 2))"
        default: return nil
        }
        guard !rest.isEmpty else { return iso }
        guard digits.count >= 10, rest.count == 5, rest.first == "+" || rest.first == "-" else { return nil }
        return iso + rest.prefix(3) + ":" + rest.suffix(2)
    }
}
