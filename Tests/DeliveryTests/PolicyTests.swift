import Delivery
import Foundation
import HTTPTransfer
import Testing

@Suite("What an answer means")
struct DeliveryOutcomePolicyTests {
    private let now = Date(timeIntervalSince1970: 784_111_777)

    private func outcome(_ status: Int, _ headers: [(name: String, value: String)] = []) -> DeliveryOutcome {
        DeliveryOutcomePolicy.outcome(
            of: HTTPTransferResponse(status: status, headers: headers, body: [], isTruncated: false), now: now)
    }

    @Test("Every status is decided as the delivery rules say")
    func statuses() {
        for status in 200...299 { #expect(outcome(status) == .accepted) }
        for status in [408, 425, 429] + Array(500...599) {
            #expect(outcome(status) == .retry(after: nil, because: "status-\(status)"))
        }
        for status in [401, 403, 404, 405, 407, 421] + Array(300...399) {
            #expect(outcome(status) == .endpointFault(because: "status-\(status)"))
        }
        for status in [400, 409, 413, 415, 422] {
            #expect(outcome(status) == .rejected(because: "status-\(status)", status: status))
        }
        #expect(outcome(410) == .gone(because: "status-410", status: 410))
        #expect(outcome(451) == .rejected(because: "status-451", status: 451))
        for status in [0, 100, 199, 600, 999] { #expect(outcome(status) == .endpointFault(because: "status-unknown")) }
    }

    @Test("A fault of the way is tried again, a fault of trust or configuration is the endpoint's")
    func faults() {
        let endpoint: Set<HTTPTransferFault.Code> = [.tls, .requestInvalid, .answerMalformed, .answerTooLarge]
        for code in HTTPTransferFault.Code.allCases {
            let expected: DeliveryOutcome =
                endpoint.contains(code)
                ? .endpointFault(because: code.rawValue) : .retry(after: nil, because: code.rawValue)
            #expect(DeliveryOutcomePolicy.outcome(of: HTTPTransferFault(code, number: 1)) == expected)
        }
    }

    @Test(
        "Retry-After is read as seconds and as each form of date",
        arguments: [
            ("0", Duration.seconds(0)), ("120", .seconds(120)), (" 7 ", .seconds(7)),
            ("99999999999999999999999", .seconds(3600)),
            ("Sun, 06 Nov 1994 08:50:37 GMT", .seconds(60)),
            ("Sunday, 06-Nov-94 08:50:37 GMT", .seconds(60)),
            ("Sun Nov  6 08:50:37 1994", .seconds(60)),
            ("Sun, 06 Nov 1994 08:00:00 GMT", .seconds(0)),
            ("Fri, 06 Nov 2099 08:00:00 GMT", .seconds(3600)),
        ])
    func retryAfter(text: String, wait: Duration) {
        for status in [429, 503] {
            #expect(outcome(status, [("retry-after", text)]) == .retry(after: wait, because: "status-\(status)"))
        }
    }

    @Test(
        "A Retry-After that is neither is as if it were not there", arguments: ["", "-1", "1.5", "soon", "Sun, 06 Foo"])
    func senselessRetryAfter(text: String) {
        #expect(outcome(503, [("retry-after", text)]) == .retry(after: nil, because: "status-503"))
    }
}

@Suite("When an event is tried again")
struct RetryPolicyTests {
    private let queued = Date(timeIntervalSince1970: 1_790_000_000)

    private func policy(_ drawn: Double, giveUpAfter: Duration = .seconds(72 * 3600)) -> RetryPolicy {
        RetryPolicy(first: .seconds(1), longest: .seconds(900), giveUpAfter: giveUpAfter, random: { drawn })
    }

    @Test("The backoff doubles up to its cap, however many attempts there were")
    func backoff() {
        let seconds = (0..<12).map { policy(0).backoff(attempts: $0) }
        #expect(seconds == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900].map { Duration.seconds($0) })
        #expect(policy(0).backoff(attempts: .max) == .seconds(900))
        #expect(policy(0).backoff(attempts: -1) == .seconds(1))
    }

    @Test("The wait is drawn from zero to the backoff", arguments: [0, 0.25, 0.999])
    func jitter(drawn: Double) {
        for attempts in 0..<12 {
            let backoff = policy(drawn).backoff(attempts: attempts)
            let expected = queued.addingTimeInterval(Double(backoff.components.seconds) * drawn)
            #expect(
                policy(drawn).afterFailure(attempts: attempts, queuedAt: queued, now: queued) == .retry(at: expected))
        }
    }

    @Test("The consumer's Retry-After is never undercut")
    func requested() {
        let decision = policy(0.5).afterFailure(attempts: 0, queuedAt: queued, now: queued, requested: .seconds(60))
        #expect(decision == .retry(at: queued.addingTimeInterval(60)))
        let longer = policy(0.5).afterFailure(attempts: 20, queuedAt: queued, now: queued, requested: .seconds(60))
        #expect(longer == .retry(at: queued.addingTimeInterval(450)))
    }

    @Test("The last attempt is made when the time is up, and after it there is none")
    func giveUp() {
        let policy = policy(1, giveUpAfter: .seconds(100))
        let end = queued.addingTimeInterval(100)
        #expect(
            policy.afterFailure(attempts: 9, queuedAt: queued, now: queued.addingTimeInterval(99)) == .retry(at: end))
        #expect(policy.afterFailure(attempts: 10, queuedAt: queued, now: end) == .giveUp)
        #expect(policy.afterFailure(attempts: 0, queuedAt: queued, now: end, requested: .seconds(1)) == .giveUp)
    }
}

