package import CanonicalModel
import Documents
import MessageMapping
package import Release
package import Storage
package import Telemetry

import struct Foundation.Date

/// Asks the release policy again when an event is about to leave: what was permitted when it was queued may be denied by
/// now (a patient became restricted, a grant was taken back, an entry was marked confidential). What is sent is the queued
/// content or less of it, never more, so that a retry repeats the same bytes unless the permission itself changed. Which
/// online services somebody has is such a permission: it is told as it is now.
package struct SendPolicy: Sendable {
    private let policy: ReleasePolicy
    private let audience: Audience
    private let impliedAccess: [String: OnlineAccessGrant]
    private let clock: WallClock

    /// - `impliedAccess`: what the messages of a source imply, by the source's name.
    package init(
        _ policy: ReleasePolicy, audience: Audience, impliedAccess: [String: OnlineAccessGrant],
        clock: WallClock = .system
    ) {
        self.policy = policy
        self.audience = audience
        self.impliedAccess = impliedAccess
        self.clock = clock
    }

    /// - Throws: ``StoreFault`` when the store cannot be read; ``DocumentFault`` when the queued content cannot.
    package func decide(_ event: QueuedEvent, in store: any StoreReading) throws -> SendDecision {
        // That something may no longer be seen is all that a withdrawal says.
        if event.isWithdrawal { return .permitted(content: event.content) }
        var queued = try CanonicalReader.read(event.content, as: CanonicalShapes.message)
        let standing = try store.standing(of: event.patient)
        let today = CivilDate.inLondon(from: Int(clock.now.timeIntervalSince1970))
        var views: [(ReleaseSubject.Kind, [UInt8])] = []
        var narrowed: [EntityKey: [UInt8]?] = [:]
        var denial: ReleaseRule?
        for key in event.entities {
            guard let node = node(of: key, in: queued) else { continue }
            let current = try store.entity(key)
            if let current { try mark(&queued, node, from: current) }
            let kind = ReleaseSubject.Kind(key.kind, id: key.id)
            let subject = ReleaseSubject(
                kind: kind, message: queued, node: node, isConfidential: current?.isConfidential ?? false)
            let evidence = ReleaseEvidence(
                standing: standing, implied: current.flatMap { impliedAccess[$0.source] }, practice: key.practice,
                today: today)
            switch policy.decide(subject, for: audience, on: evidence) {
            case .permitted(let view):
                views.append((kind, view.content))
                if view.content != CanonicalJSONWriter.write(queued, node: node) { narrowed[key] = .some(view.content) }
            case .denied(let rule):
                narrowed[key] = .some(nil)
                denial = denial ?? rule
            }
        }
        guard !views.isEmpty else { return .suppressed(rule: denial?.rawValue ?? "nothing-left") }
        return .permitted(content: EventContent.of(views), narrowed: narrowed)
    }

    private func node(of key: EntityKey, in message: CanonicalMessage) -> Int? {
        switch key.kind {
        case .onlineAccess: return message.first(CanonicalFields.Message.onlineAccess, in: 0)
        case .slotList: return 0
        case .booking: return message.first(CanonicalFields.Message.bookings, in: 0)
        case .prescription: return message.first(CanonicalFields.Message.prescriptions, in: 0)
        case .recordSection:
            guard let record = message.first(CanonicalFields.Message.recordSummary, in: 0),
                let sections = message.first(CanonicalFields.sections, in: record),
                let field = CanonicalShapes.field(key.id, of: CanonicalShapes.required("sections"))
            else { return nil }
            return message.first(field.id, in: sections)
        }
    }

    /// Marks the queued items that are confidential by now.
    private func mark(_ queued: inout CanonicalMessage, _ section: Int, from current: EntityState) throws {
        guard current.key.kind == .recordSection, let shape = current.key.shape,
            let items = CanonicalShapes.field("items", of: shape), case .object(let itemShape) = items.type,
            let id = CanonicalShapes.field("id", of: CanonicalShapes.shape(itemShape))?.id,
            let confidential = CanonicalShapes.field("confidential", of: CanonicalShapes.shape(itemShape))?.id
        else { return }
        let state = try CanonicalReader.read(current.content, as: shape)
        let marked = Set(
            state.all(items.id, in: 0).filter { state.string(confidential, in: $0) == "true" }
                .compactMap { state.string(id, in: $0) })
        guard !marked.isEmpty else { return }
        for item in queued.all(items.id, in: section) where queued.string(id, in: item).map(marked.contains) ?? true {
            queued.markConfidential(item)
        }
    }
}
