import FHIRPath

/// The mappings that claim one kind of body. What tells them apart is asked once, however many they are, and its answer
/// is looked up.
struct MappingClaim: Sendable {
    /// An `at` that some of them share, with the mapping for each answer.
    struct Question: Sendable {
        let at: ExpressionRef
        let text: String
        let isCaseInsensitive: Bool
        var answers: [String: Systems]
    }

    /// Mappings that only the system tells apart, by number.
    struct Systems: Sendable {
        private var any: Int?
        private var bySystem: [String: Int] = [:]
        private var first: Int?

        mutating func add(_ mapping: Int, system: String?) {
            if let system {
                if bySystem[system] == nil { bySystem[system] = mapping }
            } else if any == nil {
                any = mapping
            }
            first = min(first ?? mapping, mapping)
        }

        /// The mapping for messages of a system; of an unnamed one, the first.
        func mapping(for system: String?) -> Int? {
            guard let system else { return first }
            return bySystem[system] ?? any
        }
    }

    private(set) var questions: [Question] = []
    private(set) var others = Systems()
    /// All of them, by number.
    private(set) var mappings: [Int] = []

    /// Adds a mapping that takes every body of the kind.
    mutating func add(_ mapping: Int, system: String?) {
        mappings.append(mapping)
        others.add(mapping, system: system)
    }

    /// Adds a mapping that takes those where an expression gives a text.
    mutating func add(
        _ mapping: Int, system: String?, where text: String, is value: String, isCaseInsensitive: Bool,
        compile: () -> ExpressionRef
    ) {
        mappings.append(mapping)
        var index = questions.firstIndex { $0.text == text && $0.isCaseInsensitive == isCaseInsensitive }
        if index == nil {
            questions.append(
                Question(at: compile(), text: text, isCaseInsensitive: isCaseInsensitive, answers: [:]))
            index = questions.count - 1
        }
        if let index { questions[index].answers[value, default: Systems()].add(mapping, system: system) }
    }
}
