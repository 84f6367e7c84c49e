import Benchmarks
import Foundation
import Testing

@Suite("A simulated practice") struct SimulatedPracticeTests {
    private typealias Happening = SimulatedPractice.Happening

    /// Quarters of an hour in a practice's day, and patients; a month of ten thousand is `make benchmark`'s.
    private static let steps = 96
    private static let patients = 500

    @Test("A day of snapshots every quarter of an hour tells what happened, all of it, once, and nothing else")
    func day() async throws {
        try await PracticeRoad.run(patients: Self.patients, seed: 7) { road in
            var costs = [try await road.tell()]
            for _ in 0..<Self.steps {
                road.pass()
                costs.append(try await road.tell())
            }
            let heard = try await road.hear()
            let truth = road.practice.truth
            for (type, least) in [
                ("booking-booked-1", 300), ("booking-cancelled-1", 20), ("booking-attended-1", 10),
                ("booking-missed-1", 1),
            ] {
                #expect(truth.filter { $0.type == type }.count >= least, "\(type)")
            }
            let byPatient = (
                heard: Dictionary(grouping: heard, by: \.number), truth: Dictionary(grouping: truth, by: \.number)
            )
            #expect(heard.count == truth.count)
            for number in road.practice.numbers {
                let (heard, truth) = (byPatient.heard[number] ?? [], byPatient.truth[number] ?? [])
                #expect(Set(heard.map(plain)) == Set(truth.map(plain)), "patient \(number)")
                #expect(heard.count == truth.count, "patient \(number)")
                // Both halves of a move share what they share with nothing else.
                #expect(moves(heard) == moves(truth), "patient \(number)")
            }
            // The whole practice once more, unchanged: silence, and no more to look at than on the first day.
            _ = try await road.tell(later: 60)
            #expect(try await road.hear() == [])
            let kept = try await road.mostKept()
            #expect(kept.lists == 1)
            #expect(kept.bookings < 10)
            print("simulated practice: \(truth.count) happenings in \(costs.count * Self.patients) messages")
        }
    }

    private func plain(_ happening: Happening) -> String { "\(happening.type) \(happening.id)" }

    private func moves(_ happenings: [Happening]) -> Set<Set<String>> {
        Set(Dictionary(grouping: happenings.filter { $0.move != nil }, by: \.move).values.map { Set($0.map(plain)) })
    }
}
