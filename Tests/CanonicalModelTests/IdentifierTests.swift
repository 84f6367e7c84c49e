import CanonicalModel
import Testing

@Suite("Identifiers")
struct IdentifierTests {
    @Test(
        "An NHS number is ten digits with the right check digit",
        arguments: [
            "9990000018", "999 000 0026", "999-000-0034",
        ])
    func numbers(text: String) throws {
        let number = try #require(NHSNumber(text))
        #expect(number.rawValue == text.filter(\.isNumber))
        #expect(number.isTestNumber)
    }

    @Test(
        "What is no NHS number",
        arguments: [
            "", "999000001", "99900000180", "999 0000018", "999 000-0018", "999  000018", " 9990000018", "999000001X",
            "0000000000", "9999999999", "٩٩٩٠٠٠٠٠١٨",
        ])
    func notNumbers(text: String) {
        #expect(NHSNumber(text) == nil)
    }

    @Test("Of ten numbers that differ only in the check digit at most one is right, and a changed digit is found")
    func checkDigit() throws {
        for base in 0..<2_000 {
            let digits = "999" + String(repeating: "0", count: 6 - String(base).count) + String(base)
            let right = (0...9).filter { NHSNumber(digits + String($0)) != nil }
            #expect(right.count <= 1)
            guard let check = right.first else { continue }
            let number = Array(digits + String(check))
            for place in number.indices {
                var changed = number
                changed[place] = changed[place] == "5" ? "6" : "5"
                guard changed != number else { continue }
                #expect(NHSNumber(String(changed)) == nil)
            }
        }
    }

    @Test("An NHS number never shows itself in print")
    func redaction() throws {
        let number = try #require(NHSNumber("9990000018"))
        var dumped = ""
        dump(number, to: &dumped)
        for text in [
            String(describing: number), String(reflecting: number), "\([number])", "\(Optional(number) as Any)", dumped,
        ] {
            #expect(!text.contains { $0.isNumber && $0 != "1" }, "\(text)")
            #expect(!text.contains("999"))
        }
    }

    @Test(
        "An ODS code is capital letters and digits",
        arguments: [("A81001", "A81001"), ("a81001", "A81001"), ("RX8", "RX8"), ("8Hk48", "8HK48")])
    func odsCode(text: String, code: String) {
        #expect(ODSCode(text)?.rawValue == code)
    }

    @Test("What is no ODS code", arguments: ["", "A8", "A81 001", "A81-01", "A810010001", "Ä81001", "A81001\n"])
    func notODSCode(text: String) {
        #expect(ODSCode(text) == nil)
    }

    // Made up or well known; each has a right check digit by Verhoeff's tables, worked out apart from this code.
    @Test(
        "A SNOMED CT identifier tells what it stands for",
        arguments: [
            ("138875005", SNOMEDCode.Component.concept, false), ("404684003", .concept, false),
            ("73211009", .concept, false),
            ("100005", .concept, false), ("100014", .description, false), ("100022", .relationship, false),
            ("999000041000000102", .concept, true), ("1290023401015", .description, false),
            ("10989121108", .concept, true), ("1290989121103", .concept, true),
            ("9940000001029", .relationship, false),
        ])
    func snomed(text: String, component: SNOMEDCode.Component, isLong: Bool) throws {
        let code = try #require(SNOMEDCode(text))
        #expect(code.component == component)
        #expect(code.isLongForm == isLong)
    }

    @Test(
        "What is no SNOMED CT identifier",
        arguments: [
            "", "10000", "138875006", "138875050", "0138875005", "1388750x5", "1388750051388750051", "-138875005",
            " 138875005",
        ])
    func notSNOMED(text: String) {
        #expect(SNOMEDCode(text) == nil)
    }

    @Test("The check digit of a SNOMED CT identifier finds any one wrong digit and any two exchanged neighbours")
    func verhoeff() {
        let right = Array("999000041000000102")
        for place in right.indices {
            for digit in "0123456789" where digit != right[place] {
                var changed = right
                changed[place] = digit
                #expect(SNOMEDCode(String(changed)) == nil)
            }
            guard place > 0, right[place] != right[place - 1] else { continue }
            var changed = right
            changed.swapAt(place, place - 1)
            #expect(SNOMEDCode(String(changed)) == nil)
        }
    }
}
