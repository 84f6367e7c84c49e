import Intake
import Testing

@Suite("A folder's pattern")
struct FolderPatternTests {
    @Test("Names in braces become the transport context")
    func captures() throws {
        let pattern = try #require(FolderPattern("{odsCode}/{nhsNumber}/*.xml"))
        #expect(
            pattern.captures(of: "A81001/9990000018/x.xml") == ["odsCode": "A81001", "nhsNumber": "9990000018"])
        #expect(pattern.captures(of: "A81001/9990000018/x.json") == nil)
        #expect(pattern.captures(of: "A81001/x.xml") == nil)
        #expect(pattern.captures(of: "A81001/9990000018/deep/x.xml") == nil)
    }

    @Test("Several names may share a segment")
    func severalNames() throws {
        let pattern = try #require(FolderPattern("{nhsNumber}_{message}.*"))
        #expect(
            pattern.captures(of: "9990000018_Booked_Slots.xml")
                == ["nhsNumber": "9990000018", "message": "Booked_Slots"])
        #expect(pattern.captures(of: "_Booked.xml") == nil, "a name stands for at least one character")
    }

    @Test("Hidden names never match", arguments: [".hatchway", ".x.xml"])
    func hidden(_ name: String) throws {
        let pattern = try #require(FolderPattern("*"))
        #expect(pattern.captures(of: name) == nil)
    }

    @Test(
        "A pattern that leaves the folder, or is not one, is refused",
        arguments: ["/abs/*", "../*.xml", "a//b", "", "{a}/{a}", "{a", "a}", "{a-b}", ".hatchway/*", "{}"])
    func refused(_ text: String) {
        #expect(FolderPattern(text) == nil)
    }

    @Test("A hostile name takes no unreasonable time", .timeLimit(.minutes(1)))
    func hostile() throws {
        let pattern = try #require(FolderPattern("{a}-{b}-{c}-{d}-*-*-*-z"))
        #expect(pattern.captures(of: String(repeating: "-", count: 254)) == nil)
    }
}
