/// String functions (*String Manipulation*): input and arguments are single texts; anything missing yields nothing, any
/// other type is an error. Positions count Unicode scalars.
extension Evaluator {
    func runString(_ step: Step, from mark: Int) {
        if step.function == .join { return runJoin(step, from: mark) }
        guard let input = takeSingle(from: mark), let text = text(input) else { return }
        switch step.function {
        case .upper: push(makeString(text.uppercased()))
        case .lower: push(makeString(text.lowercased()))
        case .trim: push(makeString(trimmed(text)))
        case .length: push(.integer(Int64(text.unicodeScalars.count)))
        case .toChars: for scalar in text.unicodeScalars { push(makeString(String(Character(scalar)))) }
        case .substring: runSubstring(step, text)
        case .encode, .decode, .escape, .unescape:
            guard let form = textArgument(step) else { return }
            guard let coding = TextCoding(step.function, form) else { return report("unknown-format", at: input) }
            if let result = coding.apply(to: text) { push(makeString(result)) }
        case .matches, .matchesFull, .replaceMatches: runPattern(step, text)
        default:
            guard let argument = textArgument(step) else { return }
            runTwoTexts(step, text, argument)
        }
    }

    /// Whether a value is a text: FHIRPath's own or a document's, whose dates are texts too.
    func isText(_ value: Value) -> Bool {
        switch value.kind {
        case .string: true
        case .date, .dateTime, .time: value.isFromDocument
        default: false
        }
    }

    /// A value that must be a text; nil, and reported, when it is none.
    private func text(_ value: Value) -> String? {
        if isText(value) { return string(value) }
        report("not-a-text", at: value)
        return nil
    }

    private func textArgument(_ step: Step, _ index: Int = 0) -> String? {
        argumentValue(step, index).flatMap(text)
    }

    private func runTwoTexts(_ step: Step, _ text: String, _ argument: String) {
        switch step.function {
        case .startsWith: push(.boolean(text.utf8.starts(with: argument.utf8)))
        case .endsWith: push(.boolean(text.utf8.reversed().starts(with: argument.utf8.reversed())))
        case .contains: push(.boolean(ByteSearch.first(argument, in: text) != nil))
        case .indexOf: push(.integer(ByteSearch.first(argument, in: text).map(Int64.init) ?? -1))
        case .lastIndexOf: push(.integer(ByteSearch.last(argument, in: text).map(Int64.init) ?? -1))
        case .split:
            if argument.isEmpty {
                for scalar in text.unicodeScalars { push(makeString(String(Character(scalar)))) }
            } else {
                for part in ByteSearch.split(text, by: argument) { push(makeText(.string, part)) }
            }
        case .replace:
            guard let substitution = textArgument(step, 1) else { return }
            push(makeString(replaced(text, argument, substitution)))
        default: break
        }
    }

    private func trimmed(_ text: String) -> String {
        var slice = text[...]
        while slice.first?.isWhitespace ?? false { slice.removeFirst() }
        while slice.last?.isWhitespace ?? false { slice.removeLast() }
        return String(slice)
    }

    private func runSubstring(_ step: Step, _ text: String) {
        guard let start = wholeArgument(step, 0) else { return }
        var length: Int64?
        if step.c > 1 {
            let before = problems.count
            length = wholeArgument(step, 1)
            if problems.count > before { return }
        }
        let scalars = text.unicodeScalars
        guard start >= 0, start < scalars.count else { return }
        let rest = scalars.dropFirst(Int(start))
        let part = length.map { rest.prefix(Int(max(0, min($0, Int64(rest.count))))) } ?? rest
        push(makeString(String(String.UnicodeScalarView(part))))
    }

    private func wholeArgument(_ step: Step, _ index: Int) -> Int64? {
        guard let value = argumentValue(step, index) else { return nil }
        if value.kind == .integer { return value.number }
        report("wrong-type", at: value)
        return nil
    }

    private func replaced(_ text: String, _ pattern: String, _ substitution: String) -> String {
        if pattern.isEmpty {
            return substitution + text.unicodeScalars.map { String(Character($0)) + substitution }.joined()
        }
        let parts = ByteSearch.split(text, by: pattern).map { String(decoding: $0, as: UTF8.self) }
        return parts.joined(separator: substitution)
    }

    // MARK: Regular expressions

    private func runPattern(_ step: Step, _ text: String) {
        guard let pattern = pattern(step) else { return }
        do throws(Pattern.TooCostly) {
            if step.function != .replaceMatches {
                let isWhole = step.function == .matchesFull
                return push(.boolean(try pattern.matches(text, isWhole: isWhole)))
            }
            guard let substitution = textArgument(step, 1) else { return }
            push(makeString(try pattern.replacing(in: text, with: substitution)))
        } catch {
            report("pattern-too-costly", at: nil)
        }
    }

    /// The pattern that was read with the mapping, or what the argument says now.
    private func pattern(_ step: Step) -> Pattern? {
        if step.d > 0 { return program.patterns[Int(step.d) - 1] }
        guard let text = textArgument(step) else { return nil }
        if let known = patterns[text] { return known }
        guard let pattern = Pattern(text) else {
            report("pattern-unreadable", at: nil)
            return nil
        }
        if patterns.count < 100 { patterns[text] = pattern }
        return pattern
    }

    private func runJoin(_ step: Step, from mark: Int) {
        var parts: [String] = []
        for value in stack[mark...] {
            guard let atom = atomic(value) else { continue }
            guard let part = text(atom) else { return drop(mark..<stack.count) }
            parts.append(part)
        }
        drop(mark..<stack.count)
        var separator = ""
        if step.c > 0 {
            guard let given = textArgument(step) else { return }
            separator = given
        }
        guard !parts.isEmpty else { return }
        push(makeString(parts.joined(separator: separator)))
    }
}

/// Searches texts byte by byte: equal texts are equal in their Unicode scalars (*Equals*).
enum ByteSearch {
    /// The first place of a text in another, in Unicode scalars.
    static func first(_ wanted: String, in text: String) -> Int? {
        let bytes = Array(text.utf8)
        return next(Array(wanted.utf8), in: bytes, from: 0).map { scalars(bytes[..<$0]) }
    }

    /// The last place; of the empty text the first.
    static func last(_ wanted: String, in text: String) -> Int? {
        if wanted.isEmpty { return 0 }
        let bytes = Array(text.utf8)
        let reversed = next(wanted.utf8.reversed(), in: bytes.reversed(), from: 0)
        return reversed.map { scalars(bytes[..<(bytes.count - $0 - wanted.utf8.count)]) }
    }

    /// The parts of a text between a separator that is not empty.
    static func split(_ text: String, by separator: String) -> [ArraySlice<UInt8>] {
        let bytes = Array(text.utf8)
        let wanted = Array(separator.utf8)
        var parts: [ArraySlice<UInt8>] = []
        var start = 0
        while let place = next(wanted, in: bytes, from: start) {
            parts.append(bytes[start..<place])
            start = place + wanted.count
        }
        return parts + [bytes[start...]]
    }

    private static func next(_ wanted: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        guard let first = wanted.first else { return start }
        guard bytes.count - start >= wanted.count else { return nil }
        var index = start
        let end = bytes.count - wanted.count
        while index <= end {
            if bytes[index] == first, bytes[index..<index + wanted.count].elementsEqual(wanted) { return index }
            index += 1
        }
        return nil
    }

    private static func scalars(_ bytes: ArraySlice<UInt8>) -> Int { bytes.count { $0 & 0xC0 != 0x80 } }
}
