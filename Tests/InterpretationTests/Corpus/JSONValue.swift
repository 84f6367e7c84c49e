import Foundation

/// A JSON text as plain values, for tests that look at messages without the gateway's own readers. What is not there is
/// `null`, so that a path into a message needs no unwrapping.
enum JSONValue: Hashable, Sendable {
    case null
    case number(Double)
    case string(String)
    case list([JSONValue])
    case object([String: JSONValue])

    /// Nil when the bytes are no JSON.
    init?(_ data: Data) {
        guard let value = try? JSONSerialization.jsonObject(with: data, options: [.fragmentsAllowed]) else {
            return nil
        }
        self.init(value)
    }

    private init(_ value: Any) {
        switch value {
        case let text as String: self = .string(text)
        case let members as [Any]: self = .list(members.map { JSONValue($0) })
        case let fields as [String: Any]: self = .object(fields.mapValues { JSONValue($0) })
        case let number as NSNumber: self = .number(number.doubleValue)
        case let flag as Bool: self = .number(flag ? 1 : 0)
        default: self = .null
        }
    }

    subscript(_ name: String) -> JSONValue { fields[name] ?? .null }

    var fields: [String: JSONValue] { if case .object(let fields) = self { fields } else { [:] } }
    var list: [JSONValue] { if case .list(let members) = self { members } else { [] } }
    var string: String? { if case .string(let text) = self { text } else { nil } }
    var isTrue: Bool { self == .number(1) }

    /// A number, or a text that is one.
    var number: Double? {
        switch self {
        case .number(let number): number
        case .string(let text): Double(text)
        default: nil
        }
    }

    /// This object with some of its fields only.
    func keeping(_ names: Set<String>) -> JSONValue { .object(fields.filter { names.contains($0.key) }) }

    /// This object without some of its fields.
    func dropping(_ names: Set<String>) -> JSONValue { .object(fields.filter { !names.contains($0.key) }) }

    /// A time with its zone as seconds since 1970, so that equal instants are equal; anything else as it stands.
    var instant: JSONValue {
        guard let text = string, let seconds = Self.seconds(of: text) else { return self }
        return .number(Double(seconds))
    }

    /// The seconds since 1970 of `YYYY-MM-DDThh:mm:ss`, with or without a fraction, and a zone.
    private static func seconds(of text: String) -> Int? {
        let time = text.prefix(19).split { "-T:".contains($0) }.compactMap { Int($0) }
        let zone = text.dropFirst(19).drop { $0 == "." || $0.isNumber }
        guard text.count > 19, time.count == 6, let offset = offset(of: zone) else { return nil }
        // Days since 1970 in the proleptic Gregorian calendar, counted in years that begin in March.
        let year = time[1] > 2 ? time[0] : time[0] - 1
        let month = (time[1] + 9) % 12
        let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 306 + 5) / 10 + time[2] - 1 - 719_468
        return ((days * 24 + time[3]) * 60 + time[4] - offset) * 60 + time[5]
    }

    /// Minutes ahead of UTC; nil when `zone` is none.
    private static func offset(of zone: Substring) -> Int? {
        if zone == "Z" { return 0 }
        let parts = zone.dropFirst().split(separator: ":").compactMap { Int($0) }
        guard parts.count == 2, let sign = zone.first, "+-".contains(sign) else { return nil }
        return (sign == "-" ? -1 : 1) * (parts[0] * 60 + parts[1])
    }
}
