import CanonicalModel
import FHIRPath

/// Tells whether a constant can stand in a field of the model.
enum ConstantCheck {
    static func problem(_ text: String, _ field: ShapeField, _ path: String) -> (message: String, hint: String?)? {
        switch field.type {
        case .oneOf(let list):
            let words = CanonicalShapes.closedLists[list]
            return words.contains(text) ? nil : unknown(text, among: words, path)
        case .boolean: return text == "true" || text == "false" ? nil : ("\(path) is true or false", nil)
        case .integer:
            return isNumber(text, NumberText.isInteger) ? nil : ("\(path) is a whole number", nil)
        case .decimal: return isNumber(text, NumberText.isDecimal) ? nil : ("\(path) is a number", nil)
        case .dateTime: return PartialDate(text) != nil ? nil : ("\(path) is a date", "for instance 2026-07-02")
        case .instant:
            return PartialDate(text).map { $0.precision >= .minute } ?? false
                ? nil : ("\(path) is a moment", "for instance 2026-07-02T09:20:00Z")
        case .string, .uri, .digest, .object: return nil
        }
    }

    static func unknown(_ word: String, among words: [String], _ path: String) -> (message: String, hint: String?) {
        (
            "\(path) has no value \(word)",
            NearestName.suggestion(for: word, among: words).map { "did you mean \($0)?" }
                ?? words.joined(separator: ", ")
        )
    }

    private static func isNumber(_ text: String, _ isRight: (UnsafeRawBufferPointer) -> Bool) -> Bool {
        Array(text.utf8).withUnsafeBytes(isRight)
    }
}
