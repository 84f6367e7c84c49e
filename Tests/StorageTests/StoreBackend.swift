import CanonicalModel
import Foundation
import Storage
import Testing

/// The implementations of `MessageStore` that the conformance suites run over.
enum StoreBackend: CaseIterable, Sendable {
    case sqlite

    /// Gives `body` a place of its own for a store, and takes it away afterwards.
    func withPlace(_ body: (StorePlace) async throws -> Void) async throws {
        switch self {
        case .sqlite:
            try await withTemporaryFolder { folder in
                try await body(StorePlace { try await SQLiteMessageStore.open(at: folder + "/store.db") })
            }
        }
    }

    /// Gives `body` a new store.
    func withStore(_ body: (any MessageStore) async throws -> Void) async throws {
        try await withPlace { place in
            let store = try await place.open()
            try await body(store)
            try await store.close()
        }
    }
}

/// Where a store lives: opened, closed and opened again, it is the same one.
struct StorePlace: Sendable {
    let open: @Sendable () async throws -> any MessageStore
}

func withTemporaryFolder(_ body: (String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("store-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(folder.path)
}

/// The hour at which every test begins.
let noon = Date(timeIntervalSince1970: 1_790_000_000)

let alice = PatientKey("00000000000000000000000000000a11")
let bruno = PatientKey("00000000000000000000000000000b12")

func arrival(
    _ body: String, source: String = "practice", key: String? = nil, context: [String: String] = [:], at: Date = noon
) -> Arrival {
    Arrival(
        source: source, body: Array(body.utf8), transport: TransportContext(context), deliveryKey: key, acceptedAt: at)
}

func event(_ id: String, for consumer: String = "app", of patient: PatientKey = alice, at: Date = noon) -> QueuedEvent {
    let key = EntityKey(system: "alpha", practice: "A12345", patient: patient, kind: .booking, id: "b-\(id)")
    return QueuedEvent(
        id: id, consumer: consumer, patient: patient, type: "booking-booked-1", time: at - 60,
        correlationID: id == "1" ? nil : "c-\(id)", entities: [key], content: Array("{\"n\":\"\(id)\"}".utf8),
        source: "practice", queuedAt: at)
}

extension MessageStore {
    func everyMessage() async throws -> [StoredMessage] {
        try await messagesToRead(after: 0, limit: 100_000, bytes: .max)
    }

    func queue(_ events: QueuedEvent...) async throws {
        for event in events { try await commit { try $0.queue(event) } }
    }

    func lease(of consumer: String = "app", at now: Date = noon, for seconds: Double = 30) async throws -> LeasedEvent?
    {
        try await commit { try $0.leaseLane(of: consumer, now: now, until: now + seconds) }
    }

    func number(_ lease: LeasedEvent) async throws -> LaneSequence {
        try await commit { try $0.assignSequence(to: lease) }
    }

    func settle(_ lease: LeasedEvent, _ outcome: DeliverySettlement) async throws -> Bool {
        try await commit { try $0.settle(lease, as: outcome) }
    }
}

struct Refusal: Error {}
