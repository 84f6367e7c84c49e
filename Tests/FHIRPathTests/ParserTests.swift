import FHIRPath
import Testing

@Suite("Expressions are parsed as the standard says") struct ParserTests {
    @Test("An expression written out again is the same expression", arguments: 0..<8) func roundTrip(seed: Int) throws {
        var random = RandomExpression(generator: SeededGenerator(seed: UInt64(seed)))
        for _ in 0..<500 {
            let text = random.expression(depth: 4)
            let expression = try Expression(parsing: text)
            let again = try Expression(parsing: expression.description)
            #expect(again == expression, "\(text) was written as \(expression)")
        }
    }

    @Test(
        "An operator binds as tightly as the standard's table says",
        arguments: [
            ("1 + 2 * 3", "1 + (2 * 3)"), ("1 * 2 + 3", "(1 * 2) + 3"), ("8 - 4 - 2", "(8 - 4) - 2"),
            ("-1 + 2", "(-1) + 2"), ("-a.b", "-a.b"), ("a | b = c", "(a | b) = c"), ("a = b | c", "a = (b | c)"),
            ("a is Integer = true", "(a is Integer) = true"), ("a | b is Integer", "a | (b is Integer)"),
            ("a & b | c", "(a & b) | c"), ("a < b = c > d", "(a < b) = (c > d)"), ("a = b in c", "(a = b) in c"),
            ("a in b and c", "(a in b) and c"), ("a and b or c", "(a and b) or c"), ("a or b and c", "a or (b and c)"),
            ("a xor b or c", "(a xor b) or c"), ("a or b implies c", "(a or b) implies c"),
            ("a implies b implies c", "(a implies b) implies c"), ("7 div 2 mod 2", "(7 div 2) mod 2"),
            ("a.b[0].c", "a.b[0].c"), ("(1).a", "1.a"), ("a /* why */ + // so\n b", "a + b"),
        ]) func precedence(text: String, meaning: String) throws
    {
        #expect(try Expression(parsing: text).description == meaning)
    }

    @Test(
        "What cannot be parsed is told with its place",
        arguments: [
            ("", 0), ("a +", 3), ("a..b", 2), ("(a", 2), ("a b", 2), ("'x", 0), ("a.where(b", 9), ("@2026-13", 0),
            ("@T25", 0), ("a # b", 2), ("/* a", 0), ("'\\q'", 1), ("'\\u12'", 1), ("$that", 0), ("and a", 0), ("a[", 2),
            ("%", 0), ("{a}", 1),
        ]) func faults(text: String, position: Int)
    {
        let fault = #expect(throws: ExpressionFault.self) { try Expression(parsing: text) }
        #expect(fault?.position == position)
        #expect(fault?.message.isEmpty == false)
    }

    @Test("Neither nesting nor length can exhaust the stack") func depth() {
        let deep = [
            String(repeating: "(", count: 100_000), String(repeating: "-", count: 100_000),
            String(repeating: "a.", count: 100_000) + "a", String(repeating: "1+", count: 100_000) + "1",
            String(repeating: "a[", count: 100_000), String(repeating: "iif(", count: 100_000),
        ]
        for text in deep { #expect(throws: ExpressionFault.self) { try Expression(parsing: text) } }
    }

    @Test("A long chain within the limit is evaluated") func chain() throws {
        let sum = (0..<900).map { _ in "1" }.joined(separator: "+")
        #expect(try Bench(sum).values == ["900"])
        #expect(try Bench("a" + String(repeating: ".first()", count: 450), on: #"{"a":"x"}"#).values == ["'x'"])
    }

    @Test(
        "What does not exist is refused when it is compiled, with its place and the nearest name",
        arguments: [
            ("a.wher(b)", 2, "where()"), ("a.frist()", 2, "first()"), ("1 + %contxt.a", 4, "%context"),
            ("a.substrng(1)", 2, "substring()"),
        ]) func nearest(text: String, position: Int, hint: String)
    {
        let fault = #expect(throws: ExpressionFault.self) { try Bench(text) }
        #expect(fault?.position == position)
        #expect(fault?.hint == "did you mean \(hint)?")
    }

    @Test("A wrong count of arguments is refused", arguments: ["a.where()", "a.first(1)", "iif(a)", "a.replace('x')"])
    func arity(text: String) {
        let fault = #expect(throws: ExpressionFault.self) { try Bench(text) }
        #expect(fault?.message.contains("arguments") == true)
    }
}
