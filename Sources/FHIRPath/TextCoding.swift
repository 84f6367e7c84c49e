import Foundation

/// Writes texts in another form and reads them back (FHIRPath 2.0, *Additional String Functions*).
struct TextCoding {
    private enum Form: String { case hex, base64, urlbase64, html, json }

    private let form: Form
    private let isReading: Bool

    /// nil when a function does not know a form.
    init?(_ function: Function, _ form: String) {
        guard let form = Form(rawValue: form) else { return nil }
        let isEscape = function == .escape || function == .unescape
        guard isEscape == (form == .html || form == .json) else { return nil }
        self.form = form
        isReading = function == .decode || function == .unescape
    }

    /// nil when a text to read is not in the form.
    func apply(to text: String) -> String? {
        switch (form, isReading) {
        case (.hex, false): return Self.hex(text.utf8)
        case (.hex, true): return Self.unhex(text)
        case (.base64, false): return Data(text.utf8).base64EncodedString()
        case (.urlbase64, false): return Self.swapped(Data(text.utf8).base64EncodedString(), "+/", "-_")
        case (.base64, true): return Self.decoded(text)
        case (.urlbase64, true): return Self.decoded(Self.swapped(text, "-_", "+/"))
        case (.html, false): return Self.escapedHTML(text)
        case (.html, true): return Self.unescapedHTML(text)
        case (.json, false): return String(decoding: ValueJSONWriter.text(text).dropFirst().dropLast(), as: UTF8.self)
        case (.json, true): return Self.unescapedJSON(text)
        }
    }

    private static func hex(_ bytes: String.UTF8View) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static func unhex(_ text: String) -> String? {
        let digits = Array(text.utf8)
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard digits[index] != UInt8(ascii: "+"), digits[index] != UInt8(ascii: "-"),
                let byte = UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16)
            else { return nil }
            bytes.append(byte)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func decoded(_ text: String) -> String? {
        var text = text
        while !text.utf8.count.isMultiple(of: 4) { text += "=" }
        return Data(base64Encoded: text).flatMap { String(validating: $0, as: UTF8.self) }
    }

    private static func swapped(_ text: String, _ from: String, _ into: String) -> String {
        let table = Dictionary(zip(from, into), uniquingKeysWith: { first, _ in first })
        return String(text.map { table[$0] ?? $0 })
    }

    private static let entities: [(Character, String)] = [
        ("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\"", "&quot;"), ("'", "&#39;"),
    ]

    private static func escapedHTML(_ text: String) -> String {
        text.map { character in entities.first { $0.0 == character }?.1 ?? String(character) }.joined()
    }

    private static func unescapedHTML(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let start = rest.firstIndex(of: "&") {
            result += rest[..<start]
            rest = rest[start...]
            guard let end = rest.prefix(12).firstIndex(of: ";") else {
                result += "&"
                rest = rest.dropFirst()
                continue
            }
            let entity = rest[...end]
            result += character(String(entity)) ?? String(entity)
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }

    private static func character(_ entity: String) -> String? {
        if let known = entities.first(where: { $0.1 == entity }) { return String(known.0) }
        if entity == "&apos;" { return "'" }
        if entity == "&nbsp;" { return "\u{A0}" }
        guard entity.hasPrefix("&#") else { return nil }
        let digits = entity.dropFirst(2).dropLast()
        let isHex = digits.first == "x" || digits.first == "X"
        let code = isHex ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        return code.flatMap(Unicode.Scalar.init).map { String(Character($0)) }
    }

    private static func unescapedJSON(_ text: String) -> String? {
        var result = ""
        var units: [UInt16] = []
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            guard scalar == "\\", let letter = rest.popFirst() else {
                units += String(Character(scalar)).utf16
                continue
            }
            switch letter {
            case "n": units.append(0x0A)
            case "r": units.append(0x0D)
            case "t": units.append(0x09)
            case "f": units.append(0x0C)
            case "b": units.append(0x08)
            case "u":
                guard let unit = UInt16(String(String.UnicodeScalarView(rest.prefix(4))), radix: 16) else { return nil }
                units.append(unit)
                rest = rest.dropFirst(4)
            default: units += String(Character(letter)).utf16
            }
        }
        result = String(decoding: units, as: UTF16.self)
        return result
    }
}
