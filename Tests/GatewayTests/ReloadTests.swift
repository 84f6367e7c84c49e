import Foundation
import GatewayService
import Testing

/// What SIGHUP changes in a running daemon.
struct ReloadTests {
    private static let old = "whsec_HwECAwQFBgcICQoLDA0ODxAREhMUFRYf"

    @Test("A consumer's new signing secret is in force after SIGHUP")
    func secret() async throws {
        try await Consumer.with { consumer, port in
            let daemon = try Daemon(sinkPort: port)
            defer { daemon.remove() }
            try daemon.write("signing.secret", Self.old)
            try await daemon.start()
            // The secret of the sink, which refuses any other.
            try daemon.write("signing.secret", Daemon.secret)
            daemon.signal(SIGHUP)
            try await eventually("the configuration is read again") {
                daemon.text("hatchway.jsonl").contains("configuration-reloaded")
            }
            let traffic = Traffic(patients: 1, messages: 3)
            for index in [0, 2] { try await traffic.send(index, to: daemon) }
            try await eventually("the event has come") { (consumer.counters?.received ?? 0) > 0 }
            try await daemon.settle()
            #expect(consumer.counters?.badSignatures == 0)
            #expect(consumer.counters?.new == 1)
            #expect(!daemon.text("hatchway.jsonl").contains("wait for a restart"))
        }
    }

    private func eventually(_ what: Comment, _ condition: () -> Bool) async throws {
        for _ in 0..<600 {
            if condition() { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        Issue.record(what)
    }
}
