import CanonicalModel
import Release
import Testing

/// A day in someone's life and who may see what on it.
struct AgeCase: Sendable, CustomTestStringConvertible {
    let what: String
    let birth: String?
    let today: String
    /// Who is permitted: patient or proxy, by individual decision or automatically.
    let permitted: Set<String>

    var testDescription: String { "\(what): born \(birth ?? "unknown"), on \(today)" }
}

@Suite("Access follows age")
struct AgeRuleTests {
    private static let child: Set = ["proxy individual", "proxy automatic"]
    private static let elevenToTwelve: Set = ["proxy individual"]
    private static let thirteenToFifteen: Set = ["proxy individual", "patient individual"]
    private static let adult: Set = ["proxy individual", "patient individual", "patient automatic"]
    private static let nobody: Set<String> = []

    private static let days: [AgeCase] = [
        AgeCase(what: "the day of birth", birth: "2010-05-15", today: "2010-05-15", permitted: child),
        AgeCase(what: "the day before birth", birth: "2010-05-15", today: "2010-05-14", permitted: nobody),
        AgeCase(what: "the day before 11", birth: "2010-05-15", today: "2021-05-14", permitted: child),
        AgeCase(what: "the 11th birthday", birth: "2010-05-15", today: "2021-05-15", permitted: elevenToTwelve),
        AgeCase(what: "the day before 13", birth: "2010-05-15", today: "2023-05-14", permitted: elevenToTwelve),
        AgeCase(what: "the 13th birthday", birth: "2010-05-15", today: "2023-05-15", permitted: thirteenToFifteen),
        AgeCase(what: "the day before 16", birth: "2010-05-15", today: "2026-05-14", permitted: thirteenToFifteen),
        AgeCase(what: "the 16th birthday", birth: "2010-05-15", today: "2026-05-15", permitted: adult),
        AgeCase(what: "leap day, 11 in a common year", birth: "2008-02-29", today: "2019-02-28", permitted: child),
        AgeCase(what: "leap day, 11", birth: "2008-02-29", today: "2019-03-01", permitted: elevenToTwelve),
        AgeCase(what: "leap day, before 13", birth: "2008-02-29", today: "2021-02-28", permitted: elevenToTwelve),
        AgeCase(what: "leap day, 13", birth: "2008-02-29", today: "2021-03-01", permitted: thirteenToFifteen),
        AgeCase(what: "leap day, before 16", birth: "2008-02-29", today: "2024-02-28", permitted: thirteenToFifteen),
        AgeCase(what: "leap day, 16 in a leap year", birth: "2008-02-29", today: "2024-02-29", permitted: adult),
        AgeCase(what: "a time of birth", birth: "2010-05-15T23:30:00Z", today: "2026-05-15", permitted: adult),
        AgeCase(what: "no birth date", birth: nil, today: "2026-05-15", permitted: nobody),
        AgeCase(what: "year and month", birth: "1980-05", today: "2026-05-15", permitted: nobody),
        AgeCase(what: "year", birth: "1980", today: "2026-05-15", permitted: nobody),
        AgeCase(what: "no such day", birth: "1981-02-29", today: "2026-05-15", permitted: nobody),
        AgeCase(what: "no date", birth: "adult", today: "2026-05-15", permitted: nobody),
    ]

    @Test("A birthday counts from the start of its day, and an age that is not known is none", arguments: days)
    func ages(_ day: AgeCase) throws {
        for audience in [Audience.patient, .proxy] {
            for decision in ["individual", "automatic"] {
                let bench = ReleaseBench(
                    audience: audience, birthDate: day.birth,
                    access: decision == "individual" ? ReleaseBench.everything : nil,
                    implied: ReleaseBench.everything, today: day.today)
                let found = try bench.booking(#"{"id":"b1","status":"booked","start":"2026-08-01"}"#)
                let asked = "\(audience.rawValue) \(decision)"
                #expect(found.rule == (day.permitted.contains(asked) ? nil : .age), "\(asked)")
            }
        }
    }

    @Test("Age is nothing to an organisation", arguments: ["2024-07-14", "2030-01-01", nil] as [String?])
    func organisation(_ birth: String?) throws {
        let bench = ReleaseBench(audience: .directCareOrganisation, birthDate: birth)
        #expect(try bench.booking(#"{"id":"b1","status":"booked","start":"2026-08-01"}"#).rule == nil)
    }
}
