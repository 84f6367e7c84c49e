import Documents
import Testing

@Suite("Files that hold many messages")
struct SplitterTests {
    @Test("An XML file gives each part as a document of its own, with what encloses it")
    func xml() throws {
        let file = """
            <?xml version="1.0"?><!-- made -->
            <x:Export xmlns:x="urn:x" xmlns="urn:d" xmlns:q="urn:q" practice="A81001">
              <Made by="me">at <b>nine</b></Made>
              <Patient q:id="1"><Name>A &amp; B</Name></Patient>
              <Note>between</Note>
              <Patient id="2" note="a&#10;b"/><other:Thing/>
            </x:Export>
            """
        let result = try split(file, .elements(["Export", "Patient"]))
        #expect(result.fault == nil)
        #expect(
            result.bodies == [
                #"<Patient xmlns="urn:d" xmlns:q="urn:q" q:id="1"><Name>A &amp; B</Name></Patient>"#,
                ##"<Patient xmlns="urn:d" id="2" note="a&#10;b"/>"##,
            ])
        let header = try #require(result.parts.first?.header)
        #expect(result.parts.allSatisfy { $0.header == header })
        #expect(
            String(decoding: header.body, as: UTF8.self)
                == #"<x:Export xmlns:x="urn:x" xmlns="urn:d" xmlns:q="urn:q" practice="A81001"><Made by="me">"#
                + "at <b>nine</b></Made></x:Export>")
    }

    @Test("Where an enclosing element comes again, its parts have its own header and not the last one's")
    func headers() throws {
        let file = """
            <Export><Run>7</Run><Practice code="A"><Name>Aa</Name><Patient id="1"/><Patient id="2"/></Practice>
            <Practice code="B"><Patient id="3"/><Name>late</Name></Practice><Practice code="C"/>
            <Practice code="D"><Patient id="4"/></Practice></Export>
            """
        let result = try split(file, .elements(["Export", "Practice", "Patient"]))
        let headers = result.parts.map { String(decoding: $0.header?.body ?? [], as: UTF8.self) }
        let first = #"<Export><Run>7</Run><Practice code="A"><Name>Aa</Name></Practice></Export>"#
        #expect(
            headers == [
                first, first, #"<Export><Run>7</Run><Practice code="B"/></Export>"#,
                #"<Export><Run>7</Run><Practice code="D"/></Export>"#,
            ])
        #expect(result.parts.map(\.header?.number) == [1, 1, 2, 3])
    }

    @Test("A JSON array under keys gives its members, with the members before it as header")
    func keys() throws {
        let file = """
            \u{FEFF}{"practice": "A\\"81001", "Export" : {"run":[7,{"Patients":[0]}] ,"PATIENTS":[ {"id": 1, "x":"]}"} ,
            "two",3 , [4]], "after": 1}, "Patients": [9]}
            """
        let path = PartPath.keys(["Export", "Patients"], isCaseInsensitive: true)
        let result = try split(file, path)
        #expect(result.fault == nil)
        #expect(result.bodies == [#"{"id": 1, "x":"]}"}"#, #""two""#, "3", "[4]"])
        #expect(
            String(decoding: result.parts[0].header?.body ?? [], as: UTF8.self)
                == #"{"practice":"A\"81001","Export":{"run":[7,{"Patients":[0]}],"PATIENTS":[]}}"#)
        #expect(try split(file, .keys(["Export", "Patients"], isCaseInsensitive: false)).parts.isEmpty)
    }

    @Test("A root array gives its members and JSON Lines their lines, without a header")
    func headless() throws {
        let items = try split(#" [{"a":1},{"a":[2]} , true]"#, .items)
        #expect(items.bodies == [#"{"a":1}"#, #"{"a":[2]}"#, "true"])
        let lines = try split("{\"a\":1}\r\n\n  {\"a\"\n\n{\"a\":3}", .lines)
        #expect(lines.bodies == ["{\"a\":1}\r", "{\"a\"", "{\"a\":3}"])
        #expect((items.parts + lines.parts).allSatisfy { $0.header == nil })
        #expect(try split("[]", .items).parts.isEmpty)
    }

    @Test("Comma-separated values give a row as an object with the names of the first row")
    func rows() throws {
        let file =
            "\u{FEFF}NHS number,\"Family \"\"name\"\"\" ;so,Born\r\n"
            + "9990000018,\"O'Hara, \"\"Kit\"\"\nAnne\",\r\n\r\n,x\\y\n1,2,3,4\n5,\"6"
        let result = try split(file, .rows)
        let name = #""Family \"name\" ;so""#
        #expect(
            result.bodies.prefix(2) == [
                #"{"NHS number":"9990000018",\#(name):"O'Hara, \"Kit\"\u000aAnne","Born":null}"#,
                #"{"NHS number":null,\#(name):"x\\y","Born":null}"#,
            ])
        #expect(result.parts.count == 4 && result.parts.map(\.number) == [1, 2, 3, 4])
        let isRefused = result.parts.map { $0.content == .refused(.malformed) }
        #expect(isRefused == [false, false, true, true], "a cell too many, and a quote that is not closed")
        for count in 1..<7 {
            var pieces: [DocumentPart] = []
            let splitter = DocumentSplitter(path: .rows, limits: DocumentLimits())
            let bytes = Array(file.utf8)
            for start in stride(from: 0, to: bytes.count, by: count) {
                try splitter.feed(bytes[start..<min(start + count, bytes.count)])
                pieces += splitter.takeParts()
            }
            try splitter.finish()
            #expect(pieces + splitter.takeParts() == result.parts)
        }
        #expect(try split("a;b\n1,5;2\n", .rows).bodies == [#"{"a":"1,5","b":"2"}"#])
        #expect(try split("a\tb", .rows).parts.isEmpty)
    }

    @Test("Cut into pieces anywhere, a random document gives the parts that it gives in one piece", arguments: 0..<40)
    func pieces(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let trees = (0..<Int.random(in: 0..<12, using: &random)).map { _ in
            RandomTree.make(depth: 3, using: &random)
        }
        let head = RandomTree.make(depth: 2, using: &random)
        let xml =
            "<Export \"made\"=\"é\">".replacing("\"made\"", with: "made") + head.xml(name: "Head")
            + trees.map { $0.xml(name: "Part") }.joined(separator: "\n<Other/>") + "</Export>"
        let objects = trees.map { $0.json(isPretty: false) }
        let json =
            "{\"Head\":\(head.json(isPretty: true)),\"Parts\":[\(objects.joined(separator: " , "))],\"Tail\":{\"Parts\":1}}"
        let cases: [([UInt8], PartPath)] = [
            (Array(xml.utf8), .elements(["Export", "Part"])),
            (utf16(xml, bigEndian: false), .elements(["Export", "Part"])),
            (Array(json.utf8), .keys(["Parts"], isCaseInsensitive: false)),
            (Array("[\(objects.joined(separator: ","))]".utf8), .items),
            (Array(objects.joined(separator: "\n").utf8), .lines),
        ]
        for (body, path) in cases {
            let whole = try split(body, path)
            #expect(whole.fault?.code == (body.isEmpty ? .empty : nil))
            #expect(whole.parts.count == trees.count)
            for size in [1, 2, 3, 7, 64, 4096, Int.random(in: 1...65_536, using: &random)] {
                #expect(try split(body, path, pieces: size) == whole, "pieces of \(size)")
            }
            // What each part says is what it says inside the whole document.
            let reader = DocumentReader(vocabulary: Vocabulary())
            for (part, tree) in zip(whole.bodies, trees) {
                let isXML = if case .elements = path { true } else { false }
                let wanted = isXML ? tree.xmlOutline(name: "Part") : tree.jsonOutline(name: "")
                #expect(try reader.outline(part) == wanted)
            }
        }
    }

    @Test("Reading again from the start, parts told before are counted and not kept", arguments: [0, 1, 5, 9, 10, 11])
    func skipping(count: Int) throws {
        let file = "<E><H/>" + (1...10).map { "<P n='\($0)'/>" }.joined() + "</E>"
        let whole = try split(file, .elements(["E", "P"]))
        let rest = try split(file, .elements(["E", "P"]), skipping: count)
        #expect(rest.parts == Array(whole.parts.dropFirst(count)))
        #expect(rest.count == 10)
    }

    // MARK: What is wrong

    @Test("A part over a limit harms only itself, and its number stays its own")
    func refusedParts() throws {
        let limits = DocumentLimits(messageSize: 100, nesting: 5)
        let long = String(repeating: "x", count: 200)
        let deep = String(repeating: "<d>", count: 300) + String(repeating: "</d>", count: 300)
        let xml = "<E><P>1</P><P>\(long)</P><P a='\(long)'/><P>\(deep)</P><P>5</P></E>"
        let result = try split(xml, .elements(["E", "P"]), limits: limits)
        #expect(result.fault == nil)
        #expect(result.outcomes == ["<P>1</P>", "tooLarge", "tooLarge", "tooDeep", "<P>5</P>"])
        let flat = try split(
            "<E><P>\(String(repeating: "<d>", count: 8) + String(repeating: "</d>", count: 8))</P><P/></E>",
            .elements(["E", "P"]), limits: limits)
        #expect(flat.outcomes == ["tooDeep", "<P/>"])
        let json = #"{"P":[1,"\#(long)",{"a":["\#(long)"]},4]}"#
        #expect(
            try split(json, .keys(["P"], isCaseInsensitive: false), limits: limits).outcomes
                == ["1", "tooLarge", "tooLarge", "4"])
        #expect(try split("1\n\"\(long)\"\n3", .lines, limits: limits).outcomes == ["1", "tooLarge", "3"])
    }

    @Test(
        "A stream that breaks keeps the parts before the break and says where it ends",
        arguments: [
            ("<E><P>1</P><P>2</P><P>3", DocumentFault.Code.malformed), ("<E><P>1</P><P>2</P></E><E/>", .malformed),
            ("<E><P>1</P><P>2</P><P></E>", .malformed), ("<E><P>1</P><P>2</P><Q>&nope;</Q></E>", .malformed),
            ("<E><P>1</P><P>2</P><\u{0}", .malformed), ("<E><P>1</P><P>2</P>", .malformed),
        ])
    func brokenXML(file: String, code: DocumentFault.Code) throws {
        for size in [1, 5, 1000] {
            let result = try split(Array(file.utf8), .elements(["E", "P"]), pieces: size)
            #expect(result.fault?.code == code)
            #expect(result.bodies == ["<P>1</P>", "<P>2</P>"])
        }
    }

    @Test("Bytes that are no text end an XML file, and wrong ones in JSON only their part")
    func notText() throws {
        let bad: [UInt8] = Array("<E><P>1</P><P>".utf8) + [0xC3, 0x28] + Array("</P></E>".utf8)
        let result = try split(bad, .elements(["E", "P"]))
        #expect(result.fault?.code == .notText)
        #expect(result.bodies == ["<P>1</P>"])
        let declared = Array("<?xml version='1.0' encoding='martian'?><E><P/></E>".utf8)
        #expect(try split(declared, .elements(["E", "P"])).fault?.code == .notText)
        let lines = try split(Array("\"".utf8) + [0xC3] + Array("\"\n2".utf8), .lines)
        #expect(lines.fault == nil && lines.parts.count == 2)
    }

    @Test("A document type declaration ends the file before anything in it is read")
    func documentType() throws {
        let file = #"<!DOCTYPE E [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><E><P>&b;</P></E>"#
        for size in [1, 1000] {
            let result = try split(Array(file.utf8), .elements(["E", "P"]), pieces: size)
            #expect(result.fault?.code == .documentType)
            #expect(result.parts.isEmpty)
        }
    }

    @Test(
        "Broken brackets end a JSON file",
        arguments: [#"{"P":[1,2"#, #"{"P":[1 2]}"#, #"{"P":[1,]}"#, #"{"P":[1}"#, "[1]", #"{"P":[1]}x"#])
    func brokenJSON(file: String) throws {
        let result = try split(file, .keys(["P"], isCaseInsensitive: false))
        #expect(result.fault?.code == .malformed)
    }

    @Test("A header over its limit ends the file, in one piece or in many small ones that come again and again")
    func gigantic() throws {
        let long = String(repeating: "h", count: 100_000)
        #expect(try split("<E><H>\(long)</H><P/></E>", .elements(["E", "P"])).fault?.code == .headerTooLarge)
        #expect(try split("<E a='\(long)'><P/></E>", .elements(["E", "P"])).fault?.code == .headerTooLarge)
        let json = PartPath.keys(["P"], isCaseInsensitive: false)
        #expect(try split(#"{"H":"\#(long)","P":[1]}"#, json).fault?.code == .headerTooLarge)
        #expect(try split(#"{"\#(long)":1,"P":[1]}"#, json).fault?.code == .headerTooLarge)
        let half = String(repeating: "h", count: 60_000)
        let practices = String(repeating: "<G><P/></G>", count: 2000)
        let repeated = try split("<E><H>\(half)</H>\(practices)</E>", .elements(["E", "G", "P"]))
        #expect(repeated.fault?.code == .headerTooLarge)
        #expect(repeated.parts.count < 20)
    }

    @Test(
        "What never ends is given up: a part in time, a tag, a comment and a depth with the file",
        .timeLimit(.minutes(2)))
    func endless() throws {
        let cases: [(String, String, DocumentFault.Code?)] = [
            ("<E><P>", "text ", nil), ("<E><P>", "<q/>", nil), ("<E><P ", "", .tooLarge), ("<E><!-- ", "- ", .tooLarge),
            ("<E><P>", "<deep>", .tooDeep), ("<E>", "<header>", .headerTooLarge),
            ("<E><P/>", "<skipped>", .tooDeep), ("<E><P/>", "<skipped/>", nil), ("<E>", "<P/>", nil),
        ]
        for (start, again, code) in cases {
            let splitter = DocumentSplitter(
                path: .elements(["E", "P"]), limits: DocumentLimits(messageSize: 10_000))
            try feed(splitter, start)
            var fault: DocumentFault?
            for number in 0..<3000 where fault == nil {
                let piece = again.isEmpty ? " a\(number)='\(String(repeating: "v", count: 500))'" : again
                do throws(DocumentFault) {
                    try feed(splitter, String(repeating: piece, count: again.isEmpty ? 1 : 2000 / again.utf8.count))
                } catch {
                    fault = error
                }
            }
            #expect(fault?.code == code, "\(start)\(again)…")
        }
    }

    @Test("The beginning of a body tells what kind of file it may be")
    func signs() {
        func signs(_ text: String, isWhole: Bool = true) -> MultiMessageSigns {
            MultiMessageSigns(head: Array(text.utf8), isWhole: isWhole)
        }
        #expect(
            signs(" <?xml version='1.0'?><!-- c --><x:E xmlns:x='urn:x'><P/>") == .root(namespace: "urn:x", name: "E"))
        #expect(signs("<!DOCTYPE E><E/>") == .none)
        #expect(signs("{\"a\":1}\n{\"a\":2}") == .lines)
        #expect(signs("{\"a\":1}\n") == .object)
        #expect(signs("{\"a\":1}\n", isWhole: false) == .lines)
        #expect(signs("{\"a\":1,\n\"b\":2}\n{\"a\":2}") == .object)
        #expect(signs("{\"a\":\"long", isWhole: false) == .lines)
        #expect(signs("{\n\"a\":\"long", isWhole: false) == .object)
        #expect(signs("\u{FEFF} [1]") == .array)
        #expect(signs("12") == .none && signs(" ") == .none)
        #expect(
            MultiMessageSigns(head: utf16("<E/>", bigEndian: true), isWhole: true) == .root(namespace: "", name: "E"))
    }
}

