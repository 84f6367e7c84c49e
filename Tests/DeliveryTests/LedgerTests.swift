import CanonicalModel
import Foundation
import Storage
import Testing

@testable import Delivery

@Suite("What leasing and settling an event means for what its consumer knows")
struct LedgerTests {
    private let now = Date(timeIntervalSince1970: 1_790_000_000)
    private let key = EntityKey(
        system: "alpha", practice: "A12345", patient: PatientKey("00112233445566778899aabbccddeeff"), kind: .booking,
        id: "b1")

    private func event(_ id: String, _ type: String = "booking-booked-1") -> QueuedEvent {
        QueuedEvent(
            id: id, consumer: "portal", patient: key.patient, type: type, time: now, correlationID: nil,
            entities: [key], content: Array("{}".utf8), source: "drop", queuedAt: now)
    }

    private func ledger(_ store: any MessageStore, suppressing suppressed: Set<String> = []) -> DeliveryLedger {
        DeliveryLedger(
            store: store, consumer: "portal",
            permission: { event, _ in
                suppressed.contains(event.id) ? .suppressed(rule: "dissent") : .permitted(content: event.content)
            }, leaseTime: .seconds(30))
    }

    private func settle(_ lease: DeliveryLedger.Lease, as settlement: DeliverySettlement, _ store: any MessageStore)
        async throws
    {
        let delivery = try #require(lease.deliveries.first)
        let settled = try await ledger(store).settle(delivery, as: settlement, audit: nil, thenLease: false, now: now)
        #expect(settled.wasHeld)
    }

    private func withStore(_ body: (any MessageStore) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "ledger-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try await SQLiteMessageStore.open(at: folder.appending(path: "store.db").path)
        try await body(store)
        try await store.close()
    }

    /// Does what the interpreter does: the view and its event in one transaction.
    private func release(
        _ id: String, _ content: String?, to store: any MessageStore, namesEvent: Bool = false
    ) async throws {
        let bytes = Array((content ?? "").utf8)
        let view = ReleasedView(
            key: key, consumer: "portal", digest: content == nil ? nil : store.digest(bytes), content: bytes,
            event: namesEvent ? id : nil)
        let event = content == nil ? event(id, "booking-withdrawn-1") : event(id)
        try await store.commit {
            try $0.save(view)
            try $0.queue(event)
        }
    }

    private func view(_ store: any MessageStore) async throws -> ReleasedView {
        let view = try await store.read { [key] reading in try reading.released(key, to: "portal") }
        return try #require(view)
    }

    @Test("A suppressed event leaves nothing told, so that the next message can release it again")
    func suppressedIsNotTold() async throws {
        try await withStore { store in
            try await release("1", "one", to: store)
            let lease = try await ledger(store, suppressing: ["1"]).lease(upTo: 1, now: now)
            #expect(lease.suppressed.map(\.rule) == ["dissent"])
            let told = try await view(store)
            #expect(told.digest == nil && told.content.isEmpty && !told.isSent)
        }
    }

    @Test("A suppressed change of something sent earlier is forgotten, but not that something was sent")
    func suppressedChange() async throws {
        try await withStore { store in
            try await release("1", "one", to: store)
            try await settle(try await ledger(store).lease(upTo: 1, now: now), as: .delivered, store)
            try await release("2", "two", to: store)
            _ = try await ledger(store, suppressing: ["2"]).lease(upTo: 1, now: now)
            let told = try await view(store)
            #expect(told.digest == .unknown && told.isSent)
            try await release("3", nil, to: store)
            #expect(try await ledger(store).lease(upTo: 1, now: now).deliveries.map(\.lease.event.id) == ["3"])
        }
    }

    @Test("What is sent of an event is what the consumer knows, unless a later event tells of the same thing")
    func narrowed() async throws {
        for hasLater in [false, true] {
            try await withStore { store in
                try await release("1", "one and more", to: store, namesEvent: true)
                if hasLater { try await release("2", "two", to: store, namesEvent: true) }
                let ledger = DeliveryLedger(
                    store: store, consumer: "portal",
                    permission: { event, _ in
                        .permitted(content: event.content, narrowed: event.id == "1" ? [key: Array("one".utf8)] : [:])
                    }, leaseTime: .seconds(30))
                #expect(try await ledger.lease(upTo: 1, now: now).deliveries.count == 1)
                let told = try await view(store)
                #expect(told.isSent)
                #expect(told.digest == store.digest(Array((hasLater ? "two" : "one").utf8)))
            }
        }
    }

    @Test("Of an event that is suppressed nothing is forgotten that a later event tells")
    func suppressedBeforeLater() async throws {
        try await withStore { store in
            try await release("1", "one", to: store, namesEvent: true)
            try await release("2", "two", to: store, namesEvent: true)
            try await release("3", nil, to: store, namesEvent: true)
            let lease = try await ledger(store, suppressing: ["1"]).lease(upTo: 1, now: now)
            #expect(lease.deliveries.map(\.lease.event.id) == ["2"])
            // The withdrawal that follows still stands as what was told last.
            #expect(try await view(store).digest == nil)
            try await settle(lease, as: .delivered, store)
            #expect(try await ledger(store).lease(upTo: 1, now: now).deliveries.map(\.lease.event.id) == ["3"])
        }
    }

    @Test("An event that is sent behind a suppressed one of the same thing is told")
    func sentBehindSuppressed() async throws {
        try await withStore { store in
            try await release("1", "one", to: store)
            try await release("2", "two", to: store)
            let lease = try await ledger(store, suppressing: ["1"]).lease(upTo: 1, now: now)
            #expect(lease.deliveries.map(\.lease.event.id) == ["2"])
            let told = try await view(store)
            #expect(told.digest == .unknown && told.isSent)
        }
    }

    @Test("What was never sent is never withdrawn, and the withdrawal takes no number")
    func neverTold() async throws {
        try await withStore { store in
            try await release("1", "one", to: store)
            try await release("2", nil, to: store)
            try await release("3", "three", to: store)
            let lease = try await ledger(store, suppressing: ["1"]).lease(upTo: 1, now: now)
            #expect(lease.suppressed.map(\.rule) == ["dissent", "never-told"])
            #expect(lease.deliveries.map(\.sequence) == [LaneSequence(number: 1, gap: [])])
            #expect(try await view(store).isSent)
        }
    }

    @Test("What may have been sent is withdrawn, however often that is tried, and once it is taken not again")
    func withdrawal() async throws {
        try await withStore { store in
            try await release("1", "one", to: store)
            let first = try await ledger(store).lease(upTo: 1, now: now)
            #expect(try await view(store).isSent)
            try await settle(first, as: .deadLetter(because: "given-up", status: nil, hold: false), store)
            try await release("2", nil, to: store)
            for attempt in 0..<3 {
                let lease = try await ledger(store).lease(upTo: 1, now: now)
                #expect(lease.deliveries.map(\.lease.event.id) == ["2"])
                try await settle(lease, as: attempt < 2 ? .retry(at: now, because: "timeout") : .delivered, store)
            }
            #expect(try await view(store).isSent == false)
            try await release("3", nil, to: store)
            #expect(try await ledger(store).lease(upTo: 1, now: now).suppressed.map(\.rule) == ["never-told"])
            try await release("4", "four", to: store)
            try await release("5", nil, to: store)
            for id in ["4", "5"] {
                let lease = try await ledger(store).lease(upTo: 1, now: now)
                #expect(lease.deliveries.map(\.lease.event.id) == [id])
                try await settle(lease, as: .delivered, store)
            }
        }
    }
}
