import FHIRPath
import Testing

@Suite("Expressions are evaluated as the standard says") struct EvaluationTests {
    private static let logic: [(String, [String])] = [
        // and, or, xor, implies for true, false and empty on both sides, row by row.
        ("and", ["true", "false", "", "false", "false", "false", "", "false", ""]),
        ("or", ["true", "true", "true", "true", "false", "", "true", "", ""]),
        ("xor", ["false", "true", "", "true", "false", "", "", "", ""]),
        ("implies", ["true", "false", "", "true", "true", "true", "true", "", ""]),
    ]

    @Test("Logic has three values", arguments: logic) func threeValued(symbol: String, table: [String]) throws {
        let values = ["true", "false", "{}"]
        for (row, left) in values.enumerated() {
            for (column, right) in values.enumerated() {
                let wanted = table[row * 3 + column]
                let found = try Bench("\(left) \(symbol) \(right)").values
                #expect(found == (wanted.isEmpty ? [] : [wanted]), "\(left) \(symbol) \(right)")
            }
        }
    }

    @Test(
        "Dates compare as far as both are known",
        arguments: [
            Row("@2026 < @2027", "true"), Row("@2026-10 < @2026-11-01", "true"), Row("@2026-10 > @2026-09-30", "true"),
            Row("@2026 = @2026-10"), Row("@2026-10 < @2026-10-25"), Row("@2026-10-25 = @2026-10-25", "true"),
            Row("@2026-10-25T10:00:00Z = @2026-10-25T11:00:00+01:00", "true"),
            Row("@2026-10-25T23:30:00-01:00 > @2026-10-25T23:59:00Z", "true"),
            Row("@2026-10-25T10:00:00Z = @2026-10-25T10:00:00"), Row("@2026-10-25T10:00 < @2026-10-25T10:00:30"),
            Row("@2026-10-25T10:00:01.5 > @2026-10-25T10:00:01", "true"), Row("@T09:30 < @T10:00", "true"),
            Row("@T09:30 = @T09:30:00"), Row("@2026-10-25 != @2026"), Row("@2026-10-25 != @2027", "true"),
            Row("when <= @2026-10-31", "true", on: #"{"when":"2026-10-25"}"#),
            Row("when < @2026-10-25", on: #"{"when":"2026-10"}"#),
            Row("when = @2026-10-25", "false", on: #"{"when":"soon"}"#),
            Row("@2024-02-29 > @2023-02-28", "true"),
        ]) func dates(row: Row) throws
    {
        #expect(try Bench(row.expression, on: row.body).values == row.values)
    }

    @Test(
        "Decimals keep their digits",
        arguments: [
            Row("7.20", "7.20"), Row("n", "7.20", on: #"{"n":7.20}"#), Row("7.20 + 0.3", "7.50"),
            Row("0.1 + 0.2", "0.3"), Row("0.1 + 0.2 = 0.3", "true"), Row("1.10 * 2.0", "2.200"),
            Row("1 / 3", "0.33333333"),
            Row("6 / 2", "3"), Row("7 div 2", "3"), Row("-7 div 2", "-3"), Row("7 mod 3", "1"), Row("-7 mod 3", "-1"),
            Row("7.5 mod 2", "1.5"), Row("9999999999 div 10000000000", "0"), Row("1 / 0"), Row("1 div 0"),
            Row("1 mod 0"),
            Row("9223372036854775807 + 1"), Row("2.5.round()", "3"), Row("(-2.5).round()", "-3"),
            Row("2.345.round(2)", "2.35"), Row("2.5.floor()", "2"), Row("(-2.5).floor()", "-3"),
            Row("2.1.ceiling()", "3"),
            Row("(-2.1).truncate()", "-2"), Row("81.sqrt()", "9"), Row("(-1).sqrt()"), Row("2.power(10)", "1024"),
            Row("2.5.power(2)", "6.25"),
            Row("(-1).power(0.5)"), Row("1.ln()", "0"), Row("100.0.log(10)", "2"), Row("0.exp()", "1"),
            Row("1000.exp()"),
            Row("1.2 / 1.8 ~ 0.67", "true"), Row("0.66 ~ 0.67", "false"), Row("7.20 = 7.2", "true"),
            Row("1 = 1.0", "true"),
            Row("n.abs()", on: #"{"n":-9223372036854775808}"#),
            Row("-n", on: #"{"n":-9223372036854775808}"#),
        ]) func numbers(row: Row) throws
    {
        #expect(try Bench(row.expression, on: row.body).values == row.values)
    }

    @Test(
        "Texts are cut, searched and joined",
        arguments: [
            Row("'Repeat'.substring(2)", "'peat'"), Row("'Repeat'.substring(2, 3)", "'pea'"), Row("'x'.substring(1)"),
            Row("'x'.substring(-1)"), Row("'abc'.indexOf('c')", "2"), Row("'abc'.indexOf('z')", "-1"),
            Row("'abcabc'.lastIndexOf('b')", "4"), Row("'abc'.startsWith('ab')", "true"),
            Row("'abc'.endsWith('')", "true"),
            Row("'abc'.contains('bc')", "true"), Row("'aXb'.lower()", "'axb'"), Row("'aß'.upper()", "'ASS'"),
            Row("' a b '.trim()", "'a b'"), Row("'a-b-c'.replace('-', '+')", "'a+b+c'"),
            Row("'ab'.replace('', '.')", "'.a.b.'"),
            Row("'ab1'.matches('[0-9]')", "true"),
            Row("'2026-10'.replaceMatches('(\\\\d+)-(\\\\d+)', '$2/$1')", "'10/2026'"),
            Row("'ab'.matchesFull('a')", "false"), Row("'ab'.matchesFull('a.')", "true"),
            Row("'abc'.replaceMatches('', 'x')", "'abc'"),
            Row("'a,b,,c'.split(',')", "'a'", "'b'", "''", "'c'"), Row("('a' | 'b').join('; ')", "'a; b'"),
            Row("'é'.length()", "1"), Row("'ab'.toChars()", "'a'", "'b'"), Row("'a' + 'b'", "'ab'"), Row("'a' + {}"),
            Row("'a' & {} & 'b'", "'ab'"), Row("{}.upper()"), Row("'a' < 'b'", "true"), Row("'A' ~ ' a '", "true"),
        ]) func texts(row: Row) throws
    {
        #expect(try Bench(row.expression, on: row.body).values == row.values)
    }

    private static let rows =
        #"{"r":[{"k":1,"n":"a"},{"k":2,"n":"b"},{"n":"b","k":2},{"k":2,"n":"b"}],"e":[],"z":null}"#

    @Test(
        "Collections are filtered, cut and joined in order",
        arguments: [
            Row("r.where(k = 2).n", "'b'", "'b'", "'b'", on: rows), Row("r.n.distinct()", "'a'", "'b'", on: rows),
            Row("r[1].n", "'b'", on: rows), Row("r[9]", on: rows), Row("r[-1]", on: rows),
            Row("r.count()", "4", on: rows),
            Row("r.first().k", "1", on: rows), Row("r.tail().count()", "3", on: rows),
            Row("r.skip(2).take(1).n", "'b'", on: rows),
            Row("r.select(n & k.toString())", "'a1'", "'b2'", "'b2'", "'b2'", on: rows),
            Row("r.select($index)", "0", "1", "2", "3", on: rows),
            Row("r.all(k > 0)", "true", on: rows), Row("r.exists(k > 1)", "true", on: rows),
            Row("e.exists()", "false", on: rows),
            Row("z.exists()", "false", on: rows), Row("e.all(k > 0)", "true", on: rows),
            Row("r.k.aggregate($total + $this, 0)", "7", on: rows), Row("(1 | 2 | 2).count()", "2"),
            Row("(1).combine(1).count()", "2"), Row("(1 | 2 | 3).intersect(2 | 3)", "2", "3"),
            Row("(1 | 2 | 3).exclude(2)", "1", "3"),
            Row("(1 | 2).subsetOf(1 | 2 | 3)", "true"), Row("2 in (1 | 2)", "true"), Row("(1 | 2) contains 3", "false"),
            Row("(1 | 2) = (1 | 2)", "true"), Row("(1 | 2) = (2 | 1)", "false"), Row("(1 | 2) ~ (2 | 1)", "true"),
            Row("1 = {}"),
            Row("iif(r.count() > 3, 'many', 'few')", "'many'", on: rows), Row("iif({}, 1)"),
            Row("{}.iif(true, 1)", "1"), Row("(1 | 2).iif(true, 1)"),
        ]) func collections(row: Row) throws
    {
        #expect(try Bench(row.expression, on: row.body).values == row.values)
    }

    @Test(
        "Two objects are equal when their names and contents are",
        arguments: [
            Row("r[1] = r[3]", "true", on: rows), Row("r[0] = r[1]", "false", on: rows),
            Row("r[1] = r[1].k", "false", on: rows),
            Row("r[1] = r[2]", "true", on: rows),
            Row("a = b", "true", on: #"{"a":{"x":{"y":1}},"b":{"x":{"y":1}}}"#),
            Row("a = b", "false", on: #"{"a":{"x":{"y":1}},"b":{"x":{"z":1}}}"#),
            Row("a = b", "true", on: "<r><a p='1'><q/></a><b p='1'><q/></b></r>"),
            Row("a = b", "false", on: "<r><a p='1'><q/></a><b p='2'><q/></b></r>"),
        ]) func objects(row: Row) throws
    {
        #expect(try Bench(row.expression, on: row.body).values == row.values)
    }

    private static let bundle = """
        {"resourceType":"Bundle","entry":[
        {"fullUrl":"urn:uuid:1","resource":{"resourceType":"Patient","id":"p","deceasedBoolean":false}},
        {"fullUrl":"urn:uuid:2","resource":{"resourceType":"Observation","id":"o","valueQuantity":{"value":7.20},
        "subject":{"reference":"Patient/p"},"performer":[{"reference":"#x"},{"reference":"urn:uuid:1"},{"reference":"Patient/none"}],
        "contained":[{"resourceType":"Practitioner","id":"x"}],"extension":[{"url":"u","valueString":"e"}]}}]}
        """

    @Test(
        "FHIR's own: choice elements, references, extensions and types",
        arguments: [
            Row("entry.resource.value.value", "7.20", on: bundle), Row("entry.resource.deceased", "false", on: bundle),
            Row("entry.resource.subject.resolve().id", "'p'", on: bundle),
            Row("entry.resource.performer.resolve().id", "'x'", "'p'", on: bundle),
            Row("entry.resource.extension('u').value", "'e'", on: bundle), Row("Bundle.entry.count()", "2", on: bundle),
            Row("Patient.entry", on: bundle), Row("entry.resource.ofType(Patient).id", "'p'", on: bundle),
            Row("entry.resource[0] is Patient", "true", on: bundle),
            Row("(entry.resource[0] as Observation).id", on: bundle),
            Row("entry.resource.value is Quantity", "true", on: bundle),
            Row("entry.resource.value.ofType(Period)", on: bundle),
            Row("%`ext-birth`", "'http://hl7.org/fhir/StructureDefinition/birth'"),
            Row("entry.resource.id.hasValue()", "false", on: bundle),
            Row("entry[0].resource.id.hasValue()", "true", on: bundle),
        ]) func fhir(row: Row) throws
    {
        #expect(try Bench(row.expression, on: row.body).values == row.values)
    }

    @Test(
        "Values are converted where they can be",
        arguments: [
            Row("'12'.toInteger()", "12"), Row("'1x'.toInteger()"), Row("'1.50'.toDecimal()", "1.50"),
            Row("'yes'.toBoolean()", "true"),
            Row("'maybe'.toBoolean()"), Row("12.toString()", "'12'"), Row("'2026-10'.toDate()", "@2026-10"),
            Row("'x'.toDate()"),
            Row("'09:30'.toTime()", "@T09:30"), Row("'x'.convertsToInteger()", "false"), Row("today()", "@2026-10-25"),
            Row("now()", "@2026-10-25T00:30:00+01:00"),
        ]) func conversions(row: Row) throws
    {
        #expect(try Bench(row.expression, on: row.body).values == row.values)
    }

    @Test("Names are told apart by case, unless a mapping says otherwise") func folding() throws {
        let body = #"{"Name":"x","name":"y"}"#
        #expect(try Bench("NAME", on: body).values == [])
        #expect(try Bench("NAME", on: body, isCaseInsensitive: true).values == ["'x'", "'y'"])
    }

    @Test("What needs one value and finds several yields nothing and a problem") func several() throws {
        let bench = try Bench("(1 | 2) + 1")
        #expect(bench.values == [])
        #expect(bench.problems == ["multiple-values"])
    }
}
