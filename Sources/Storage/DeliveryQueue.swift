package import struct Foundation.Date

/// An event on its way to one consumer.
package struct QueuedEvent: Sendable, Equatable {
    /// The CloudEvents id: stable for ever, the consumer's idempotency key.
    package let id: String
    package let consumer: String
    /// Whose lane it is in; for slots the key that stands for the practice.
    package let patient: PatientKey
    /// CloudEvents type, for instance `booking-booked-1`.
    package let type: String
    /// Source time of the news.
    package let time: Date
    /// Events that belong together; the first one's id where there is no better.
    package let correlationID: String?
    /// The entities told about, so that the policy can be asked again on send.
    package let entities: [EntityKey]
    /// The permitted view when it was queued: canonical JSON of the envelope's `data`.
    package let content: [UInt8]
    /// Name of the configured source whose message made it.
    package let source: String
    package let queuedAt: Date
    /// Why it is told where nothing happened to the thing itself: `remapped`, a corrected mapping reads it differently;
    /// `inferred`, a complete list no longer names it.
    package let cause: String?

    package init(
        id: String, consumer: String, patient: PatientKey, type: String, time: Date, correlationID: String?,
        entities: [EntityKey], content: [UInt8], source: String, queuedAt: Date, cause: String? = nil
    ) {
        self.id = id
        self.consumer = consumer
        self.patient = patient
        self.type = type
        self.time = time
        self.correlationID = correlationID
        self.entities = entities
        self.content = content
        self.source = source
        self.queuedAt = queuedAt
        self.cause = cause
    }
}

/// The head of a lane, leased for one attempt.
package struct LeasedEvent: Sendable, Equatable {
    package let event: QueuedEvent
    /// Opaque name of the lane (consumer and patient), safe to send.
    package let lane: String
    /// The fencing token: a later lease of the same lane has a greater one.
    package let fence: Int64
    /// Attempts made before this one.
    package let attempts: Int
    package let sequence: Int64?

    package init(event: QueuedEvent, lane: String, fence: Int64, attempts: Int, sequence: Int64?) {
        self.event = event
        self.lane = lane
        self.fence = fence
        self.attempts = attempts
        self.sequence = sequence
    }
}

/// The place of an event in its lane.
package struct LaneSequence: Sendable, Equatable {
    package let number: Int64
    /// As many lost numbers as are named; of more, the last ones.
    package static let gapLimit = 256
    /// Numbers that were assigned and then lost to dead letters, to be named in this envelope's `lanegap`.
    package let gap: [Int64]

    package init(number: Int64, gap: [Int64]) {
        self.number = number
        self.gap = gap
    }
}

/// How a lease ends.
package enum DeliverySettlement: Sendable, Equatable {
    case delivered
    /// Stays at the head of its lane and is due again at that time. `because` is a stable code.
    case retry(at: Date, because: String)
    /// Leaves the lane. `hold` keeps the lane's later events waiting (`onDeadLetter: hold`).
    case deadLetter(because: String, status: Int?, hold: Bool)
    /// The policy no longer permits any of it: leaves the lane without a number.
    case suppressed(rule: String)
    /// The lease is given back untouched, for instance at shutdown.
    case returned
}

/// What waits for a consumer.
package struct DeliveryBacklog: Sendable, Equatable {
    package let waiting: Int
    package let oldest: Date?
    package let deadLetters: Int

    package init(waiting: Int, oldest: Date?, deadLetters: Int) {
        self.waiting = waiting
        self.oldest = oldest
        self.deadLetters = deadLetters
    }
}
