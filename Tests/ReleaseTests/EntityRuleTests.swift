import CanonicalModel
import Release
import Testing

/// One way of asking, and the rule that denies it; nil where it is permitted.
struct Case: Sendable, CustomTestStringConvertible {
    let what: String
    let rule: ReleaseRule?
    let bench: ReleaseBench

    init(_ what: String, _ rule: ReleaseRule?, _ change: (inout ReleaseBench) -> Void = { _ in }) {
        self.what = what
        self.rule = rule
        bench = ReleaseBench().with(change)
    }

    var testDescription: String { what }
}

@Suite("Rules that decide over a whole entity")
struct EntityRuleTests {
    private static let booking = #"{"id":"b1","status":"booked","start":"2024-08-01T09:00:00+01:00"}"#
    private static let prescription =
        #"{"id":"p1","kind":"acute","status":"active","medication":{"text":"Paracetamol 500mg tablets"}}"#
    private static let section = #"{"state":"present","items":[{"id":"a1","code":{"text":"Penicillin"}}]}"#

    @Test(
        "Nothing about a restricted or unknown patient leaves, whoever asks",
        arguments: Audience.allCases, [true, false])
    func restricted(_ audience: Audience, isKnown: Bool) throws {
        let bench = ReleaseBench(audience: audience, restricted: isKnown ? true : nil, isKnown: isKnown)
        #expect(try bench.booking(Self.booking) == .denied(.restrictedPatient))
        #expect(try bench.prescription(Self.prescription) == .denied(.restrictedPatient))
        #expect(try bench.section("allergies", Self.section) == .denied(.restrictedPatient))
    }

    @Test("A patient whom no source calls restricted is not", arguments: [false, nil] as [Bool?])
    func notRestricted(_ restricted: Bool?) throws {
        #expect(try ReleaseBench(restricted: restricted).booking(Self.booking).text == Self.booking)
    }

    private static let bookings: [Case] = [
        Case("granted by name", nil),
        Case("granted by what the source implies", nil) {
            $0.access = nil
            $0.implied = ReleaseBench.everything
        },
        Case("no grant at all", .servicePermission) { $0.access = nil },
        Case("another service granted", .servicePermission) {
            $0.access = OnlineAccessGrant(prescriptions: true, record: .full)
        },
        Case("the practice's decision beats what the source implies", .servicePermission) {
            $0.access = OnlineAccessGrant()
            $0.implied = ReleaseBench.everything
        },
        Case("marked confidential", .notForPatient) { $0.isConfidential = true },
        Case("an organisation needs no grant", nil) {
            $0.audience = .directCareOrganisation
            $0.access = nil
            $0.birthDate = nil
        },
        Case("an organisation sees what is not for the patient", nil) {
            $0.audience = .directCareOrganisation
            $0.isConfidential = true
        },
        Case("management has counts only", .management) { $0.audience = .management },
    ]

    @Test("Appointments need their grant", arguments: bookings)
    func appointments(_ question: Case) throws {
        let decision = try question.bench.booking(Self.booking)
        #expect(decision.rule == question.rule)
        if question.rule == nil { #expect(decision.text == Self.booking) }
    }

    private static let prescriptions: [Case] = [
        Case("granted", nil) { $0.access = OnlineAccessGrant(prescriptions: true) },
        Case("another service granted", .servicePermission) {
            $0.access = OnlineAccessGrant(appointments: true, record: .full)
        },
        Case("marked confidential", .notForPatient) { $0.isConfidential = true },
        Case("no sensitive codes are known", .sensitiveCodes) { $0.audience = .directCareOrganisation },
        Case("management", .management) { $0.audience = .management },
    ]

    @Test(
        "Prescriptions need their grant, and go to no organisation without a file of sensitive codes",
        arguments: prescriptions)
    func prescribing(_ question: Case) throws {
        let decision = try question.bench.prescription(Self.prescription)
        #expect(decision.rule == question.rule)
        if question.rule == nil { #expect(decision.text == Self.prescription) }
    }

    @Test(
        "A section is seen from its own level on",
        arguments: [
            ("allergies", RecordLevel.summary), ("medications", .summary), ("problems", .detailed),
            ("immunisations", .detailed), ("testResults", .detailed), ("observations", .detailed),
            ("diagnoses", .detailed), ("procedures", .detailed), ("examinations", .detailed), ("history", .detailed),
            ("encounters", .detailed), ("recalls", .detailed), ("referrals", .detailed), ("documents", .documents),
            ("consultations", .full),
        ])
    func levels(_ section: String, _ least: RecordLevel) throws {
        for level in RecordLevel.allCases {
            for audience in [Audience.patient, .proxy] {
                // A proxy of an adult, by individual decision.
                let bench = ReleaseBench(audience: audience, access: OnlineAccessGrant(record: level))
                let decision = try bench.section(section, #"{"state":"present","items":[{"id":"i1"}]}"#)
                #expect(decision.rule == (level < least ? .servicePermission : nil), "\(section) at \(level)")
            }
        }
    }

    @Test("A section that the model does not have is denied, at every level", arguments: ["", "booking", "allergy"])
    func unknownSection(_ name: String) throws {
        #expect(try ReleaseBench().section(name, Self.section) == .denied(.servicePermission))
        let organisation = ReleaseBench(audience: .directCareOrganisation)
        #expect(try organisation.section(name, Self.section) == .denied(.sensitiveCodes))
    }

    @Test("What is not of the shape that was asked about is not in the view")
    func otherShape() throws {
        var message = CanonicalMessage()
        let root = message.begin(.message)
        message.append(CanonicalShapes.required("booking", "id"), "b1")
        message.append(CanonicalShapes.required("patient", "localId"), "L1")
        message.end(root)
        let decision = try ReleaseBench().decide(ReleaseSubject(kind: .booking, message: message))
        #expect(decision.text == #"{"id":"b1"}"#)
    }

    private static let order: [(ReleaseRule, @Sendable (inout ReleaseBench) -> Void)] = [
        (.restrictedPatient, { $0.restricted = true }),
        (.servicePermission, { $0.access = OnlineAccessGrant() }),
        (.notForPatient, { $0.isConfidential = true }),
        (.age, { $0.birthDate = nil }),
    ]

    @Test("Of several rules that deny, the first in the documented order is named")
    func firstWins() throws {
        for first in Self.order.indices {
            let bench = ReleaseBench().with { bench in
                for (_, spoil) in Self.order[first...] { spoil(&bench) }
            }
            #expect(try bench.booking(Self.booking) == .denied(Self.order[first].0))
        }
        let management = ReleaseBench(audience: .management, restricted: true)
        #expect(try management.booking(Self.booking) == .denied(.restrictedPatient))
    }

    @Test("The rules stand in the order of the table, under its names")
    func names() {
        #expect(
            ReleaseRule.allCases.map(\.rawValue) == [
                "restricted-patient", "service-permission", "prospective", "not-ready", "not-for-patient", "declined",
                "enhanced-review", "dissent", "sensitive-codes", "practice-section", "age", "management",
            ])
    }
}
