import CanonicalModel
import Foundation
import Storage
import Testing

@Suite("Files of many messages, over every store")
struct FileConformance {
    private static let large = (0..<3_670_016).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }

    private static func accept(
        _ body: [UInt8], in store: any MessageStore, pieces: Int = 100_000, key: String? = nil,
        context: [String: String] = [:], failAt: Int = .max
    ) async throws -> Acceptance {
        var rest = body[...]
        let arrival = FileArrival(
            source: "practice", transport: TransportContext(context), deliveryKey: key, acceptedAt: noon)
        return try await store.acceptFile(arrival) {
            if body.count - rest.count >= failAt { throw Refusal() }
            defer { rest = rest.dropFirst(pieces) }
            return rest.isEmpty ? nil : Array(rest.prefix(pieces))
        }
    }

    private static func bytes(of file: StoredFile, in store: any MessageStore) async throws -> [UInt8] {
        var body: [UInt8] = []
        var index = 0
        while let chunk = try await store.read({ [index] in try $0.chunk(index, of: file) }) {
            #expect(chunk.count <= 1 << 20)
            body += chunk
            index += 1
        }
        return body
    }

    private static func next(in store: any MessageStore) async throws -> StoredFile? {
        try await store.read { try $0.nextFileToSplit() }
    }

    @Test(
        "A file comes back as it came, in whatever pieces it came, and is no message to be read",
        arguments: StoreBackend.allCases)
    func roundTrip(_ backend: StoreBackend) async throws {
        try await backend.withPlace { place in
            var store = try await place.open()
            let context = ["odsCode": "A12345"]
            for (length, pieces) in [(1, 1), (1 << 20, 4096), ((1 << 20) + 1, 1 << 20), (Self.large.count, 3_000_000)] {
                let body = Array(Self.large.prefix(length))
                let acceptance = try await Self.accept(body, in: store, pieces: pieces, context: context)
                try await store.close()
                store = try await place.open()
                let file = try #require(try await Self.next(in: store))
                #expect(acceptance == .accepted(file.id))
                #expect(file.length == length && file.parts == 0 && file.path == nil)
                #expect(file.transport.values == context)
                #expect(try await Self.bytes(of: file, in: store) == body)
                #expect(try await store.everyMessage().isEmpty)
                try await store.commit { try $0.settle(file.id, as: .split) }
            }
            #expect(try await Self.next(in: store) == nil)
            try await store.close()
        }
    }

    @Test(
        "A delivery of a file that comes again is the same file, and another under its key is a conflict",
        arguments: StoreBackend.allCases)
    func again(_ backend: StoreBackend) async throws {
        try await backend.withStore { store in
            let first = try await Self.accept(Self.large, in: store, key: "k")
            #expect(try await Self.accept(Self.large, in: store, pieces: 7_000, key: "k") == .repeated(first.id))
            #expect(try await Self.accept(Array(Self.large.dropLast()), in: store, key: "k") == .conflict(first.id))
            #expect(
                try await Self.accept(Self.large, in: store, key: "k", context: ["localId": "7"]) == .conflict(first.id)
            )
            let keyless = try await Self.accept(Self.large, in: store)
            #expect(keyless == .repeated(first.id), "the last in its context")
            let counts = try await store.read { try $0.messageCounts() }
            #expect(counts.map(\.state) == [.splitting])
            #expect(counts.map(\.count) == [1])
        }
    }

    @Test("A file that breaks off leaves nothing behind, and can come again", arguments: StoreBackend.allCases)
    func brokenOff(_ backend: StoreBackend) async throws {
        try await backend.withStore { store in
            await #expect(throws: Refusal.self) {
                _ = try await Self.accept(Self.large, in: store, key: "k", failAt: 2_500_000)
            }
            #expect(try await Self.next(in: store) == nil)
            #expect(try await store.read { try $0.messageCounts() }.isEmpty)
            let again = try await Self.accept(Self.large, in: store, key: "k")
            #expect(again == .accepted(again.id))
        }
    }

    @Test(
        "Parts are messages of their own with the header of their file, and the cursor moves with them or not at all",
        arguments: StoreBackend.allCases)
    func parts(_ backend: StoreBackend) async throws {
        try await backend.withStore { store in
            let other = try await Self.accept([1], in: store, key: "other", context: ["odsCode": "B1"])
            let first = try #require(try await Self.next(in: store))
            #expect(first.id == other.id)
            try await store.commit { transaction in
                let header = FilePart.Header(number: 1, body: [98])
                _ = try transaction.keep(
                    [FilePart(number: 1, body: [1], header: header)], of: first, after: 0,
                    upTo: FileCursor(path: "other", parts: 1, bytes: 1))
                try transaction.settle(first.id, as: .split)
            }
            _ = try await Self.accept([1, 2, 3], in: store, key: "k", context: ["odsCode": "A1"])
            let file = try #require(try await Self.next(in: store))
            let headers = [FilePart.Header(number: 1, body: [97]), FilePart.Header(number: 2, body: [99])]
            let parts = [
                FilePart(number: 1, body: [1], header: headers[0]), FilePart(number: 2, body: [2], header: headers[1]),
                FilePart(number: 3, body: [], refusal: "document-too-large", header: headers[1]),
                FilePart(number: 4, body: Array(Self.large), header: nil),
            ]
            let end = FileCursor(path: "p", parts: 4, bytes: 3)
            let ids = try await store.commit { try $0.keep(parts, of: file, after: 0, upTo: end) }
            #expect(ids.count == 4)
            // Who has not noticed that the cursor has moved keeps nothing.
            await #expect(throws: StoreFault.self) {
                _ = try await store.commit { try $0.keep(parts, of: file, after: 0, upTo: end) }
            }
            let messages = try await store.everyMessage()
            #expect(messages.map(\.body) == [[1], [1], [2], Self.large])
            #expect(messages.map { $0.part?.header } == [[98], [97], [99], nil])
            #expect(messages.map { $0.part?.number } == [1, 1, 2, 4])
            #expect(messages.map { $0.part?.file } == [first.id, file.id, file.id, file.id])
            #expect(messages.map { $0.transport.values["odsCode"] } == ["B1", "A1", "A1", "A1"])
            #expect(messages.allSatisfy { $0.acceptedAt == noon })
            #expect(messages.map(\.id.rawValue) == messages.map(\.id.rawValue).sorted())
            let again = try #require(try await Self.next(in: store))
            #expect(again.parts == 4 && again.path == "p")
        }
    }

    @Test("What became of the parts of a file is counted as it happens", arguments: StoreBackend.allCases)
    func progress(_ backend: StoreBackend) async throws {
        try await backend.withStore { store in
            let acceptance = try await store.accept(arrival("many", key: "k"))
            let id = acceptance.id
            try await store.commit { try $0.settle(id, as: .splitting(path: "p")) }
            let file = try #require(try await Self.next(in: store))
            #expect(file.path == "p" && file.length == 4)
            let parts = (1...4).map { number in
                FilePart(number: number, body: [1], refusal: number == 4 ? "x" : nil, header: nil)
            }
            let ids = try await store.commit {
                try $0.keep(parts, of: file, after: 0, upTo: FileCursor(path: "p", parts: 4, bytes: 2))
            }
            func progress() async throws -> [Int]? {
                let found = try await store.read { try $0.filesInProgress(limit: 5) }.first
                return found.map {
                    [$0.parts, $0.partsRead, $0.partsAwaiting, $0.partsQuarantined, $0.bytesDone, $0.bytes]
                }
            }
            #expect(try await progress() == [4, 0, 0, 1, 2, 4])
            try await store.commit { transaction in
                try transaction.settle(ids[0], as: .read(mapping: "m", issues: 0))
                try transaction.settle(ids[1], as: .awaitingIdentity(system: "s", practice: "p", localID: "7"))
                try transaction.settle(id, as: .split)
            }
            #expect(try await progress() == [4, 1, 1, 1, 2, 4])
            try await store.commit { try $0.settle(ids[2], as: .quarantined(code: "c", place: "")) }
            #expect(try await progress() == nil, "nothing is left to be read")
        }
    }

    @Test("A part is never taken for the last message of its context", arguments: StoreBackend.allCases)
    func context(_ backend: StoreBackend) async throws {
        try await backend.withStore { store in
            _ = try await Self.accept([1], in: store, context: ["odsCode": "A1"])
            let file = try #require(try await Self.next(in: store))
            try await store.commit {
                _ = try $0.keep(
                    [FilePart(number: 1, body: Array("part".utf8), header: nil)], of: file, after: 0,
                    upTo: FileCursor(path: "p", parts: 1, bytes: 1))
            }
            let message = try await store.accept(arrival("part", context: ["odsCode": "A1"]))
            #expect(message == .accepted(message.id))
        }
    }
}
