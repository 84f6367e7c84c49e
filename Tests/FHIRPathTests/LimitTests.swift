import FHIRPath
import Testing

@Suite("No data can make an expression run, grow or fail without bound") struct LimitTests {
    /// A list of so many different rows.
    private static func list(_ count: Int) -> String {
        "{\"r\":[\((0..<count).map { "{\"k\":\($0)}" }.joined(separator: ","))]}"
    }

    @Test(
        "An expression that costs too much ends with a problem",
        arguments: [
            "r.where(%resource.r.where(%resource.r.where(k = 1).exists()).exists())",
            "r.repeat(%resource.r.where(k > 0).select(k + 1))", "r.distinct()", "r | r", "r.exclude(r)", "r ~ r",
        ]) func steps(text: String) throws
    {
        let bench = try Bench(text, on: Self.list(400), limits: Evaluator.Limits(steps: 50_000))
        #expect(bench.problems.contains("evaluation-limit"))
        #expect(bench.steps < 51_000)
    }

    @Test("A result that grows too large ends with a problem") func results() throws {
        let bench = try Bench(
            "r.select(%resource.r.select(%resource.r))", on: Self.list(300), limits: Evaluator.Limits(results: 10_000))
        #expect(bench.problems == ["evaluation-limit"])
        #expect(bench.values.count <= 10_000)
    }

    @Test("Texts that grow too long end with a problem") func text() throws {
        let bench = try Bench(
            "r.aggregate($total & $total & 'x', 'x').length()", on: Self.list(40),
            limits: Evaluator.Limits(text: 1 << 20))
        #expect(bench.problems == ["evaluation-limit"])
    }

    @Test("Within the limits there is no problem") func within() throws {
        #expect(try Bench("r.where(k > 10).count()", on: Self.list(400)).problems == [])
    }

    @Test("A long text is searched to its end", arguments: ["t.matches('y')", "t.replaceMatches('y', 'z') = t"])
    func longText(text: String) throws {
        let bench = try Bench(text, on: #"{"t":"\#(String(repeating: "x", count: 20_000))"}"#)
        #expect(bench.problems == [])
        #expect(bench.values.count == 1)
    }

    @Test("A filter over twice the rows costs twice the steps") func linear() throws {
        let once = try Bench("r.where(k > 10).count()", on: Self.list(1000)).steps
        let tenfold = try Bench("r.where(k > 10).count()", on: Self.list(10_000)).steps
        #expect(tenfold < once * 11)
    }

    @Test(
        "Numbers beyond all bounds are read without harm",
        arguments: ["1e-9223372036854775808", "1e9223372036854775807", "1e99"])
    func exponents(number: String) throws {
        let body = "{\"n\":\(number)}"
        for text in ["n + 1", "n * n", "n = 1", "n.round()", "-n", "n.toInteger()", "n.abs()", "n < 1", "n.distinct()"]
        {
            _ = try Bench(text, on: body)
        }
        #expect(try Bench("n.toString()", on: body).values == ["'\(number)'"])
    }

    @Test("The least number there is can be negated") func least() throws {
        // Minus 2 to the power of 127 is the one number whose opposite does not fit.
        let body = #"{"a":-18446744073709551616,"b":9223372036854775808}"#
        #expect(try Bench("-(a * b)", on: body).values == [])
        #expect(try Bench("(a * b).abs()", on: body).values == [])
    }

    @Test("No expression over any body fails", arguments: 0..<16) func random(seed: Int) throws {
        var random = RandomExpression(generator: SeededGenerator(seed: UInt64(1000 + seed)))
        var valued = 0
        for _ in 0..<250 {
            let bench = try Bench(
                random.expression(depth: 4), on: random.object(), limits: Evaluator.Limits(steps: 20_000, results: 5000)
            )
            if !bench.values.isEmpty { valued += 1 }
        }
        // Most yield nothing; where none does, the test has lost its subject.
        #expect(valued > 20)
    }
}
