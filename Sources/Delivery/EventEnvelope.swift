package import CanonicalModel
package import Storage

import struct Foundation.Date

/// CloudEvents 1.0.2, JSON event format, structured mode: the body that is posted, written byte by byte around `data`,
/// which is the permitted view exactly as the policy gave it.
package struct EventEnvelope: Sendable {
    package static let contentType = "application/cloudevents+json; charset=utf-8"
    /// Digits of `lanesequence`, so that its text sorts as its number.
    package static let sequenceDigits = 12
    /// Lost numbers named one by one in `lanegap`; of more, the last ones.
    package static let gapLimit = LaneSequence.gapLimit

    private let event: QueuedEvent
    private let lane: String
    private let sequence: LaneSequence
    private let eventSource: String
    private let subject: String

    /// - `nhsNumber`: of the event's patient, as far as it is known.
    /// - `audience`: when it may not have the number, the subject is the patient's key.
    package init(
        _ event: QueuedEvent, lane: String, sequence: LaneSequence, eventSource: String, audience: Audience,
        nhsNumber: String?
    ) {
        self.event = event
        self.lane = lane
        self.sequence = sequence
        self.eventSource = eventSource
        // Slots are a practice's, and its code is public.
        if let slots = event.entities.first, slots.kind == .slotList {
            self.subject = slots.practice
            return
        }
        self.subject = audience.mayHaveNHSNumber ? nhsNumber ?? event.patient.rawValue : event.patient.rawValue
    }

    /// - `content`: canonical JSON of `data`.
    package func json(_ content: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(content.count + 1024)
        output.append(contentsOf: #"{"specversion":"1.0""#.utf8)
        attribute("id", event.id, &output)
        attribute("source", eventSource, &output)
        attribute("type", event.type, &output)
        attribute("time", InstantText.format(event.time), &output)
        attribute("subject", subject, &output)
        attribute("datacontenttype", "application/json", &output)
        attribute("dataschema", "\(eventSource)/schemas/\(event.type)", &output)
        attribute("correlationid", event.correlationID ?? event.id, &output)
        if let cause = event.cause { attribute("cause", cause, &output) }
        attribute("lane", lane, &output)
        attribute("lanesequence", Self.text(sequence.number), &output)
        if !sequence.gap.isEmpty {
            let numbers = sequence.gap.suffix(Self.gapLimit).map { Self.text($0) }
            attribute("lanegap", numbers.joined(separator: ","), &output)
        }
        output.append(contentsOf: #","data":"#.utf8)
        output.append(contentsOf: content)
        output.append(UInt8(ascii: "}"))
        return output
    }

    private static func text(_ number: Int64) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, sequenceDigits - digits.count)) + digits
    }

    /// - `name`: an attribute name: lower-case letters and digits alone.
    private func attribute(_ name: String, _ value: String, _ output: inout [UInt8]) {
        output.append(contentsOf: #",""#.utf8)
        output.append(contentsOf: name.utf8)
        output.append(contentsOf: #"":""#.utf8)
        for byte in value.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): output.append(contentsOf: [UInt8(ascii: "\\"), byte])
            case 0..<0x20:
                let digits = Array("0123456789abcdef".utf8)
                output.append(contentsOf: #"\u00"#.utf8)
                output.append(contentsOf: [digits[Int(byte >> 4)], digits[Int(byte & 15)]])
            default: output.append(byte)
            }
        }
        output.append(UInt8(ascii: "\""))
    }
}