/// What splitting came to.
private struct SplitResult: Equatable {
    var parts: [DocumentPart] = []
    var count = 0
    var fault: DocumentFault?

    var outcomes: [String] {
        parts.map { part in
            switch part.content {
            case .body(let bytes): String(decoding: bytes, as: UTF8.self)
            case .refused(let code): "\(code)"
            }
        }
    }

    var bodies: [String] { outcomes }

    static func == (one: SplitResult, other: SplitResult) -> Bool {
        one.parts == other.parts && one.count == other.count && one.fault?.code == other.fault?.code
    }
}

private func feed(_ splitter: DocumentSplitter, _ text: String) throws(DocumentFault) {
    try splitter.feed(Array(text.utf8)[...])
}

private func split(_ text: String, _ path: PartPath, limits: DocumentLimits = DocumentLimits(), skipping: Int = 0)
    throws
    -> SplitResult
{
    try split(Array(text.utf8), path, limits: limits, skipping: skipping)
}

private func split(
    _ body: [UInt8], _ path: PartPath, pieces: Int = .max, limits: DocumentLimits = DocumentLimits(), skipping: Int = 0
) throws -> SplitResult {
    let splitter = DocumentSplitter(path: path, limits: limits, skipping: skipping)
    var result = SplitResult()
    do throws(DocumentFault) {
        var rest = body[...]
        while !rest.isEmpty {
            try splitter.feed(rest.prefix(pieces))
            result.parts += splitter.takeParts()
            rest = rest.dropFirst(pieces)
        }
        try splitter.finish()
    } catch {
        result.fault = error
    }
    result.parts += splitter.takeParts()
    result.count = splitter.count
    return result
}
