import CanonicalModel
import Delivery
import Foundation
import Storage
import Testing

@Suite("The envelope")
struct EnvelopeTests {
    private let patient = PatientKey("00112233445566778899aabbccddeeff")

    private func event(
        id: String = "e-1", type: String = "booking-booked-1", time: Double = 1_790_000_000, correlation: String? = nil
    ) -> QueuedEvent {
        QueuedEvent(
            id: id, consumer: "portal", patient: patient, type: type, time: Date(timeIntervalSince1970: time),
            correlationID: correlation, entities: [], content: [], source: "drop",
            queuedAt: Date(timeIntervalSince1970: time))
    }

    private func envelope(
        _ event: QueuedEvent, sequence: LaneSequence = LaneSequence(number: 1, gap: []),
        audience: Audience = .patient, nhsNumber: String? = "9990000018"
    ) -> EventEnvelope {
        EventEnvelope(
            event, lane: "lane-a", sequence: sequence, eventSource: "https://hatchway.example", audience: audience,
            nhsNumber: nhsNumber)
    }

    @Test("It is written as events.md says, with the data byte for byte as the policy gave it")
    func golden() {
        let data = #"{"bookings":[{"id":"b","start":"2026-10-05T09:30:00+01:00","n":7.20}]}"#
        let json = envelope(event(correlation: "e-0"), sequence: LaneSequence(number: 42, gap: [40, 41]))
            .json(Array(data.utf8))
        let expected =
            #"{"specversion":"1.0","id":"e-1","source":"https://hatchway.example","type":"booking-booked-1","#
            + #""time":"2026-09-21T14:13:20Z","subject":"9990000018","datacontenttype":"application/json","#
            + #""dataschema":"https://hatchway.example/schemas/booking-booked-1","correlationid":"e-0","#
            + #""lane":"lane-a","lanesequence":"000000000042","lanegap":"000000000040,000000000041","#
            + #""data":\#(data)}"#
        #expect(String(decoding: json, as: UTF8.self) == expected)
    }

    @Test("Without a gap there is no lanegap, and an event of its own correlates with itself")
    func plain() throws {
        let json = envelope(event()).json(Array("{}".utf8))
        let object = try #require(try JSONSerialization.jsonObject(with: Data(json)) as? [String: Any])
        #expect(object["lanegap"] == nil)
        #expect(object["correlationid"] as? String == "e-1")
    }

    @Test("Only an audience that may have the NHS number gets it; others and the unknown get the pseudonym")
    func subject() throws {
        for audience in Audience.allCases {
            for number in ["9990000018", nil] {
                let json = String(
                    decoding: envelope(event(), audience: audience, nhsNumber: number).json(Array("{}".utf8)),
                    as: UTF8.self)
                let mayHave = audience != .management && number != nil
                #expect(json.contains("9990000018") == mayHave)
                #expect(json.contains(patient.rawValue) == !mayHave)
            }
        }
    }

    @Test("Whatever an attribute holds, the envelope is JSON and says it unchanged")
    func escaping() throws {
        var generator = SystemRandomNumberGenerator()
        let alphabet = Array("\"\\\u{0}\u{1}\n\r\t\u{1F}/é𝄞{}[],:a ".unicodeScalars)
        for _ in 0..<500 {
            var id = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 1...20, using: &generator) {
                if let scalar = alphabet.randomElement(using: &generator) { id.append(scalar) }
            }
            let json = envelope(event(id: String(id))).json(Array("{}".utf8))
            let object = try #require(try JSONSerialization.jsonObject(with: Data(json)) as? [String: Any])
            #expect(object["id"] as? String == String(id))
            #expect(Set(object.keys).allSatisfy { $0.allSatisfy { $0.isLowercase || $0.isNumber } })
        }
    }

    @Test(
        "The time is RFC 3339 in UTC, its fractions cut",
        arguments: [
            (0.0, "1970-01-01T00:00:00Z"), (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"), (1_709_164_800, "2024-02-29T00:00:00Z"),
            (4_102_444_799, "2099-12-31T23:59:59Z"), (1_790_000_000.25, "2026-09-21T14:13:20Z"),
            (-0.001, "1969-12-31T23:59:59Z"),
        ])
    func time(seconds: Double, text: String) {
        let json = String(decoding: envelope(event(time: seconds)).json(Array("{}".utf8)), as: UTF8.self)
        #expect(json.contains(#""time":"\#(text)""#))
    }

    @Test("Every day of four centuries is the day that the calendar says")
    func everyDay() throws {
        var style = Date.ISO8601FormatStyle()
        style.timeZone = try #require(TimeZone(secondsFromGMT: 0))
        for day in stride(from: -25_567, to: 120_000, by: 13) {
            let seconds = Double(day) * 86_400 + 43_200
            let json = String(decoding: envelope(event(time: seconds)).json(Array("{}".utf8)), as: UTF8.self)
            #expect(json.contains(#""time":"\#(Date(timeIntervalSince1970: seconds).formatted(style))""#))
        }
    }

    @Test("The text of a sequence number sorts as the number does, and a long gap is cut to its end")
    func sequence() throws {
        func text(_ number: Int64, gap: [Int64] = []) throws -> [String: Any] {
            let json = envelope(event(), sequence: LaneSequence(number: number, gap: gap)).json(Array("{}".utf8))
            return try #require(try JSONSerialization.jsonObject(with: Data(json)) as? [String: Any])
        }
        let texts = try [1, 9, 10, 99, 100, 123_456_789_012].map { try text($0)["lanesequence"] as? String ?? "" }
        #expect(texts == texts.sorted())
        let gap = try text(2000, gap: Array(1..<2000))["lanegap"] as? String ?? ""
        #expect(gap.split(separator: ",").count == EventEnvelope.gapLimit)
        #expect(gap.hasSuffix("000000001999"))
    }
}
