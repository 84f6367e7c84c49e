import CanonicalModel
import Foundation
import Release
import Testing

/// A question about one rule: what it denies or leaves out, and where it begins to.
struct RuleCase: Sendable, CustomTestStringConvertible {
    enum Subject: Sendable { case booking, prescription, section(String, items: [String]), access }

    let what: String
    var subject = Subject.booking
    /// The rule that denies the whole; nil when a view is permitted.
    var rule: ReleaseRule?
    /// How many items the view has, and which rule leaves out the others.
    var items: Int?
    var by: ReleaseRule?
    var bench = ReleaseBench()

    var testDescription: String { what }

    init(
        _ what: String, _ subject: Subject = .booking, denied rule: ReleaseRule? = nil, items: Int? = nil,
        by: ReleaseRule? = nil, _ change: (inout ReleaseBench) -> Void = { _ in }
    ) {
        self.what = what
        self.subject = subject
        self.rule = rule
        self.items = items
        self.by = by
        bench = ReleaseBench().with(change)
    }
}

/// Each of the twelve rules with what it allows, denies, does not know, and the day or value on either side of its bound.
@Suite("The twelve rules") struct RuleTableTests {
    private static let asthma = #"{"system":"http://snomed.info/sct","code":"195967001"}"#
    private static let sensitive = #"{"system":"http://snomed.info/sct","code":"86406008"}"#

    private static func item(_ fields: String = "", coding: String = asthma) -> String {
        #"{"id":"i1","code":{"text":"t","coding":[\#(coding)]}\#(fields.isEmpty ? "" : ",")\#(fields)}"#
    }

    private static func problems(_ items: String...) -> RuleCase.Subject { .section("problems", items: items) }

    private static func standing(_ change: @escaping @Sendable (inout PatientStanding) -> Void)
        -> @Sendable (
            inout PatientStanding
        ) -> Void
    { change }

    // MARK: 1 and 2

    static let first: [RuleCase] = [
        RuleCase("1 a patient nobody calls restricted"),
        RuleCase("1 a patient who is not restricted") { $0.restricted = false },
        RuleCase("1 a restricted patient", denied: .restrictedPatient) { $0.restricted = true },
        RuleCase("1 a patient who is not known", denied: .restrictedPatient) { $0.isKnown = false },
        RuleCase("1 a restricted patient and an organisation", denied: .restrictedPatient) {
            $0.restricted = true
            $0.audience = .directCareOrganisation
        },
        RuleCase("2 nothing granted", denied: .servicePermission) { $0.access = nil },
        RuleCase("2 the service is off", denied: .servicePermission) { $0.access = OnlineAccessGrant(record: .full) },
        RuleCase("2 below the section's level", problems(item()), denied: .servicePermission) {
            $0.access = OnlineAccessGrant(record: .summary)
        },
        RuleCase("2 at the section's level", problems(item()), items: 1) {
            $0.access = OnlineAccessGrant(record: .detailed)
        },
        RuleCase("2 another practice's grant", denied: .servicePermission) {
            $0.practice = "Y90001"
            $0.standing = standing { $0.accessPractice = "Y90002" }
        },
        RuleCase("2 the practice's own grant") {
            $0.practice = "Y90001"
            $0.standing = standing { $0.accessPractice = "Y90001" }
        },
        RuleCase("2 services of somebody who has some", .access),
        RuleCase("2 services of somebody who has none", .access, denied: .servicePermission) {
            $0.access = OnlineAccessGrant()
        },
        RuleCase("2 services are not an organisation's to know", .access, denied: .servicePermission) {
            $0.audience = .directCareOrganisation
        },
        RuleCase("2 of two proxies each sees what both may see", denied: .servicePermission) {
            $0.audience = .proxy
            $0.otherProxies = [ProxyGrant(id: "x2", services: OnlineAccessGrant(record: .full))]
        },
        RuleCase("2 a proxy whose permission begins tomorrow", denied: .servicePermission) {
            proxy(&$0, from: "2024-07-16")
        },
        RuleCase("2 a proxy whose permission begins today") { proxy(&$0, from: "2024-07-15") },
        RuleCase("2 a proxy whose permission begins this month, who knows when", denied: .servicePermission) {
            proxy(&$0, from: "2024-07")
        },
        RuleCase("2 a proxy whose permission ends today") { proxy(&$0, until: "2024-07-15") },
        RuleCase("2 a proxy whose permission ended yesterday", denied: .servicePermission) {
            proxy(&$0, until: "2024-07-14")
        },
        RuleCase("2 a proxy whose permission ends who knows when", denied: .servicePermission) {
            proxy(&$0, until: "soon")
        },
    ]

