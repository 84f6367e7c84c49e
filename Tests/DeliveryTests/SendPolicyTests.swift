import CanonicalModel
import Delivery
import Foundation
import Release
import Storage
import Telemetry
import Testing

/// The policy is asked again when an event is about to leave (release-policy.md): what is sent is what was queued, or less.
@Suite("The policy on sending") struct SendPolicyTests {
    private static let number = "9990001006"
    private static let noon = Date(timeIntervalSince1970: 1_781_521_200)
    private static let grant = OnlineAccessGrant(appointments: true, prescriptions: true, record: .full)
    private static let booking = #"{"id":"b1","status":"booked","start":"2026-07-02T09:20:00+01:00","reason":"words"}"#
    private static let latex = #"{"id":"a1","code":{"text":"Latex"}}"#
    private static let peanut = #"{"id":"a2","code":{"text":"Peanut"}}"#

    /// Everything an event may carry: one booking, one prescription, one section and two.
    private static let contents: [(String, [(EntityKind, String, String)])] = [
        (#"{"bookings":[\#(booking)]}"#, [(.booking, "b1", booking)]),
        (
            #"{"prescriptions":[{"id":"p1","kind":"repeat","status":"active","medication":{"text":"Pills"}}]}"#,
            [(.prescription, "p1", #"{"id":"p1","kind":"repeat","status":"active","medication":{"text":"Pills"}}"#)]
        ),
        (
            #"{"recordSummary":{"sections":{"allergies":{"state":"present","items":[\#(latex),\#(peanut)]}}}}"#,
            [(.recordSection, "allergies", #"{"state":"present","items":[\#(latex),\#(peanut)]}"#)]
        ),
        (
            #"{"recordSummary":{"sections":{"allergies":{"state":"present","items":[\#(latex)]},"#
                + #""medications":{"state":"undetermined"}}}}"#,
            [
                (.recordSection, "allergies", #"{"state":"present","items":[\#(latex)]}"#),
                (.recordSection, "medications", #"{"state":"undetermined"}"#),
            ]
        ),
    ]

    @Test("Unchanged permission gives what was queued, byte for byte, however often it is asked", arguments: 0..<4)
    func unchanged(index: Int) async throws {
        let (content, entities) = Self.contents[index]
        try await decide(content, entities) { decision in
            #expect(decision == .permitted(content: Array(content.utf8)))
        }
    }

    @Test(
        "A patient who is restricted by now is told nothing, and neither is a patient who is not known",
        arguments: 0..<4)
    func restricted(index: Int) async throws {
        let (content, entities) = Self.contents[index]
        try await decide(content, entities, standing: { $0?.restricted = true }) { decision in
            #expect(decision == .suppressed(rule: "restricted-patient"))
        }
        try await decide(content, entities, standing: { $0 = nil }) { decision in
            #expect(decision == .suppressed(rule: "restricted-patient"))
        }
    }

    @Test("A grant that was taken back suppresses, and the first rule that denies names it")
    func takenBack() async throws {
        let (content, entities) = Self.contents[0]
        try await decide(content, entities, standing: { $0?.access = OnlineAccessGrant() }) { decision in
            #expect(decision == .suppressed(rule: "service-permission"))
        }
        try await decide(content, entities, standing: { $0?.birthDate = nil }) { decision in
            #expect(decision == .suppressed(rule: "age"))
        }
    }

    @Test("A grant that became narrower leaves out what it no longer opens")
    func narrower() async throws {
        let (content, entities) = Self.contents[0]
        let grant = OnlineAccessGrant(appointments: true, prescriptions: true, record: .summary)
        try await decide(content, entities, standing: { $0?.access = grant }) { decision in
            let less = #"{"bookings":[{"id":"b1","status":"booked","start":"2026-07-02T09:20:00+01:00"}]}"#
            #expect(decision.text == less)
            #expect(
                decision.narrowed.map { String(decoding: $0 ?? [], as: UTF8.self) } == [
                    String(less.dropFirst(13).dropLast(2))
                ])
        }
    }

    @Test("An item that is confidential by now is left out, and an entity that is, is suppressed")
    func confidentialByNow() async throws {
        let (content, _) = Self.contents[2]
        let marked = #"{"id":"a2","confidential":true,"code":{"text":"Peanut"}}"#
        let now = #"{"state":"present","items":[\#(Self.latex),\#(marked)]}"#
        try await decide(content, [(.recordSection, "allergies", now)]) { decision in
            let less = #"{"recordSummary":{"sections":{"allergies":{"state":"present","items":[\#(Self.latex)]}}}}"#
            #expect(decision.text == less)
            #expect(decision.narrowed.count == 1)
        }
        try await decide(Self.contents[0].0, Self.contents[0].1, isConfidential: true) { decision in
            #expect(decision == .suppressed(rule: "not-for-patient"))
        }
    }

    @Test("What became more since is not told by the old event")
    func never() async throws {
        let (content, _) = Self.contents[3]
        let more = [
            (EntityKind.recordSection, "allergies", #"{"state":"present","items":[\#(Self.latex),\#(Self.peanut)]}"#),
            (EntityKind.recordSection, "medications", #"{"state":"empty"}"#),
        ]
        try await decide(content, more) { decision in
            #expect(decision == .permitted(content: Array(content.utf8)))
        }
    }

    @Test("A withdrawal always goes", arguments: ["booking", "prescription", "record-summary"])
    func withdrawal(kind: String) async throws {
        let content = #"{"withdrawn":[{"id":"b1"}]}"#
        let changes: [(inout PatientStanding?) -> Void] = [
            { _ in }, { $0?.restricted = true }, { $0?.access = nil }, { $0 = nil },
        ]
        for change in changes {
            try await decide(content, Self.contents[0].1, type: "\(kind)-withdrawn-1", standing: change) { decision in
                #expect(decision == .permitted(content: Array(content.utf8)))
            }
        }
    }

    @Test("What a source implies holds for what that source told, and for nothing else")
    func implied() async throws {
        let (content, entities) = Self.contents[0]
        for (source, expected) in [
            ("drop", SendDecision.permitted(content: Array(content.utf8))),
            ("another", .suppressed(rule: "service-permission")),
        ] {
            try await decide(content, entities, source: source, standing: { $0?.access = nil }) { decision in
                #expect(decision == expected)
            }
        }
    }

    /// Asks about an event whose entities stand as given, of an adult to whom everything is granted by name unless
    /// `standing` changes that.
    private func decide(
        _ content: String, _ entities: [(EntityKind, String, String)], type: String = "booking-changed-1",
        source: String = "drop", isConfidential: Bool = false,
        standing change: (inout PatientStanding?) -> Void = { _ in },
        check: (SendDecision) -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("send-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try await SQLiteMessageStore.open(at: folder.appendingPathComponent("store.db").path)
        let patient = store.patientKey(nhsNumber: Self.number)
        var changed: PatientStanding? = PatientStanding(
            nhsNumber: Self.number, birthDate: "1974-08-30", access: Self.grant)
        change(&changed)
        let standing = changed
        let states = entities.map { kind, id, text in
            EntityState(
                key: EntityKey(system: "alpha", practice: "Y90001", patient: patient, kind: kind, id: id),
                source: source, content: Array(text.utf8), digest: store.digest(Array(text.utf8)),
                isConfidential: isConfidential, time: Self.noon, timeKind: .observed, mappingDigest: "")
        }
        try await store.commit { transaction in
            if let standing { try transaction.save(standing) }
            for state in states { try transaction.save(state) }
        }
        let event = QueuedEvent(
            id: "e-1", consumer: "app", patient: patient, type: type, time: Self.noon, correlationID: nil,
            entities: states.map(\.key), content: Array(content.utf8), source: source, queuedAt: Self.noon)
        let policy = SendPolicy(
            ReleasePolicy(), audience: .patient, impliedAccess: ["drop": Self.grant], clock: WallClock { Self.noon })
        for _ in 0..<2 { check(try await store.read { try policy.decide(event, in: $0) }) }
        try await store.close()
    }
}

extension SendDecision {
    fileprivate var text: String? {
        if case .permitted(let content, _) = self { return String(decoding: content, as: UTF8.self) }
        return nil
    }

    /// The views that are less than what was queued.
    fileprivate var narrowed: [[UInt8]?] {
        if case .permitted(_, let narrowed) = self { return Array(narrowed.values) }
        return []
    }
}
