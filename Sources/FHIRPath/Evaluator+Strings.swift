import _StringProcessing

extension Evaluator {
    /// String functions: input and arguments are single texts; anything missing yields nothing.
    func runString(_ step: Step, from mark: Int) {
        if step.function == .join { return runJoin(step, from: mark) }
        if runTextSearch(step, from: mark) { return }
        let values = Array(stack[mark...])
        guard let input = takeSingle(from: mark) else { return }
        guard let text = string(input), input.kind == .string || input.kind == .node else {
            return report("not-a-text", at: values.first)
        }
        switch step.function {
        case .upper: push(makeString(text.uppercased()))
        case .lower: push(makeString(text.lowercased()))
        case .trim: push(makeString(trimmed(text)))
        case .length: push(.integer(Int64(text.count)))
        case .toChars: for character in text { push(makeString(String(character))) }
        case .substring: runSubstring(step, text)
        default:
            guard let argument = argumentValue(step).flatMap(string) else { return }
            runTwoTexts(step, text, argument)
        }
    }

    private func runTwoTexts(_ step: Step, _ text: String, _ argument: String) {
        switch step.function {
        case .startsWith: push(.boolean(text.hasPrefix(argument)))
        case .endsWith: push(.boolean(text.hasSuffix(argument)))
        case .contains: push(.boolean(argument.isEmpty || text.contains(argument)))
        case .indexOf: push(.integer(position(of: argument, in: text, isLast: false)))
        case .lastIndexOf: push(.integer(position(of: argument, in: text, isLast: true)))
        case .split:
            guard !argument.isEmpty else { return push(makeString(text)) }
            for part in text.split(separator: argument, omittingEmptySubsequences: false) {
                push(makeString(String(part)))
            }
        case .matches:
            guard let regex = regex(argument) else { return }
            push(.boolean(text.firstMatch(of: regex) != nil))
        case .matchesFull:
            guard let regex = regex(argument) else { return }
            push(.boolean(text.wholeMatch(of: regex) != nil))
        case .replace:
            guard let substitution = argumentValue(step, 1).flatMap(string) else { return }
            push(makeString(replaced(text, argument, substitution)))
        case .replaceMatches where argument.isEmpty: push(makeString(text))
        case .replaceMatches:
            guard let regex = regex(argument), let substitution = argumentValue(step, 1).flatMap(string) else {
                return
            }
            push(makeString(text.replacing(regex) { expanded(substitution, $0) }))
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
        guard let start = argumentValue(step, 0), start.kind == .integer, start.number >= 0,
            start.number < text.count
        else { return }
        var rest = text.dropFirst(Int(start.number))
        if step.c > 1 {
            guard let length = argumentValue(step, 1), length.kind == .integer else { return }
            rest = rest.prefix(Int(max(0, length.number)))
        }
        push(makeString(String(rest)))
    }

    private func position(of wanted: String, in text: String, isLast: Bool) -> Int64 {
        if wanted.isEmpty { return 0 }
        let ranges = text.ranges(of: wanted)
        guard let range = isLast ? ranges.last : ranges.first else { return -1 }
        return Int64(text.distance(from: text.startIndex, to: range.lowerBound))
    }

    private func replaced(_ text: String, _ pattern: String, _ substitution: String) -> String {
        guard pattern.isEmpty else { return text.replacing(pattern, with: substitution) }
        return substitution + text.map { String($0) + substitution }.joined()
    }

    private func regex(_ pattern: String) -> Regex<AnyRegexOutput>? {
        guard let regex = try? Regex(pattern).dotMatchesNewlines() else {
            report("pattern-unreadable", at: nil)
            return nil
        }
        return regex
    }

    /// `$1` and `${name}` in a substitution stand for what a group matched.
    private func expanded(_ substitution: String, _ match: Regex<AnyRegexOutput>.Match) -> String {
        var result = ""
        var rest = substitution[...]
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[rest.index(after: dollar)...]
            if let digit = rest.first?.wholeNumberValue, digit < match.output.count {
                result += match.output[digit].substring ?? ""
                rest = rest.dropFirst()
            } else if rest.first == "{", let close = rest.firstIndex(of: "}") {
                let name = String(rest[rest.index(after: rest.startIndex)..<close])
                result += match.output[name]?.substring ?? ""
                rest = rest[rest.index(after: close)...]
            } else {
                result += "$"
            }
        }
        return result + rest
    }

    private func runJoin(_ step: Step, from mark: Int) {
        let parts = stack[mark...].compactMap { string($0) }
        drop(mark..<stack.count)
        let separator = argumentValue(step).flatMap(string) ?? ""
        guard !parts.isEmpty else { return }
        push(makeString(parts.joined(separator: separator)))
    }
}