    private static func proxy(_ bench: inout ReleaseBench, from: String? = nil, until: String? = nil) {
        bench.audience = .proxy
        bench.access = nil
        bench.implied = ReleaseBench.everything
        bench.otherProxies = [ProxyGrant(id: "x1", services: ReleaseBench.everything, from: from, until: until)]
    }

    // MARK: 3 to 5

    static let items: [RuleCase] =
        [
            (#""recorded":"2024-02-28""#, 0), (#""recorded":"2024-02-29""#, 1), (#""recorded":"2024-03-01""#, 1),
            (#""recorded":"2024-03-01","onset":"2024-02-28""#, 0), (#""onset":"2024-02-29""#, 1), ("", 0),
            (#""recorded":"2024""#, 0), (#""recorded":"2024-02""#, 0), (#""recorded":"2024-03""#, 1),
            // 00:30 in London's summer is the day before in UTC.
            (#""recorded":"2024-02-28T23:59:59Z""#, 0), (#""recorded":"2024-02-29T00:00:00Z""#, 1),
        ].map { fields, count in
            RuleCase("3 from 29 February 2024: \(fields)", problems(item(fields)), items: count, by: .prospective) {
                $0.access = OnlineAccessGrant(record: .full, recordProspectiveFrom: "2024-02-29")
            }
        } + [
            RuleCase(
                "3 London's midnight in summer", problems(item(#""recorded":"2024-05-31T22:59:59Z""#)), items: 0,
                by: .prospective
            ) {
                $0.access = OnlineAccessGrant(record: .full, recordProspectiveFrom: "2024-06-01")
            },
            RuleCase(
                "3 London's midnight in summer, a second later", problems(item(#""recorded":"2024-05-31T23:00:00Z""#)),
                items: 1
            ) {
                $0.access = OnlineAccessGrant(record: .full, recordProspectiveFrom: "2024-06-01")
            },
            RuleCase(
                "3 a start that cannot be read", problems(item(#""recorded":"2024-07-01""#)), items: 0, by: .prospective
            ) {
                $0.access = OnlineAccessGrant(record: .full, recordProspectiveFrom: "soon")
            },
            RuleCase(
                "3 a start known to the year counts from its end",
                problems(item(#""recorded":"2023-12-30""#), item(#""recorded":"2023-12-31""#)), items: 1,
                by: .prospective
            ) {
                $0.access = OnlineAccessGrant(record: .full, recordProspectiveFrom: "2023")
            },
            RuleCase(
                "3 what is automatic opens nothing from before sixteen",
                problems(item(#""recorded":"2024-03-09""#), item(#""recorded":"2024-03-10""#)), items: 1,
                by: .prospective
            ) {
                $0.access = nil
                $0.implied = OnlineAccessGrant(record: .full, recordProspectiveFrom: "2022-11-30")
                $0.birthDate = "2008-03-10"
            },
            RuleCase("3 nothing prospective is asked of an organisation", problems(item()), items: 1) {
                $0.audience = .directCareOrganisation
                $0.settings.sensitiveCodes = SensitiveCodes(codes: [])
                $0.access = OnlineAccessGrant(recordProspectiveFrom: "2030-01-01")
            },
            RuleCase("4 ready", problems(item(#""ready":true"#)), items: 1),
            RuleCase("4 not ready", problems(item(#""ready":false"#)), items: 0, by: .notReady),
            RuleCase("4 a word that is neither", problems(item(#""ready":"maybe""#)), items: 0, by: .notReady),
            RuleCase("4 nothing said", problems(item()), items: 1),
            RuleCase("5 confidential", problems(item(#""confidential":true"#)), items: 0, by: .notForPatient),
            RuleCase("5 not confidential", problems(item(#""confidential":false"#)), items: 1),
            RuleCase(
                "5 a word that is neither", problems(item(#""confidential":"maybe""#)), items: 0, by: .notForPatient),
            RuleCase("5 a confidential booking", denied: .notForPatient) { $0.isConfidential = true },
        ]

    // MARK: 6 to 8

    private static let review = Date(timeIntervalSince1970: 1_700_000_000)

    private static func underReview(since: TimeInterval?, startKnown: Bool = true)
        -> @Sendable (inout PatientStanding) -> Void
    {
        standing { known in
            known.enhancedReview = true
            known.automaticSince = since.map { review.addingTimeInterval($0) }
            if startKnown { known.learned = [.review: .init(review, rank: 2)] }
        }
    }

    static let decisions: [RuleCase] = [
        RuleCase("6 declined", problems(item()), denied: .declined) { $0.standing = standing { $0.declined = true } },
        RuleCase("6 declined, and a proxy", problems(item()), denied: .declined) {
            $0.audience = .proxy
            $0.standing = standing { $0.declined = true }
        },
        RuleCase("6 not declined", problems(item()), items: 1) { $0.standing = standing { $0.declined = false } },
        RuleCase("6 declined is the record alone") { $0.standing = standing { $0.declined = true } },
        RuleCase("7 under review, granted by name") { $0.standing = underReview(since: 1) },
        RuleCase("7 under review, automatic", denied: .enhancedReview) {
            automatic(&$0, underReview(since: 0))
        },
        RuleCase("7 under review, automatic since before") { automatic(&$0, underReview(since: -1)) },
        RuleCase("7 under review since nobody knows when", denied: .enhancedReview) {
            automatic(&$0, underReview(since: -1, startKnown: false))
        },
        RuleCase("7 under review, and since when it is automatic nobody knows", denied: .enhancedReview) {
            automatic(&$0, underReview(since: nil))
        },
        RuleCase("7 the review is over") {
            automatic(&$0, standing { $0.enhancedReview = false })
        },
        RuleCase("8 dissent", problems(item()), denied: .dissent) { organisation(&$0, standing { $0.dissent = true }) },
        RuleCase("8 dissent, prescriptions", .prescription, denied: .dissent) {
            organisation(&$0, standing { $0.dissent = true })
        },
        RuleCase("8 dissent, appointments go") { organisation(&$0, standing { $0.dissent = true }) },
        RuleCase("8 no dissent", problems(item()), items: 1) { organisation(&$0, standing { $0.dissent = false }) },
        RuleCase("8 dissent is nothing to the patient", problems(item()), items: 1) {
            $0.standing = standing { $0.dissent = true }
        },
    ]

    private static func automatic(
        _ bench: inout ReleaseBench, _ change: @escaping @Sendable (inout PatientStanding) -> Void
    ) {
        bench.access = nil
        bench.implied = ReleaseBench.everything
        bench.standing = change
    }

    private static func organisation(
        _ bench: inout ReleaseBench, _ change: @escaping @Sendable (inout PatientStanding) -> Void = { _ in }
    ) {
        bench.audience = .directCareOrganisation
        bench.settings.sensitiveCodes = SensitiveCodes(codes: ["86406008"])
        bench.standing = change
    }

    // MARK: 9, 10 and 12; 11 has a table of its own

    static let rest: [RuleCase] = [
        RuleCase("9 no file", problems(item()), denied: .sensitiveCodes) { $0.audience = .directCareOrganisation },
        RuleCase("9 no member", problems(item()), items: 1) { organisation(&$0) },
        RuleCase("9 a member", problems(item(), item(coding: sensitive)), items: 1, by: .sensitiveCodes) {
            organisation(&$0)
        },
        RuleCase(
            "9 a member beside another code", problems(item(coding: "\(asthma),\(sensitive)")), items: 0,
            by: .sensitiveCodes
        ) {
            organisation(&$0)
        },
        RuleCase(
            "9 a member inside",
            .section(
                "testResults",
                items: [
                    item(#""children":[{"id":"c1","code":{"coding":[\#(sensitive)]}}]"#)
                ]), items: 0, by: .sensitiveCodes
        ) { organisation(&$0) },
        RuleCase(
            "9 a part without a code",
            .section(
                "testResults",
                items: [
                    item(#""children":[{"id":"c1","code":{"text":"t"}}]"#)
                ]), items: 0, by: .sensitiveCodes
        ) { organisation(&$0) },
        RuleCase("9 no code", problems(#"{"id":"i1","code":{"text":"t"}}"#), items: 0, by: .sensitiveCodes) {
            organisation(&$0)
        },
        RuleCase(
            "9 a code of another system", problems(item(coding: #"{"system":"urn:x","code":"195967001"}"#)), items: 0,
            by: .sensitiveCodes
        ) {
            organisation(&$0)
        },
        RuleCase(
            "9 a code with a wrong check digit",
            problems(item(coding: #"{"system":"http://snomed.info/sct","code":"195967002"}"#)), items: 0,
            by: .sensitiveCodes
        ) {
            organisation(&$0)
        },
        RuleCase("9 nothing to the patient", problems(item(coding: sensitive)), items: 1) {
            $0.settings.sensitiveCodes = SensitiveCodes(codes: ["86406008"])
        },
        RuleCase("10 switched off", problems(item()), denied: .practiceSection) { off(&$0, ["problems"]) },
        RuleCase("10 another section switched off", problems(item()), items: 1) { off(&$0, ["documents"]) },
        RuleCase("10 another practice's switch", problems(item()), items: 1) {
            off(&$0, ["problems"])
            $0.practice = "Y90002"
        },
        RuleCase("10 a decision by name beats it", problems(item()), items: 1) {
            off(&$0, ["problems"])
            $0.access = ReleaseBench.everything
        },
        RuleCase("10 for an organisation nothing beats it", denied: .practiceSection) {
            off(&$0, ["appointments"])
            $0.audience = .directCareOrganisation
            $0.access = ReleaseBench.everything
        },
        RuleCase("12 management", denied: .management) { $0.audience = .management },
        RuleCase("12 management, online access", .access, denied: .management) { $0.audience = .management },
    ]

    private static func off(_ bench: inout ReleaseBench, _ sections: Set<String>) {
        bench.access = nil
        bench.implied = ReleaseBench.everything
        bench.practice = "Y90001"
        bench.settings.sectionsOff = ["Y90001": sections]
    }

    @Test("Each rule denies what it says and no more", arguments: first + items + decisions + rest)
    func rules(_ question: RuleCase) throws {
        let decision: ReleaseDecision
        switch question.subject {
        case .booking: decision = try question.bench.booking(#"{"id":"b1","status":"booked","start":"2024-08-01"}"#)
        case .prescription:
            decision = try question.bench.prescription(
                #"{"id":"p1","kind":"acute","status":"active","medication":{"coding":[\#(Self.asthma)]}}"#)
        case .section(let name, let items):
            decision = try question.bench.section(
                name, #"{"state":"present","items":[\#(items.joined(separator: ","))]}"#)
        case .access: decision = try question.bench.access(#"{"registered":"2020-01-01"}"#)
        }
        #expect(decision.rule == question.rule)
        guard question.rule == nil else { return }
        let shown = try #require(decision.text).ranges(of: #""code":{"#).count
        if case .section(let name, let items) = question.subject, name == "problems" {
            #expect(shown == question.items)
            let left = items.count - (question.items ?? 0)
            #expect(decision.view?.withheld == (left > 0 ? question.by.map { [$0: left] } : [:]))
            #expect(decision.view?.places.count == left)
        } else if question.items == 0 {
            #expect(shown == 0)
        }
    }

    @Test("An organisation is told that entries of a section are withheld, a person is not")
    func reasons() throws {
        let section = #"{"state":"present","items":[\#(Self.item()),\#(Self.item(coding: Self.sensitive))]}"#
        let clinic = ReleaseBench().with { Self.organisation(&$0) }
        let some = try #require(try clinic.section("problems", section).text)
        #expect(some.hasPrefix(#"{"state":"present","#))
        #expect(some.hasSuffix(#""withheldReason":"confidential-items"}"#))
        let all = #"{"state":"present","items":[\#(Self.item(coding: Self.sensitive))]}"#
        #expect(
            try clinic.section("problems", all).text == #"{"state":"withheld","withheldReason":"confidential-items"}"#)
        let none = #"{"state":"present","items":[\#(Self.item())]}"#
        #expect(try clinic.section("problems", none).text == none)
        let hidden = #"{"state":"present","items":[\#(Self.item(#""confidential":true"#))]}"#
        #expect(try ReleaseBench().section("problems", hidden).text == #"{"state":"undetermined"}"#)
    }

    @Test("Who is told of their services hears what is in force for them, and nothing of why or of others")
    func services() throws {
        let content =
            #"{"services":{"record":"full"},"registered":"2020-01-01","declined":true,"enhancedReview":true,"#
            + #""proxies":[{"id":"x2","name":"Sallow","services":{"record":"full"}}]}"#
        #expect(
            try ReleaseBench().access(content).text
                == #"{"services":{"appointments":true,"prescriptions":true,"record":"full"},"registered":"2020-01-01"}"#
        )
        let proxy = ReleaseBench(audience: .proxy, access: OnlineAccessGrant(record: .summary))
        #expect(
            try proxy.access(content).text
                == #"{"services":{"appointments":false,"prescriptions":false,"record":"summary"}}"#)
        let prospective = ReleaseBench(
            access: OnlineAccessGrant(record: .full, recordProspectiveFrom: "2024-01-01"))
        #expect(try prospective.access(content).text?.contains(#""recordProspectiveFrom":"2024-01-01""#) == true)
        let declined = ReleaseBench().with { $0.standing = Self.standing { $0.declined = true } }
        #expect(try declined.access(content).text?.contains(#""record":"none""#) == true)
    }

    // MARK: The operator's file

    private static let header = "id\teffectiveTime\tactive\tmoduleId\trefsetId\treferencedComponentId"

    private static func row(_ id: String, _ time: String, _ active: String, _ refset: Int, _ code: String) -> String {
        "\(id)\t\(time)\t\(active)\t999000011000000103\t\(SensitiveCodes.refsets[refset])\t\(code)"
    }

    @Test("A full release says by its latest row whether a code is a member; all four refsets must be there")
    func release() throws {
        let rows = [
            Self.row("a", "20200101", "1", 0, "195967001"), Self.row("a", "20240101", "0", 0, "195967001"),
            Self.row("b", "20240101", "1", 0, "86406008"), Self.row("c", "20200101", "0", 1, "38341003"),
            Self.row("c", "20210101", "1", 1, "38341003"), Self.row("d", "20200101", "1", 2, "73211009"),
            "e\t20200101\t1\t999000011000000103\t900000000000497000\t22298006",
        ]
        let first = ([Self.header] + rows).joined(separator: "\r\n") + "\r\n"
        #expect(throws: SensitiveCodes.Fault.withoutRefset(SensitiveCodes.refsets[3])) {
            try SensitiveCodes(files: [first])
        }
        let second = Self.header + "\n" + Self.row("f", "20200101", "1", 3, "44054006")
        let codes = try SensitiveCodes(files: [first, second]).codes
        #expect(codes == ["86406008", "38341003", "73211009", "44054006"])
        let broken = Self.header + "\n" + Self.row("g", "20200101", "1", 0, "44054007")
        #expect(throws: SensitiveCodes.Fault.notACode(line: 2)) { try SensitiveCodes(files: [broken]) }
    }

    @Test("A list has a code at the start of each line")
    func list() throws {
        let codes = try SensitiveCodes(files: ["# ours\n\n86406008 | what it is |\n195967001,again\r\n38341003"]).codes
        #expect(codes == ["86406008", "195967001", "38341003"])
        #expect(throws: SensitiveCodes.Fault.notACode(line: 2)) { try SensitiveCodes(files: ["86406008\n12345"]) }
        #expect(throws: SensitiveCodes.Fault.empty) { try SensitiveCodes(files: ["# nothing\n"]) }
    }

    @Test("The refsets' own codes are right")
    func refsets() {
        #expect(SensitiveCodes.refsets.allSatisfy { SNOMEDCode($0) != nil })
        #expect(["1290331000000103", "1364731000000104", "1364751000000106"].allSatisfy { SNOMEDCode($0) != nil })
    }
}
