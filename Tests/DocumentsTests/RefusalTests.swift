import Documents
import Testing

import Glibc

@Suite("What is refused, and as what")
struct RefusalTests {
    let reader = DocumentReader(vocabulary: Vocabulary())

    @Test(
        "Malformed XML",
        arguments: [
            "<a>", "<a></b>", "<a", "<", "<a b=1/>", "<a b='1' b='2'/>", "<a>&nbsp;</a>", "<a/><b/>", "<a/>x",
            "<a>&#0;</a>",
            "<a>\u{1}</a>", "<!-- only -->", "<?xml version='1.0'?>", "<a><![CDATA[x</a>", "<a>&amp</a>", "<a>]]></a>",
            "<a>\0</a>", "<a/>\0",
        ])
    func malformedXML(xml: String) {
        #expect(reader.refusal(xml.utf8) == .malformed)
    }

    @Test(
        "Malformed JSON",
        arguments: [
            "{", "[", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,}", "[1,]", "[1 2]", "[1]]", "[1]2", "{}{}", "{a:1}",
            "'a'", "\"a",
            "tru", "nulls", "01", "1.", ".5", "+1", "1e", "-", "0x1", "NaN", "1 2", "\"a\" 1", "[\"\\x\"]",
            "[\"\\ud800\"]",
            "[\"\n\"]", "{\"a\":1 \"b\":2}", "{\"a\" 1}", "{1:2}", "[1}", "{\"a\":[1}]", "[truefalse]", "[-01]", "x",
            "{}\0", "\0{}",
            "[\"\0\"]", ",", "]",
        ])
    func malformedJSON(json: String) {
        #expect(reader.refusal(json.utf8) == .malformed)
    }

    @Test(
        "U+0000 is refused in JSON however it is written, in keys and in strings",
        arguments: [
            #""\u0000""#, #"["a\u0000"]"#, #"{"a":"\u0000b"}"#, #"{"a\u0000":1}"#, #"{"a":{"b":["c","\u0000"]}}"#,
        ])
    func escapedNull(json: String) {
        #expect(reader.refusal(json.utf8) == .malformed)
        #expect(reader.refusal(json.replacing("0000", with: "0001").utf8) == nil)
    }

    @Test("Nothing, or white space alone", arguments: ["", " ", "\n\t \r\n", "\u{FEFF}", "\u{FEFF} "])
    func empty(text: String) {
        #expect(reader.refusal(text.utf8) == .empty)
    }

    @Test("Bytes that are not the text they should be")
    func notText() {
        for bad: [UInt8] in [[0xFF], [0xC3, 0x28], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xC0, 0xAF]] {
            #expect(reader.refusal(Array("{\"a\":\"".utf8) + bad + Array("\"}".utf8)) == .notText)
            #expect(reader.refusal(Array("<a>".utf8) + bad + Array("</a>".utf8)) == .notText)
            #expect(reader.refusal(Array("<a b='".utf8) + bad + Array("'/>".utf8)) == .notText)
        }
        let windows = Array("<?xml version='1.0' encoding='windows-1252'?><a>x</a>".utf8)
        #expect(reader.refusal(windows + [0x81]) == .notText)
        #expect(reader.refusal(Array(windows.dropLast(4)) + [0x81] + Array("</a>".utf8)) == .notText)
        #expect(reader.refusal("<?xml version='1.0' encoding='no-such'?><a/>".utf8) == .notText)
        #expect(reader.refusal("<?xml version='1.0' encoding='UTF-16'?><a/>".utf8) == .notText)
    }

    @Test("A body over the size limit, however it would have read")
    func tooLarge() {
        let small = DocumentReader(vocabulary: Vocabulary(), limits: DocumentLimits(messageSize: 10))
        #expect(small.refusal("[123456789]".utf8) == .tooLarge)
        #expect(small.refusal("[12345678]".utf8) == nil)
        #expect(small.refusal("<aaaaaaa/>".utf8) == nil)
        #expect(small.refusal("<aaaaaaaa/>".utf8) == .tooLarge)
    }

    @Test("Nesting is read to its limit and not beyond, in both languages")
    func nesting() {
        for limit in [1, 3, 256] {
            let reader = DocumentReader(vocabulary: Vocabulary(), limits: DocumentLimits(nesting: limit))
            for (levels, expected) in [(limit, nil), (limit + 1, DocumentFault.Code.tooDeep)] {
                #expect(reader.refusal(nested("<a>", "</a>", levels)) == expected)
                #expect(reader.refusal(nested("[", "]", levels)) == expected)
                #expect(reader.refusal(nested("{\"a\":", "}", levels, inside: "{}", less: 1)) == expected)
            }
        }
    }

    @Test("A hundred thousand levels do not exhaust the stack")
    func deep() {
        for limit in [256, 1000] {
            let reader = DocumentReader(vocabulary: Vocabulary(), limits: DocumentLimits(nesting: limit))
            #expect(reader.refusal(nested("<a>", "</a>", 100_000)) == .tooDeep)
            #expect(reader.refusal(nested("[", "]", 100_000)) == .tooDeep)
            #expect(reader.refusal(nested("{\"a\":", "}", 100_000, inside: "1")) == .tooDeep)
            #expect(reader.refusal(nested("[", "", 100_000)) == .malformed)
        }
    }

    @Test("More nodes than the limit, in every way there is to make nodes")
    func nodes() {
        let reader = DocumentReader(vocabulary: Vocabulary(), limits: DocumentLimits(treeNodes: 100))
        let many = (0..<100).map { "a\($0)='1'" }.joined(separator: " ")
        for body in [
            nested("", "", 0, inside: "<r>" + String(repeating: "<a/>", count: 100) + "</r>"),
            Array("<r \(many)/>".utf8),
            Array(("<r>t" + String(repeating: "<a/>t", count: 60) + "</r>").utf8),
            Array(("[0" + String(repeating: ",0", count: 99) + "]").utf8),
            Array(("[[]" + String(repeating: ",[]", count: 99) + "]").utf8),
            Array(("[{}" + String(repeating: ",{}", count: 99) + "]").utf8),
        ] { #expect(reader.refusal(body) == .tooManyNodes) }
        #expect(reader.refusal(("[0" + String(repeating: ",0", count: 98) + "]").utf8) == nil)
    }

    @Test("More namespaces than nodes can tell apart")
    func namespaces() {
        let xml = "<r>" + (0..<66_000).map { "<a xmlns='\($0)'/>" }.joined() + "</r>"
        #expect(reader.refusal(xml.utf8) == .tooManyNodes)
    }

    @Test(
        "Any document type, before anything in it is read",
        arguments: [
            "<!DOCTYPE a><a/>", "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", "<!DOCTYPE a []><a/>",
            "<!DOCTYPE a [<!ELEMENT",
            "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>",
            "<!DOCTYPE a [<!ENTITY % p SYSTEM 'file:///etc/passwd'> %p;]><a/>",
            "<!DOCTYPE a PUBLIC '-//W3C//DTD XHTML 1.0 Strict//EN' 'http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd'><a/>",
        ])
    func documentType(xml: String) {
        #expect(reader.refusal(xml.utf8) == .documentType)
    }

    // Other tests run beside this one, so the bound is wide; the bomb would need far more than any machine has.
    @Test("An entity bomb is refused without growing")
    func bomb() {
        var definitions = "<!ENTITY l0 'lol'>"
        for level in 1...20 {
            definitions += "<!ENTITY l\(level) '\(String(repeating: "&l\(level - 1);", count: 10))'>"
        }
        let before = highWaterMark()
        #expect(reader.refusal("<!DOCTYPE a [\(definitions)]><a>&l20;</a>".utf8) == .documentType)
        #expect(reader.refusal("<a>&l20;</a>".utf8) == .malformed)
        #expect(highWaterMark() - before < 512 << 20)
    }

    @Test("Nothing is fetched: a listening port sees no caller")
    func nothingIsFetched() throws {
        let listener = try LoopbackListener()
        let place = "http://127.0.0.1:\(listener.port)/x"
        #expect(reader.refusal("<!DOCTYPE a SYSTEM '\(place)'><a/>".utf8) == .documentType)
        #expect(reader.refusal("<!DOCTYPE a [<!ENTITY x SYSTEM '\(place)'>]><a>&x;</a>".utf8) == .documentType)
        #expect(reader.refusal("<!DOCTYPE a [<!ENTITY % p SYSTEM '\(place)'> %p;]><a/>".utf8) == .documentType)
        #expect(
            reader.refusal(
                "<a xmlns:xi='http://www.w3.org/2001/XInclude'><xi:include href='\(place)'/></a>".utf8) == nil)
        #expect(
            reader.refusal(
                "<a xmlns:s='http://www.w3.org/2001/XMLSchema-instance' s:schemaLocation='u \(place)'/>".utf8) == nil)
        #expect(reader.refusal("<?xml-stylesheet href='\(place)'?><a/>".utf8) == nil)
        #expect(!listener.hasCaller)
        // The listener would have noticed: it sees a caller that does call.
        try listener.call()
        #expect(listener.hasCaller)
    }

    @Test("A fault says where it is")
    func place() {
        #expect(fault("<a>\n<b>\n</c></a>") == DocumentFault(.malformed, offset: 12, line: 3))
        #expect(fault("\n\n<a>\n</b>")?.line == 4)
        #expect(fault("{\"a\":1,\n\"b\":x}")?.line == 2)
        #expect(fault("{\"a\":1,\n\"b\":x}")?.offset == 12)
    }

    @Test("Large texts are read whole")
    func largeText() throws {
        let text = String(repeating: "0123456789abcdef", count: 900_000)
        #expect(try reader.read(Array("<a><b>\(text)</b></a>".utf8)).string(1) == text)
        let attribute = String(text.prefix(9_000_000))
        #expect(try reader.read(Array("<a b='\(attribute)'/>".utf8)).string(1) == attribute)
        #expect(try reader.read(Array("[\"\(text)\"]".utf8)).string(1) == text)
    }

    private func fault(_ text: String) -> DocumentFault? {
        do {
            _ = try reader.read(Array(text.utf8))
            return nil
        } catch {
            return error
        }
    }

    private func nested(_ start: String, _ end: String, _ levels: Int, inside: String = "", less: Int = 0) -> [UInt8] {
        let levels = levels - less
        return Array(
            (String(repeating: start, count: levels) + inside + String(repeating: end, count: levels)).utf8)
    }

    /// The most memory this process has held, in bytes.
    private func highWaterMark() -> Int {
        var usage = rusage()
        getrusage(RUSAGE_SELF.rawValue, &usage)
        return Int(usage.ru_maxrss) << 10
    }
}
