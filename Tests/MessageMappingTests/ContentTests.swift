import CanonicalModel
import Documents
import Foundation
import Testing

@testable import MessageMapping

@Suite("What is packed or written inside a value is read within the limits of a message") struct ContentTests {
    /// What an expression over `%v.In` makes of a text, and the issues.
    private func value(_ expression: String, of text: String, limits: DocumentLimits = DocumentLimits()) throws -> (
        text: String?, issues: [String]
    ) {
        let bench = try Bench(Bench.visits(#"reason: "{{ \#(expression) }}""#), limits: limits)
        let input = String(decoding: try JSONEncoder().encode(text), as: UTF8.self)
        let read = try #require(try bench.read(#"{"Visits":[{"Ref":"1","When":"2026-07-02","In":\#(input)}]}"#))
        let reason = CanonicalShapes.required("booking", "reason")
        let node = read.message.nodes.indices.first { read.message.nodes[$0].field == reason }
        return (node.map(read.message.string), read.issues.map(\.short))
    }

    /// Packs bytes with the system's gzip.
    private func gzip(_ bytes: [UInt8]) throws -> [UInt8] {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/gzip")
        process.arguments = ["-c"]
        let input = FileManager.default.temporaryDirectory.appending(path: "gzip-\(UUID().uuidString)")
        try Data(bytes).write(to: input)
        defer { try? FileManager.default.removeItem(at: input) }
        let output = Pipe()
        process.standardInput = try FileHandle(forReadingFrom: input)
        process.standardOutput = output
        try process.run()
        let packed = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Array(packed)
    }

    // MARK: base64 and gzip

    @Test("Base64 gives the bytes that were encoded, with broken lines and in both alphabets", arguments: 0..<40)
    func base64(size: Int) {
        var random = Random(seed: size)
        let bytes = random.bytes(size)
        let encoded = Data(bytes).base64EncodedString(options: .lineLength64Characters)
        func decoded(_ text: String) -> [UInt8]? { Array(text.utf8).withUnsafeBytes(Base64Text.decoded) }
        #expect(decoded(encoded) == bytes)
        #expect(decoded(encoded.replacing("+", with: "-").replacing("/", with: "_")) == bytes)
        #expect(decoded(encoded.replacing("=", with: "")) == bytes)
    }

    @Test("What is not base64, or is and holds no text, is told") func notBase64() throws {
        #expect(try value("%v.In.base64()", of: "Zm9v") == ("foo", []))
        #expect(try value("%v.In.base64()", of: "Zm9") == ("fo", []))
        #expect(try value("%v.In.base64()", of: "Zm9v!") == (nil, ["base64-malformed bookings.reason"]))
        #expect(try value("%v.In.base64()", of: "Z") == (nil, ["base64-malformed bookings.reason"]))
        #expect(try value("%v.In.base64()", of: "/9j/4AAQ") == (nil, ["content-not-text bookings.reason"]))
        #expect(try value("%v.In.base64()", of: "") == (nil, []))
    }

    @Test("What gzip packed and base64 wrote is the text again", arguments: 0..<12) func roundTrip(seed: Int) throws {
        var random = Random(seed: seed)
        let text = random.text(of: "abc déf\n€𝄞", count: random.next(60_000) + 1).trimmingCharacters(in: .whitespaces)
        let encoded = Data(try gzip(Array(text.utf8))).base64EncodedString()
        #expect(try value("%v.In.base64().gunzip()", of: encoded).text == text)
    }

    @Test("Several members are one text, and one that is damaged or cut off is told") func damaged() throws {
        let packed = try gzip(Array("one".utf8)) + gzip(Array("two".utf8))
        #expect(try GzipText.unpacked(packed, limit: 6) == Array("onetwo".utf8))
        #expect(try GzipText.unpacked(packed + [0, 0], limit: 6) == Array("onetwo".utf8))
        for end in [0, 5, 12, packed.count - 1] {
            #expect(throws: GzipText.Fault.malformed) { try GzipText.unpacked(Array(packed[..<end]), limit: 100) }
        }
        var random = Random(seed: 3)
        for _ in 0..<200 {
            var broken = packed
            broken[random.next(broken.count)] ^= UInt8(1 + random.next(255))
            _ = try? GzipText.unpacked(broken, limit: 1000)
        }
        #expect(try value("%v.In.gunzip()", of: "plain").issues == ["gzip-malformed bookings.reason"])
    }

    @Test("A bomb stops at the limit") func bomb() throws {
        let packed = try gzip([UInt8](repeating: 0x61, count: 3 << 20))
        #expect(packed.count < 10_000)
        #expect(throws: GzipText.Fault.tooLarge) { try GzipText.unpacked(packed, limit: 1 << 20) }
        let encoded = Data(packed).base64EncodedString()
        let read = try value(
            "%v.In.base64().gunzip()", of: encoded, limits: DocumentLimits(messageSize: 1 << 20))
        #expect(read == (nil, ["gzip-too-large bookings.reason"]))
    }

    // MARK: XML and JSON

    @Test("XML in a text is a tree to walk, whatever its declaration says of its bytes") func xml() throws {
        let inside = #"<?xml version="1.0" encoding="UTF-16"?><root><item code="7">é</item><item>b</item></root>"#
        #expect(try value("%v.In.parseXML().item.first()", of: inside) == ("é", []))
        #expect(try value("%v.In.parseXML().item.code", of: inside) == ("7", []))
        #expect(try value("%v.In.parseXML().name()", of: inside) == ("root", []))
        #expect(try value("%v.In.parseXML().item.last().parent().item.count()", of: inside) == ("2", []))
    }

    @Test("JSON in a text is a tree to walk") func json() throws {
        #expect(try value("%v.In.parseJSON().a.b", of: #"{"a":{"b":"c"}}"#) == ("c", []))
        #expect(try value("%v.In.parseJSON().a", of: "<a/>") == (nil, ["content-document-malformed bookings.reason"]))
    }

    @Test(
        "What cannot be read costs its own value and an issue at it",
        arguments: [
            ("<a>", "content-document-malformed"), ("text", "content-document-malformed"),
            ("<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "content-document-type-refused"),
            ("<a><a><a><a><a/></a></a></a></a>", "content-document-too-deep"),
        ]) func faults(text: String, code: String) throws
    {
        let read = try value("%v.In.parseXML().a", of: text, limits: DocumentLimits(nesting: 4))
        #expect(read == (nil, ["\(code) bookings.reason"]))
    }

    @Test("The documents inside a message share its limit of nodes, and the same text is read once") func shared()
        throws
    {
        let rows = (0..<30).map { _ in "<b/>" }.joined()
        let limits = DocumentLimits(treeNodes: 60)
        let once = "%v.In.parseXML().b.count() & ':' & %v.In.parseXML().b.count()"
        #expect(try value(once, of: "<a>\(rows)</a>", limits: limits) == ("30:30", []))
        #expect(
            try value("%v.In.parseXML().b.count()", of: "<a>\(rows)\(rows)</a>", limits: limits).issues
                == ["content-document-too-many-nodes bookings.reason"])
    }

    @Test("An explanation leads through the text that held the document") func explained() throws {
        let bench = try Bench(Bench.visits(#"reason: "{{ %v.In.parseXML().item }}""#))
        let body = #"{"Visits":[{"Ref":"1","When":"2026-07-02","In":"<root><item>x</item></root>"}]}"#
        let read = try #require(try bench.read(body, isExplaining: true))
        #expect(read.explanations.last?.source == "Visits/In//*/item")
    }

    // MARK: HTML

    @Test(
        "HTML is plain text: no tags, entities decoded, blocks on lines of their own",
        arguments: [
            ("<p>One</p><p>Two</p>", "One\nTwo"), ("a<br>b<br/>c", "a\nb\nc"),
            ("<b>bold</b> and <i>not</i>", "bold and not"),
            ("  many \n blanks  ", "many blanks"), ("&lt;5 &amp; &gt;3 &pound;7 &#163; &#xA3;", "<5 & >3 £7 £ £"),
            ("&#128;&#150;&nbsp;x", "€– x"), ("&unknown; &amp &", "&unknown; &amp &"),
            ("a < b, 3<4 and x<=y", "a < b, 3<4 and x<=y"),
            ("<script>var x = '<p>';</script>seen<style>p {}</style>", "seen"),
            ("<head><title>t</title></head><body>b</body>", "b"), ("<!-- <p>no</p> -->yes<!DOCTYPE html>", "yes"),
            ("<a href=\"x>y\">link</a>", "link"), ("<a href = 'x>y'>link</a>", "link"),
            ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
            ("<ul><li>one</li><li>two</li></ul>", "one\ntwo"), ("<pre>a\nb</pre>", "a\nb"), ("plain", "plain"),
            ("<img src='data:image/png;base64,AAAA'>picture", "picture"), ("<![CDATA[in <b>]]>", "in b>"),
            ("&#0;&#xD800;x", "\u{FFFD}x"), ("", nil),
        ] as [(String, String?)]) func html(markup: String, text: String?) throws
    {
        #expect(try value("%v.In.htmlText()", of: markup).text == text)
    }

    @Test("Whatever the bytes are, the text is no longer than they are and has no tags", arguments: 0..<300)
    func random(seed: Int) {
        var random = Random(seed: seed)
        let words = [
            "<", ">", "</", "<p", "b>", "<script", "</script>", "<!--", "-->", "<![CDATA[", "]]>", "\"", "'", "=", " ",
            "x", "é", "/>", "<br", "\n", "<?", "!", "3", "a href=",
        ]
        let markup = (0..<random.next(60)).map { _ in words[random.next(words.count)] }.joined()
        let text = Self.text(Array(markup.utf8))
        #expect(text.utf8.count <= markup.utf8.count)
        #expect(!text.contains(/<[a-zA-Z\/!?]/), "\(markup)")
        let bytes = random.bytes(200)
        var html = HTMLText()
        bytes.withUnsafeBytes { html.read($0) }
        #expect(html.finish().count <= bytes.count)
    }

    private static func text(_ bytes: [UInt8]) -> String {
        var html = HTMLText()
        bytes.withUnsafeBytes { html.read($0) }
        return String(decoding: html.finish(), as: UTF8.self)
    }

    @Test("XHTML that stands in the message as elements is read in the order of the document") func xhtml() throws {
        let mapping = """
            mapping: acme/note
            reads: {root: Note}
            source: {system: acme, message: note}
            practice: {name: "{{ html.htmlText() }}"}
            """
        func text(_ html: String) throws -> String? {
            try Bench(mapping).json("practice", of: "<Note><html>\(html)</html></Note>")
        }
        #expect(try text("one <b>two</b> three") == #"{"name":"one two three"}"#)
        #expect(try text("<b>two</b> three") == #"{"name":"two three"}"#)
        #expect(try text("<h2>Title</h2><p>one<br/>two</p>") == #"{"name":"Title\none\ntwo"}"#)
        #expect(try text("<p>a</p>own<p>b</p>") == #"{"name":"a\nown\nb"}"#)
        #expect(try text("plain") == #"{"name":"plain"}"#)
    }
}
