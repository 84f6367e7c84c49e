/// Durations as the configuration writes them: a whole number and one of `ms`, `s`, `m`, `h`, `d`.
package enum DurationText {
    /// - Returns: nil when the text is not such a duration or is longer than a hundred years.
    package static func parse(_ text: some StringProtocol) -> Duration? {
        guard let (number, unit) = UnitText.split(text) else { return nil }
        let milliseconds: Int64
        switch unit {
        case "ms": milliseconds = 1
        case "s": milliseconds = 1000
        case "m": milliseconds = 60_000
        case "h": milliseconds = 3_600_000
        case "d": milliseconds = 86_400_000
        default: return nil
        }
        let (product, overflow) = number.multipliedReportingOverflow(by: milliseconds)
        guard !overflow, product <= 36525 * 86_400_000 else { return nil }
        return .milliseconds(product)
    }
}

/// Sizes as the configuration writes them: a whole number and one of `B`, `KiB`, `MiB`, `GiB`.
package enum SizeText {
    /// - Returns: bytes, or nil when the text is not such a size.
    package static func parse(_ text: some StringProtocol) -> Int? {
        guard let (number, unit) = UnitText.split(text) else { return nil }
        let bytes: Int64
        switch unit {
        case "B": bytes = 1
        case "KiB": bytes = 1 << 10
        case "MiB": bytes = 1 << 20
        case "GiB": bytes = 1 << 30
        default: return nil
        }
        let (product, overflow) = number.multipliedReportingOverflow(by: bytes)
        return overflow ? nil : Int(exactly: product)
    }
}

private enum UnitText {
    static func split(_ text: some StringProtocol) -> (Int64, String)? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard !digits.isEmpty, let number = Int64(digits) else { return nil }
        return (number, String(text.dropFirst(digits.count)))
    }
}
