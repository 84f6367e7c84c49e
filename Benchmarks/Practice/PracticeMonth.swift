import Foundation

/// A simulated practice for days on end: whether what is heard is what happened, and whether a snapshot in which nothing
/// changed costs on the last day what it cost on the first.
enum PracticeMonth {
    private static let stepsADay = 96

    static func run(patients: Int, days: Int) async throws {
        try await PracticeRoad.run(patients: patients, seed: 1) { road in
            var heard: [SimulatedPractice.Happening] = []
            _ = try await road.tell()
            var lines: [String] = []
            for day in 1...days {
                for _ in 0..<stepsADay {
                    road.pass()
                    _ = try await road.tell()
                }
                heard += try await road.hear()
                let cost = try await road.tell(later: 60)
                lines.append("day \(day): \(cost.messages) unchanged in \(Int(cost.seconds * 1000)) ms")
                print(lines.last ?? "")
            }
            let truth = road.practice.truth
            let isTrue = count(heard) == count(truth)
            print("\(truth.count) happenings, \(heard.count) events: \(isTrue ? "equal" : "NOT EQUAL")")
            guard isTrue else { throw BenchmarkFault("what was heard is not what happened") }
        }
    }

    private static func count(_ happenings: [SimulatedPractice.Happening]) -> [String: Int] {
        Dictionary(grouping: happenings) { "\($0.type) \($0.number) \($0.id) \($0.move != nil)" }.mapValues(\.count)
    }
}
