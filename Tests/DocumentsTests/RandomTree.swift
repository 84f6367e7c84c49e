/// SplitMix64: the same numbers for the same seed, on every machine.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

/// A tree that can be written in both languages, with the outline that each should read back as.
indirect enum RandomTree {
    case text(String)
    case members([(name: String, values: [RandomTree])])

    private static let names = ["a", "item", "Appointment", "x-y", "_z", "é", "Items.List", "b2"]
    private static let characters = Array("ab Z09<>&\"'\\/é€😀\n\t]{}:,;%")

    static func make(depth: Int, using random: inout SeededGenerator) -> RandomTree {
        guard depth > 0, Int.random(in: 0..<4, using: &random) > 0 else {
            // A letter at the start, so that the text is never white space alone.
            let count = Int.random(in: 0..<12, using: &random)
            return .text(
                "t" + String((0..<count).map { _ in characters[Int.random(in: 0..<characters.count, using: &random)] }))
        }
        return .members(
            names.shuffled(using: &random).prefix(Int.random(in: 1..<5, using: &random)).map { name in
                let count = Int.random(in: 1..<4, using: &random)
                return (name, (0..<count).map { _ in make(depth: depth - 1, using: &random) })
            })
    }

    func xml(name: String) -> String {
        switch self {
        case .text(let text): "<\(name)>\(text.map(Self.xmlEscape).joined())</\(name)>"
        case .members(let members):
            "<\(name)>\n"
                + members.flatMap { member in member.values.map { $0.xml(name: member.name) } }.joined(separator: " ")
                + "</\(name)>"
        }
    }

    func json(isPretty: Bool) -> String {
        let gap = isPretty ? "\n " : ""
        switch self {
        case .text(let text): return "\"\(text.unicodeScalars.map(Self.jsonEscape).joined())\""
        case .members(let members):
            let written = members.map { name, values in
                let written = values.map { $0.json(isPretty: isPretty) }
                return "\"\(name)\"\(gap):"
                    + (written.count == 1 ? written[0] : "[" + written.joined(separator: "," + gap) + "]")
            }
            return "{" + written.joined(separator: gap + ",") + gap + "}"
        }
    }

    func xmlOutline(name: String) -> String { outline(name: name, textMark: "") { $0.xmlOutline(name: $1) } }

    func jsonOutline(name: String) -> String { outline(name: name, textMark: "'") { $0.jsonOutline(name: $1) } }

    private func outline(name: String, textMark: String, inside: (RandomTree, String) -> String) -> String {
        switch self {
        case .text(let text): textMark + name + "=" + text
        case .members(let members):
            name + "("
                + members.flatMap { member in member.values.map { inside($0, member.name) } }.joined(separator: " ")
                + ")"
        }
    }

    private static func xmlEscape(_ character: Character) -> String {
        switch character {
        case "<": "&lt;"
        case "&": "&#38;"
        case ">": "&gt;"
        case "é": "&#xE9;"
        case "Z": "<![CDATA[Z]]>"
        default: String(character)
        }
    }

    private static func jsonEscape(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\"": "\\\""
        case "\\": "\\\\"
        case "\n": "\\n"
        case "\t": "\\t"
        case "😀": "\\ud83d\\uDE00"
        default: String(scalar)
        }
    }
}
