import Testing

@Suite("hatchway version and help") struct VersionCommandTests {
    @Test("The version names what the program is built on") func version() throws {
        let run = try Program("version")
        #expect(run.status == 0)
        let lines = run.output.split(separator: "\n").map { $0.split(separator: " ") }
        #expect(lines.map { $0.first ?? "" } == ["hatchway", "Swift", "libxml2", "simdjson", "libcurl", "SQLite"])
        #expect(lines.allSatisfy { $0.count == 2 && $0[1].first?.isNumber == true })
    }

    @Test("The help of a command has an example", arguments: ["map", "check", "version", "status", "serve", "sink"])
    func help(command: String) throws {
        let run = try Program(command, "--help")
        #expect(run.status == 0)
        let example = try #require(run.output.firstRange(of: "Example:"))
        #expect(run.output[example.upperBound...].contains("hatchway \(command)"))
    }

    @Test("An unknown command is wrong usage") func unknown() throws {
        #expect(try Program("nothing").status == 64)
    }
}
