import CanonicalModel
package import Foundation

/// A practice that exists nowhere: appointments are made, moved, cancelled, kept and missed, and every quarter of an hour
/// its system says of each patient how things stand. It knows the truth, which is what a consumer must hear.
package struct SimulatedPractice {
    /// Something that happened, as an event must tell it.
    package struct Happening: Hashable, Sendable, CustomStringConvertible {
        package let type: String
        package let number: String
        package let id: String
        /// What it shares with the other half of a move.
        package let move: Int?

        package var description: String { "\(type) of \(id)\(move.map { " in move \($0)" } ?? "")" }
    }

    private struct Appointment {
        let id: String
        var start: Date
        var status = "booked"
        let clinic: Int
        var replaces: String?
    }

    package static let step: TimeInterval = 15 * 60
    package private(set) var now: Date
    package private(set) var truth: [Happening] = []
    package let numbers: [String]
    private var diaries: [[Appointment]]
    private var random: PracticeRandom
    private var appointments = 0
    private var moves = 0

    /// - Parameters:
    ///   - patients: how many, at most 100,000.
    ///   - seed: the same seed, the same practice.
    ///   - start: a whole quarter of an hour.
    package init(patients: Int, seed: UInt64, start: Date) {
        now = start
        random = PracticeRandom(state: seed)
        numbers = Self.numbers(patients)
        diaries = Array(repeating: [], count: numbers.count)
        for patient in diaries.indices where chance(2) { book(patient) }
    }

    /// NHS numbers of the range that belongs to nobody.
    private static func numbers(_ count: Int) -> [String] {
        var numbers: [String] = []
        for candidate in 999_100_0000... {
            if let number = NHSNumber(String(candidate)) { numbers.append(number.rawValue) }
            if numbers.count == count { break }
        }
        return numbers
    }

    // MARK: What happens

    /// A quarter of an hour passes. Of one patient at most one appointment is made, moved or cancelled in it, since a system
    /// that tells only how things stand cannot tell more apart.
    package mutating func pass() {
        now += Self.step
        for patient in diaries.indices {
            end(patient)
            guard chance(60) else { continue }
            let coming = diaries[patient].indices.filter {
                diaries[patient][$0].status == "booked" && diaries[patient][$0].start > now + 600
            }
            guard let index = coming.randomElement(using: &random), !chance(3) else {
                book(patient)
                continue
            }
            if chance(2) { move(patient, index) } else { cancel(patient, index) }
        }
    }

    private mutating func end(_ patient: Int) {
        for index in diaries[patient].indices where diaries[patient][index].status == "booked" {
            guard diaries[patient][index].start <= now - 600 else { continue }
            let hasCome = !chance(6)
            diaries[patient][index].status = hasCome ? "fulfilled" : "noshow"
            happen(hasCome ? "booking-attended-1" : "booking-missed-1", patient, diaries[patient][index])
        }
        let yesterday = now - 86_400
        diaries[patient].removeAll { $0.start < yesterday }
    }

    private mutating func book(_ patient: Int) {
        let appointment = appointment(clinic: Int.random(in: 0..<5, using: &random))
        diaries[patient].append(appointment)
        happen("booking-booked-1", patient, appointment)
    }

    private mutating func cancel(_ patient: Int, _ index: Int) {
        let appointment = diaries[patient].remove(at: index)
        happen("booking-cancelled-1", patient, appointment)
    }

    private mutating func move(_ patient: Int, _ index: Int) {
        let old = diaries[patient].remove(at: index)
        var new = appointment(clinic: old.clinic)
        if chance(2) { new.replaces = old.id }
        diaries[patient].append(new)
        moves += 1
        happen("booking-cancelled-1", patient, old, move: moves)
        happen("booking-booked-1", patient, new, move: moves)
    }

    private mutating func appointment(clinic: Int) -> Appointment {
        appointments += 1
        // From an hour ahead to twenty days, on whole ten minutes.
        let ahead = Int.random(in: 6..<(chance(3) ? 40 : 2880), using: &random)
        return Appointment(id: "a\(appointments)", start: now + TimeInterval(ahead * 600), clinic: clinic)
    }

    private mutating func happen(_ type: String, _ patient: Int, _ appointment: Appointment, move: Int? = nil) {
        truth.append(Happening(type: type, number: numbers[patient], id: appointment.id, move: move))
    }

    private mutating func chance(_ oneIn: Int) -> Bool { Int.random(in: 0..<oneIn, using: &random) == 0 }

    // MARK: What its system says

    /// The appointments of a patient, as of a moment.
    package func snapshot(of patient: Int, at moment: Date) -> String {
        let rows = diaries[patient].map { appointment in
            let replaces = appointment.replaces.map { #","replaces":"\#($0)""# } ?? ""
            return #"{"id":"\#(appointment.id)","start":"\#(InstantText.format(appointment.start))","#
                + #""status":"\#(appointment.status)","clinic":"Clinic \#(appointment.clinic)"\#(replaces)}"#
        }
        return #"{"diaryOf":"\#(numbers[patient])","at":"\#(InstantText.format(moment))","#
            + #""until":"\#(InstantText.format(moment + 28 * 86_400))","rows":[\#(rows.joined(separator: ","))]}"#
    }

    package static let mapping = """
        # Reads: the diary of one patient of a practice that exists nowhere.
        mapping: simulated/diary
        reads: {has: [diaryOf]}
        source: {system: simulated, message: diary, time: "{{ at }}"}
        practice: {odsCode: Y90001}
        patient: {nhsNumber: "{{ diaryOf.nhsNumber() }}", birthDate: "1974-08-30"}
        bookings:
          - "{% for r in rows %}":
              id: "{{ %r.id }}"
              status: "{{ %r.status }}"
              start: "{{ %r.start }}"
              serviceType: "{{ %r.clinic }}"
              practitioners: [{name: "Dr Oakshott"}]
              replaces: "{{ %r.replaces }}"
        complete:
          bookings: {from: "{{ at }}", to: "{{ until }}"}
        """
}

/// The same seed, the same practice (splitmix64, Steele, Lea and Flood 2014).
private struct PracticeRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
