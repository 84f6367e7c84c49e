/// Choices that are the same in every run (SplitMix64).
struct SeededChoice: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    mutating func one(of texts: [String]) -> String { texts[number(0...(texts.count - 1))] }

    /// A number with leading zeros.
    mutating func digits(_ range: ClosedRange<Int>, _ width: Int = 2) -> String { Self.padded(number(range), width) }

    /// A day that every month has.
    mutating func date(year: ClosedRange<Int>) -> String { "\(number(year))-\(digits(1...12))-\(digits(1...28))" }

    static func padded(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}
