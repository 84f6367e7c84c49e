import Foundation
import GatewayService
import Synchronization
import Testing

/// Invariants 1, 2 and 3 on the daemon as a whole: whatever instant it dies at.
@Suite(.serialized) struct CrashTests {
    private static let patients = 40
    private static let messages = 1000
    private static let kills = 12

    @Test(
        "A daemon killed at random points tells every accepted message, each event once as new, each lane in order",
        .timeLimit(.minutes(10)))
    func killed() async throws {
        try await Consumer.with(fail: 0.1, cut: 0.1) { consumer, port in
            let daemon = try Daemon(sinkPort: port)
            defer {
                daemon.kill()
                try? FileManager.default.removeItem(at: daemon.folder)
            }
            try await daemon.start()
            let acknowledged = Count()
            let traffic = Traffic(patients: Self.patients, messages: Self.messages)
            try await withThrowingTaskGroup { group in
                for worker in 0..<4 {
                    group.addTask {
                        for index in stride(from: worker, to: Self.messages, by: 4) {
                            try await traffic.send(index, to: daemon)
                            acknowledged.increase()
                        }
                    }
                }
                // It dies while messages come in, at places that no one chose.
                var generator = SystemRandomNumberGenerator()
                for kill in 1...Self.kills {
                    let threshold = kill * Self.messages / (Self.kills + 1) + Int.random(in: 0..<20, using: &generator)
                    while acknowledged.value < threshold { try await Task.sleep(for: .milliseconds(3)) }
                    try await Task.sleep(for: .microseconds(Int.random(in: 0..<20_000, using: &generator)))
                    daemon.kill()
                    try await daemon.start()
                }
                try await group.waitForAll()
            }
            try await daemon.settle()
            daemon.stop()

            let envelopes = try consumer.envelopes()
            var eventsOfBooking: [String: Set<String>] = [:]
            for envelope in envelopes {
                let data = try #require(envelope["data"] as? [String: Any])
                let id = try #require(envelope["id"] as? String)
                for booking in data["bookings"] as? [[String: Any]] ?? [] {
                    eventsOfBooking[try #require(booking["id"] as? String), default: []].insert(id)
                }
            }
            #expect(Set(eventsOfBooking.keys) == traffic.bookings, "every accepted message is told")
            #expect(eventsOfBooking.values.allSatisfy { $0.count == 1 }, "the same news is never two events")
            #expect(consumer.counters?.orderFaults == 0)
            #expect(consumer.counters?.badSignatures == 0)
            try expectContiguousLanes(try consumer.requests())
            try expectNothing(of: traffic.identities, in: daemon)
        }
    }

    /// Each event id counts once as new, and the numbers of a lane are 1, 2, 3 …
    private func expectContiguousLanes(_ requests: [Consumer.Request]) throws {
        let new = requests.filter { $0.outcome == "new" }
        #expect(Set(new.map(\.id)).count == new.count)
        for (lane, events) in Dictionary(grouping: new, by: \.lane) {
            let numbers = try events.map { try #require(Int($0.lanesequence)) }
            #expect(numbers == Array(1...numbers.count), "lane \(lane)")
        }
    }

    private func expectNothing(of identities: [String], in daemon: Daemon) throws {
        for file in ["hatchway.jsonl", "status.json", "errors.txt"] {
            let text = daemon.text(file)
            for identity in identities { #expect(!text.contains(identity), "\(file)") }
        }
        #expect(daemon.text("hatchway.jsonl").contains("message-read"))
    }
}

/// How many messages were taken.
private final class Count: Sendable {
    private let number = Mutex(0)

    var value: Int { number.withLock { $0 } }

    func increase() { number.withLock { $0 += 1 } }
}

/// Messages about invented people: first who they are, then appointments that say a local number only.
struct Traffic: Sendable {
    let patients: Int
    let messages: Int

    private func number(_ patient: Int) -> String { Self.number(of: patient) }

    static func number(of patient: Int) -> String {
        // The check digit of the NHS Data Dictionary (Modulus 11); a number that would need 10 is not issued.
        var candidate = 999_100_000 + patient * 7
        while true {
            let digits = String(candidate).compactMap(\.wholeNumberValue)
            let sum = zip(digits, stride(from: 10, to: 1, by: -1)).map { $0 * $1 }.reduce(0, +)
            let check = (11 - sum % 11) % 11
            if check != 10 { return "\(candidate)\(check)" }
            candidate += 1
        }
    }

    private func name(_ patient: Int) -> String { "Quentin Marmalade\(patient)" }

    var identities: [String] { (0..<patients).flatMap { [number($0), name($0), "1 Crash Row \($0)"] } }

    var bookings: Set<String> { Set((patients..<messages).map { "booking-\($0)" }) }

    private func body(_ index: Int) -> String {
        let patient = index % patients
        guard index >= patients else {
            return """
                <PatientSelectedReply patientId="local-\(patient)" onlineUserId="o" uuid="u-\(index)">
                  <Person patientId="local-\(patient)" dateOfBirth="1970-02-03T00:00:00.0Z" gender="Female">
                    <NationalId type="NHS">\(number(patient))</NationalId><PersonName name="\(name(patient))"/>
                    <Address address="1 Crash Row \(patient)" addressType="Home"/>
                  </Person>
                </PatientSelectedReply>
                """
        }
        let minute = index % 60
        return """
            <ViewAppointmentsReply patientId="local-\(patient)" onlineUserId="o" uuid="u-\(index)">
              <Appointment apptId="booking-\(index)" startDate="2026-12-\(10 + index % 18)T09:\(minute < 10 ? "0" : "")\(minute):00.0Z" endDate="2026-12-28T10:00:00.0Z" details="Blood pressure" siteName="Annexe"/>
            </ViewAppointmentsReply>
            """
    }

    /// Sends a message until it is taken: by HTTP the even ones, as a file the others.
    func send(_ index: Int, to daemon: Daemon) async throws {
        let body = Array(body(index).utf8)
        // The file's folder names the practice alone; the patient is known by the local number in the message.
        if index % 2 == 1 {
            return try daemon.put(body, path: "A81001/\(number(index % patients))/message-\(index).xml")
        }
        while true {
            let status = await daemon.post(body, key: "key-\(index)", context: ["Hatchway-ODS-Code": "A81001"])
            if status == 202 || status == 200 { return }
            #expect(status == nil || status == 429 || status == 503, "message \(index)")
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}
