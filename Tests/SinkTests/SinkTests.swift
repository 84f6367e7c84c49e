import GatewayService
import Testing

@Suite("The sink's ledger")
struct SinkLedgerTests {
    private func envelope(
        _ id: String, _ number: Int, lane: String = "a", gap: String = "", data: String = "{}"
    ) throws -> SinkLedger.Envelope {
        let gap = gap.isEmpty ? "" : #","lanegap":"\#(gap)""#
        let json =
            #"{"specversion":"1.0","id":"\#(id)","type":"t","lane":"\#(lane)","lanesequence":"\#(number)"\#(gap),"#
            + #""data":\#(data)}"#
        return try #require(SinkLedger.Envelope(Array(json.utf8)))
    }

    private func receipts(_ envelopes: [SinkLedger.Envelope], limit: Int = 100) -> [SinkLedger.Receipt] {
        var ledger = SinkLedger(limit: limit)
        return envelopes.map { ledger.receive($0) }
    }

    private func isFault(_ receipt: SinkLedger.Receipt?) -> Bool {
        if case .orderFault = receipt { true } else { false }
    }

    @Test("Numbers from one without a gap are in order, each lane for itself")
    func order() throws {
        let list = try [envelope("1", 1), envelope("2", 1, lane: "b"), envelope("3", 2), envelope("4", 2, lane: "b")]
        #expect(receipts(list) == [.new, .new, .new, .new])
    }

    @Test("A repeat is told by its id, and must be the same to the byte")
    func repeats() throws {
        #expect(receipts([try envelope("1", 1), try envelope("2", 2), try envelope("1", 1)]) == [.new, .new, .again])
        #expect(isFault(receipts([try envelope("1", 1), try envelope("1", 1, data: "[]")]).last))
    }

    @Test("A missing number is a fault unless the gap names it")
    func gaps() throws {
        #expect(isFault(receipts([try envelope("1", 2)]).last))
        #expect(isFault(receipts([try envelope("1", 1), try envelope("2", 4, gap: "2")]).last))
        #expect(receipts([try envelope("1", 1), try envelope("2", 4, gap: "2,3")]) == [.new, .new])
    }

    @Test("A number that was there before is a fault; a replay takes a new one")
    func backwards() throws {
        #expect(isFault(receipts([try envelope("1", 1), try envelope("2", 1)]).last))
        #expect(receipts([try envelope("1", 1), try envelope("1", 2)]) == [.new, .again])
    }

    @Test("Beyond its limit it forgets the oldest and accuses nobody of what it forgot")
    func bounded() throws {
        let list = try (1...5).map { try envelope("\($0)", 1, lane: "\($0)") } + [envelope("9", 2, lane: "1")]
        #expect(receipts(list, limit: 2).allSatisfy { $0 == .new })
    }

    @Test(
        "What is not a CloudEvent in a lane is none", arguments: ["", "{}", "[]", #"{"specversion":"1.0","id":"1"}"#])
    func malformed(text: String) { #expect(SinkLedger.Envelope(Array(text.utf8)) == nil) }
}
