import Crypto

import struct Foundation.Data
import class Foundation.JSONSerialization

/// What a consumer has to remember to tell repeats and to notice that a lane's order is broken: a pure value.
package struct SinkLedger: Sendable {
    /// What an envelope says about itself.
    package struct Envelope: Sendable, Equatable {
        package let id: String
        package let type: String
        package let lane: String
        package let sequence: Int64
        package let gap: [Int64]
        /// SHA-256 of the whole body.
        package let digest: [UInt8]
        package let summary: String

        /// - Returns: nil when it is not a CloudEvent in a lane.
        package init?(_ body: [UInt8]) {
            guard let object = try? JSONSerialization.jsonObject(with: Data(body)) as? [String: Any],
                object["specversion"] as? String == "1.0",
                let id = object["id"] as? String, !id.isEmpty, id.utf8.count <= 256,
                let type = object["type"] as? String, let lane = object["lane"] as? String,
                let sequence = (object["lanesequence"] as? String).flatMap({ Int64($0) })
            else { return nil }
            self.id = id
            self.type = type
            self.lane = lane
            self.sequence = sequence
            self.gap = (object["lanegap"] as? String ?? "").split(separator: ",").compactMap { Int64($0) }
            self.digest = Array(SHA256.hash(data: body))
            self.summary = EventSummary.text(of: object["data"] as? [String: Any] ?? [:])
        }
    }

    /// What an envelope is to this consumer.
    package enum Receipt: Sendable, Equatable {
        case new
        case again
        /// - Parameter reason: for people.
        case orderFault(reason: String)
    }

    private struct Seen {
        let sequence: Int64
        let digest: [UInt8]
    }

    private var seen: RecentValues<Seen>
    private var lanes: RecentValues<Int64>

    /// - Parameter limit: ids and lanes remembered; of more, the oldest are forgotten.
    package init(limit: Int = 1_000_000) {
        seen = RecentValues(limit: limit)
        lanes = RecentValues(limit: limit)
    }

    /// Takes an envelope in.
    package mutating func receive(_ envelope: Envelope) -> Receipt {
        if let earlier = seen[envelope.id], earlier.sequence == envelope.sequence {
            return earlier.digest == envelope.digest ? .again : .orderFault(reason: "a repeat that is not identical")
        }
        // A known id with another number is a replayed dead letter, which stands anew in its lane.
        let isReplay = seen[envelope.id] != nil
        let last = lanes[envelope.lane] ?? (lanes.hasForgotten ? envelope.sequence - 1 : 0)
        seen[envelope.id] = Seen(sequence: envelope.sequence, digest: envelope.digest)
        guard envelope.sequence > last else {
            return .orderFault(reason: "number \(envelope.sequence) after \(last)")
        }
        lanes[envelope.lane] = envelope.sequence
        let missing = envelope.sequence - last - 1
        let named = Set(envelope.gap).filter { $0 > last && $0 < envelope.sequence }
        guard Int64(named.count) == missing else {
            return .orderFault(reason: "number \(envelope.sequence) after \(last), and lanegap does not say why")
        }
        return isReplay ? .again : .new
    }
}
