package import Storage

/// What the release policy says of a queued event at the moment of sending.
package enum SendDecision: Sendable, Equatable {
    /// - Parameters:
    ///   - content: canonical JSON of what may be told now, and nothing else.
    ///   - narrowed: the views that are less than what was queued; nil for one of which nothing is left.
    case permitted(content: [UInt8], narrowed: [EntityKey: [UInt8]?] = [:])
    /// Nothing of it may be told any more.
    /// - Parameter rule: the rule's name, for the audit.
    case suppressed(rule: String)
}

/// Asks the release policy again, inside the transaction that leases the event, so that nothing can change in between.
///
/// When it throws, nothing is sent: an error of the store undoes the lease, any other puts the event off.
package typealias SendPermission = @Sendable (QueuedEvent, any StoreReading) throws -> SendDecision