@Suite("The breaker")
struct BreakerTests {
    private let now = Date(timeIntervalSince1970: 1_790_000_000)

    private func breaker() -> Breaker { Breaker(failureLimit: 3, first: .seconds(5), longest: .seconds(15)) }

    @Test("It opens after so many failures in a row and not for scattered ones")
    func failures() {
        var breaker = breaker()
        for _ in 0..<10 {
            #expect(breaker.fail(now: now) == nil)
            #expect(breaker.fail(now: now) == nil)
            breaker.succeed()
        }
        #expect(breaker.fail(now: now) == nil)
        #expect(breaker.fail(now: now) == nil)
        #expect(breaker.fail(now: now) == now.addingTimeInterval(5))
        #expect(breaker.allowance(now: now.addingTimeInterval(4.9), concurrency: 8) == 0)
    }

    @Test("An endpoint fault opens it at once, others in flight do not lengthen that")
    func endpointFault() {
        var breaker = breaker()
        #expect(breaker.endpointFault(now: now) == now.addingTimeInterval(5))
        #expect(breaker.endpointFault(now: now.addingTimeInterval(1)) == nil)
        #expect(breaker.fail(now: now.addingTimeInterval(1)) == nil)
        #expect(breaker.state == .open(until: now.addingTimeInterval(5)))
    }

    @Test("When its time is over one probe goes; its success closes, its failure doubles the wait up to a cap")
    func probe() {
        var breaker = breaker()
        var time = now
        _ = breaker.endpointFault(now: time)
        for wait in [5.0, 10, 15, 15] {
            #expect(breaker.state == .open(until: time.addingTimeInterval(wait)))
            time += wait
            #expect(breaker.allowance(now: time, concurrency: 8) == 1)
            #expect(breaker.allowance(now: time, concurrency: 8) == 1)
            #expect(breaker.fail(now: time) != nil)
        }
        #expect(breaker.allowance(now: time + 15, concurrency: 8) == 1)
        let hasClosed = breaker.succeed()
        #expect(hasClosed)
        #expect(breaker.allowance(now: time + 15, concurrency: 8) == 8)
        #expect(breaker.endpointFault(now: time) == time + 5)
    }

    @Test("Once the consumer says it is gone, nothing opens it again")
    func gone() {
        var breaker = breaker()
        breaker.pause()
        let hasClosed = breaker.succeed()
        #expect(!hasClosed)
        #expect(breaker.endpointFault(now: now) == nil)
        #expect(breaker.allowance(now: now + 1e9, concurrency: 8) == 0)
    }
}

@Suite("Where events may be sent")
struct EndpointPolicyTests {
    @Test(
        "Over TLS anywhere, in plain text only to this machine",
        arguments: [
            "https://portal.example/hooks", "https://10.0.0.1:8443/", "HTTPS://portal.example",
            "http://localhost:8080/x?y=1", "http://127.0.0.1", "http://127.9.9.9/", "http://[::1]:80/",
            "http://LOCALHOST/",
        ])
    func permitted(url: String) { #expect(EndpointPolicy.check(url) == nil) }

    @Test(
        "Everything else is refused with its reason",
        arguments: [
            ("http://portal.example/", EndpointPolicy.Refusal.notEncrypted),
            ("http://127.0.0.1.example/", .notEncrypted), ("http://localhost.example/", .notEncrypted),
            ("http://127.1/", .notEncrypted), ("http://127.0.0.256/", .notEncrypted),
            ("http://0.0.0.0/", .notEncrypted), ("http://[::2]/", .notEncrypted),
            ("http://[::ffff:127.0.0.1]/", .notEncrypted),
            ("https://user:word@portal.example/", .credentials), ("http://localhost@portal.example/", .credentials),
            ("https://portal.example/#part", .fragment), ("ftp://portal.example/", .scheme),
            ("portal.example/hooks", .notAURL), ("", .notAURL), ("https://", .notAURL), ("https:///x", .notAURL),
            ("http://localhost\\@portal.example/", .notAURL), ("https://portal.example/a b", .notAURL),
        ])
    func refused(url: String, refusal: EndpointPolicy.Refusal) { #expect(EndpointPolicy.check(url) == refusal) }
}
