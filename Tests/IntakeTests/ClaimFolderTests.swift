import CanonicalModel
import Foundation
import Storage
import Testing

@testable import Intake

/// A claim, and what is left when its owner dies.
@Suite("A claim")
struct ClaimFolderTests {
    /// Where the owner died.
    enum Death: CaseIterable, Sendable {
        case beforeTaking, afterTaking, afterAccepting, afterArchiving
    }

    @Test("An owner that dies at any step loses nothing and tells nothing twice", arguments: Death.allCases)
    func death(_ death: Death) async throws {
        try await IntakeBench.with { bench in
            try bench.put("A81001/a.xml", "<a/>")
            try bench.put("A81001/a.context.json", #"{"message": "booked"}"#)
            try await die(death, in: bench)
            try await running([bench.source(pattern: "{odsCode}/*.xml")]) {
                try await eventually("all is finished") {
                    bench.files().allSatisfy { $0.hasPrefix(".hatchway/archive") || $0.hasSuffix("lock") }
                        && bench.files(in: ".hatchway/archive").count == 1
                }
            }
            let messages = try await bench.messages()
            #expect(messages.map(\.transport.values) == [["odsCode": "A81001", "message": "booked"]])
            #expect(bench.files().count == 1, "no lock and no claim is left: \(bench.files())")
        }
    }

    /// Does what an owner does until it dies. Its lock goes with it.
    private func die(_ death: Death, in bench: IntakeBench) async throws {
        let workspace = try Workspace(path: bench.drop)
        let claims = try ClaimFolder.create(in: workspace)
        let claim = try #require(try claims.claim(try candidate(in: workspace), at: Date()))
        switch death {
        case .beforeTaking:
            let owner = try #require(try workspace.owners().first)
            try FileManager.default.moveItem(
                atPath: "\(bench.drop)/.hatchway/\(owner)/\(claim.bodyName)", toPath: "\(bench.drop)/A81001/a.xml")
        case .afterTaking: break
        case .afterAccepting: try await accept(claim, in: bench)
        case .afterArchiving:
            try await accept(claim, in: bench)
            let owner = try #require(try workspace.owners().first)
            let record = "\(bench.drop)/.hatchway/\(owner)/\(claim.recordName)"
            let content = try Data(contentsOf: URL(fileURLWithPath: record))
            try claims.finish(claim, archiveAs: "id", day: "2026-11-21")
            try content.write(to: URL(fileURLWithPath: record))
        }
    }

    private func accept(_ claim: Claim, in bench: IntakeBench) async throws {
        _ = try await bench.store.accept(
            Arrival(
                source: "drop", body: Array("<a/>".utf8), transport: claim.context, deliveryKey: claim.id,
                acceptedAt: claim.acceptedAt))
    }

    private func candidate(in workspace: Workspace) throws -> Candidate {
        var scan = FolderScan(
            pattern: try #require(FolderPattern("{odsCode}/*.xml")), settling: SettlePolicy(settle: .zero),
            time: 2_000_000_000_000_000_000)
        return try #require(try scan.run(root: workspace.root.raw).first)
    }

    @Test("The claims of an owner that lives are left to it")
    func living() async throws {
        try await IntakeBench.with { bench in
            try bench.put("A81001/a.xml")
            let workspace = try Workspace(path: bench.drop)
            let claims = try ClaimFolder.create(in: workspace)
            _ = try #require(try claims.claim(try candidate(in: workspace), at: Date()))
            try bench.put("A81001/b.xml", "<b/>")
            try await running([bench.source(pattern: "{odsCode}/*.xml")]) {
                try await eventually("the other file is accepted") { try await bench.messages().count >= 1 }
            }
            let bodies = try await bench.messages().map { String(decoding: $0.body, as: UTF8.self) }
            #expect(bodies == ["<b/>"])
            #expect(try claims.unfinished().count == 1)
        }
    }

    @Test("A file that is written to after it was looked at goes back to its writer")
    func changed() async throws {
        try await IntakeBench.with { bench in
            try bench.put("A81001/a.xml", "<a/>")
            let workspace = try Workspace(path: bench.drop)
            let claims = try ClaimFolder.create(in: workspace)
            let candidate = try candidate(in: workspace)
            try bench.put("A81001/a.xml", "<a>more</a>")
            #expect(try claims.claim(candidate, at: Date()) == nil)
            #expect(bench.exists("A81001/a.xml"))
            #expect(try claims.unfinished().isEmpty)
        }
    }
}

@Suite("When a file is complete")
struct SettlePolicyTests {
    private static let second: Int64 = 1_000_000_000
    private static let stamp = FileStamp(inode: 1, size: 10, modified: 100 * second)

    @Test("A file is taken at once when its date is older than the settle time")
    func old() {
        var policy = SettlePolicy(settle: .seconds(2))
        let isComplete = policy.isComplete("a", Self.stamp, at: 102 * Self.second)
        #expect(isComplete)
    }

    @Test("A file is taken only once it is unchanged for the settle time, whatever its date says")
    func unchanged() {
        var policy = SettlePolicy(settle: .seconds(2))
        // Its date lies in the future, and it grows between the second look and the third.
        let grown = FileStamp(inode: 1, size: 11, modified: 100 * Self.second)
        let looks: [(FileStamp, Int64)] = [(Self.stamp, 50), (Self.stamp, 51), (grown, 52), (grown, 53), (grown, 54)]
        var answers: [Bool] = []
        for (stamp, second) in looks {
            answers.append(policy.isComplete("a", stamp, at: second * Self.second))
            policy.endLook()
        }
        #expect(answers == [false, false, false, false, true])
    }

    @Test("A file that was away is looked at anew")
    func away() {
        var policy = SettlePolicy(settle: .seconds(2))
        let first = policy.isComplete("a", Self.stamp, at: 50 * Self.second)
        policy.endLook()
        policy.endLook()
        let second = policy.isComplete("a", Self.stamp, at: 60 * Self.second)
        #expect(!first && !second)
    }
}
