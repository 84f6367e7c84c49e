import CanonicalModel
import Release
import Testing

/// What holds of every entity, mark, grant, age and audience.
@Suite("What always holds of a release")
struct ReleaseProperties {
    private static let seeds: [UInt64] = [1, 2, 3, UInt64.random(in: 4...UInt64.max)]
    private static let rounds = 800

    @Test("Nothing outside the grant is ever in the output, and nothing inside it is lost", arguments: seeds)
    func nothingOutsideTheGrant(_ seed: UInt64) throws {
        print("release property seed \(seed)")
        var maker = EntityMaker(seed: seed)
        var seen: [ReleaseRule?: Int] = [:]
        var leftOut: [ReleaseRule: Int] = [:]
        for round in 0..<Self.rounds {
            let entity = maker.entity()
            let (bench, age) = Self.bench(&maker)
            let expected = ExpectedView(entity, bench, age: age)
            let decision = try bench.decide(entity.subject)
            let place: Comment = "seed \(seed), round \(round): \(entity.kind) for \(bench.audience)"
            #expect(decision.rule == expected.rule, place)
            #expect(tokens(decision) == expected.tokens, place)
            #expect((decision.view?.withheld ?? [:]) == expected.withheld, place)
            if bench.audience == .patient || bench.audience == .proxy {
                for word in ["confidential", "ready", "withheld", "empty"] {
                    #expect(decision.text?.contains("\"\(word)") != true, place)
                }
            }
            seen[decision.rule, default: 0] += 1
            leftOut.merge(expected.withheld, uniquingKeysWith: +)
        }
        #expect(seen[.none, default: 0] > Self.rounds / 8, "seed \(seed) permitted too little to tell")
        let denying: [ReleaseRule] = [
            .restrictedPatient, .servicePermission, .notForPatient, .sensitiveCodes, .age, .management,
        ]
        for rule in denying { #expect(seen[rule, default: 0] > 0, "seed \(seed) never met \(rule)") }
        for rule in [ReleaseRule.servicePermission, .notReady, .notForPatient] {
            #expect(leftOut[rule, default: 0] > 0, "seed \(seed) left nothing out by \(rule)")
        }
    }

    @Test("A view is the same, byte for byte, as if what is withheld did not exist", arguments: seeds)
    func nothingInferred(_ seed: UInt64) throws {
        print("release property seed \(seed)")
        var maker = EntityMaker(seed: seed)
        var compared = 0
        for round in 0..<Self.rounds {
            let entity = maker.entity()
            let bench = ReleaseBench(audience: maker.chance(2) ? .patient : .proxy)
            let expected = ExpectedView(entity, bench, age: 44)
            guard expected.rule == nil, entity.section != nil, expected.staying.count < entity.items.count else {
                continue
            }
            let without = Self.without(entity, staying: expected.staying)
            let content = try #require(try bench.decide(entity.subject).view?.content)
            #expect(try bench.decide(without.subject).view?.content == content, "seed \(seed), round \(round)")
            compared += 1
        }
        #expect(compared > 20, "seed \(seed) compared too little")
    }

    @Test("More marks of confidence never reveal more", arguments: seeds)
    func monotonic(_ seed: UInt64) throws {
        print("release property seed \(seed)")
        var maker = EntityMaker(seed: seed)
        var narrowed = 0
        for round in 0..<Self.rounds / 4 {
            var entity = maker.entity()
            let (bench, _) = Self.bench(&maker)
            var before = tokens(try bench.decide(entity.subject))
            for _ in 0..<4 {
                entity = entity.marked(using: &maker.generator)
                let after = tokens(try bench.decide(entity.subject))
                #expect(after.isSubset(of: before), "seed \(seed), round \(round): \(entity.kind)")
                if after.count < before.count { narrowed += 1 }
                before = after
            }
        }
        #expect(narrowed > 10, "seed \(seed) narrowed too little")
    }

    // MARK: Making questions

    /// Someone who asks, mostly of full age and with some grant.
    /// - Returns: the question, and the patient's age in years, where it can be known.
    private static func bench(_ maker: inout EntityMaker) -> (ReleaseBench, age: Int?) {
        var bench = ReleaseBench()
        bench.audience = Audience.allCases[weighted([4, 4, 2, 1], &maker)]
        bench.isKnown = !maker.chance(30)
        bench.restricted = [nil, false, true][weighted([6, 6, 1], &maker)]
        bench.access = grant(&maker)
        bench.implied = grant(&maker)
        bench.today = "2024-07-15"
        guard !maker.chance(20) else {
            bench.birthDate = [nil, "1980", "1980-05", "x", "2024-07-16"].randomElement(using: &maker.generator) ?? nil
            return (bench, nil)
        }
        let years = [0, 10, 11, 12, 13, 15, 16, 40].randomElement(using: &maker.generator) ?? 40
        switch weighted([1, 1, 1], &maker) {
        case 0: bench.birthDate = "\(2024 - years)-07-15"
        case 1: bench.birthDate = "\(2024 - years)-01-31"
        default:
            // The birthday is tomorrow.
            bench.birthDate = "\(2024 - years - 1)-07-16"
        }
        return (bench, years)
    }

    private static func grant(_ maker: inout EntityMaker) -> OnlineAccessGrant? {
        guard !maker.chance(3) else { return nil }
        return OnlineAccessGrant(
            appointments: !maker.chance(4), prescriptions: !maker.chance(4),
            record: RecordLevel.allCases[weighted([1, 1, 2, 2, 5], &maker)])
    }

    private static func weighted(_ weights: [Int], _ maker: inout EntityMaker) -> Int {
        var left = Int.random(in: 0..<weights.reduce(0, +), using: &maker.generator)
        for (index, weight) in weights.enumerated() {
            left -= weight
            if left < 0 { return index }
        }
        return 0
    }

    /// The section as its source would tell it, had the withheld items never been: without a reason for withholding,
    /// and without an item `empty`.
    private static func without(_ entity: RandomEntity, staying: Set<Int>) -> RandomEntity {
        var entity = entity
        var position = -1
        entity.fields = entity.fields.compactMap { field in
            var field = field
            switch field.field.name {
            case "items":
                position += 1
                return staying.contains(position) ? field : nil
            case "withheldReason": return nil
            case "state" where !["failed", "undetermined"].contains(field.text):
                field.text = staying.isEmpty ? "empty" : "present"
                return field
            default: return field
            }
        }
        return entity
    }

    /// Every word of the output that has a digit in it.
    private func tokens(_ decision: ReleaseDecision) -> Set<String> {
        let words = (decision.text ?? "").split { !$0.isLetter && !$0.isNumber }
        return Set(words.filter { $0.contains(where: \.isNumber) }.map(String.init))
    }
}
