import Documents
import Testing

@Suite("The shape of a tree")
struct TreeShapeTests {
    let reader = DocumentReader(vocabulary: Vocabulary(["Appointment", "type"]))

    @Test("Attributes come before child elements, as children")
    func attributes() throws {
        #expect(try reader.outline("<a x='1' y='&lt;&#233;'><b/>t</a>") == "a=t(@x=1 @y=<é b)")
    }

    @Test("Text that comes in pieces is one text")
    func pieces() throws {
        #expect(try reader.outline("<a>x &amp; <![CDATA[<y>]]><!-- c --> z<?p i?>!</a>") == "a=x & <y> z!")
    }

    @Test("White space alone is dropped, and kept around other text")
    func whiteSpace() throws {
        #expect(try reader.outline("\n<a>\n  <b> x </b>\n  <c> </c> </a>") == "a(b= x  c)")
    }

    @Test("The first run of mixed content belongs to the element, later ones are children")
    func mixedContent() throws {
        #expect(try reader.outline("<p>one<b>two</b>three<i/> <u/>four</p>") == "p=one(b=two #=three i u #=four)")
    }

    @Test("Names are local, namespaces are kept, declarations are not attributes")
    func namespaces() throws {
        let xml = "<h:a xmlns:h='urn:h' xmlns='urn:d' xmlns:xsi='urn:x'><b xsi:type='T' type='u'/></h:a>"
        let tree = try reader.read(Array(xml.utf8))
        #expect(tree.outline() == "a(b(@type=T @type=u))")
        #expect(tree.nodes.map { tree.namespaces[Int($0.namespace)] } == ["urn:h", "urn:d", "urn:x", ""])
        #expect(tree.nodes[2].name == tree.vocabulary.symbol("type"))
    }

    @Test("A prefix that is not declared is let pass")
    func undeclaredPrefix() throws {
        #expect(try reader.outline("<s:a><b q:c='1'/></s:a>") == "a(b(@c=1))")
    }

    @Test("An array is its members, and an object an element")
    func array() throws {
        #expect(
            try reader.outline(#"{"a":[1,"x",true,null,{"b":-0.50}],"c":"y"}"#)
                == "(0a=1 'a=x ?a=true -a a(0b=-0.50) 'c=y)")
    }

    @Test("Arrays within arrays flatten, and an empty one leaves its mark")
    func nestedArrays() throws {
        #expect(try reader.outline(#"{"a":[[1,[2]],[]],"b":[],"c":{}}"#) == "(0a=1 0a=2 []a []b c)")
    }

    @Test("A root array is an element whose children have no name")
    func rootArray() throws {
        let tree = try reader.read(Array(#"[{"a":1},[2],"x"]"#.utf8))
        #expect(tree.outline() == "((0a=1) 0=2 '=x)")
        #expect(tree.nodes[0].kind == .element)
        #expect(try reader.outline("[]") == "([])")
    }

    @Test(
        "A bare scalar is a root of its kind",
        arguments: [("\"x\"", "'=x"), (" 12 ", "0=12"), ("null", "-"), ("true", "?=true")])
    func bareScalar(json: String, outline: String) throws {
        #expect(try reader.outline(json) == outline)
    }

    @Test("Keys and strings lose their escapes, numbers keep their digits, a repeated key stays")
    func tokens() throws {
        #expect(
            try reader.outline(
                #"{"\u0061\n":"\"\\\/\u00e9\ud83d\ude00","n":[123456789012345678901234567890,7.20,1E+2],"n":0}"#)
                == "('a\n=\"\\/é😀 0n=123456789012345678901234567890 0n=7.20 0n=1E+2 0n=0)")
    }

    @Test("A byte order mark is skipped in both languages")
    func byteOrderMark() throws {
        #expect(try reader.outline("\u{FEFF}{\"a\":1}") == "(0a=1)")
        #expect(try reader.outline("\u{FEFF}<a/>") == "a")
    }

    @Test("Nodes lie in document order and know where their descendants end")
    func order() throws {
        let tree = try reader.read(Array("<a><b><c/></b><d/></a>".utf8))
        #expect(tree.nodes.map(\.end) == [4, 3, 3, 4])
        #expect(tree.nodes.map(\.parent) == [0, 0, 1, 0])
    }

    @Test("XML is read in the encoding it declares")
    func encodings() throws {
        let latin = Array("<?xml version='1.0' encoding='ISO-8859-1'?><a>".utf8) + [0xE9, 0xA3] + Array("</a>".utf8)
        #expect(try reader.read(latin).outline() == "a=é£")
        let windows =
            Array("<?xml version='1.0' encoding='windows-1252'?><a>".utf8) + [0x80, 0x92] + Array("</a>".utf8)
        #expect(try reader.read(windows).outline() == "a=€’")
        let text = "<?xml version='1.0' encoding='UTF-16'?><a b='é'>€</a>"
        let little = utf16(text, bigEndian: false)
        #expect(try reader.read(little).outline() == "a=€(@b=é)")
        let big = utf16(text, bigEndian: true)
        #expect(try reader.read(big).outline() == "a=€(@b=é)")
        #expect(try reader.read(Array(big.dropFirst(2))).outline() == "a=€(@b=é)")
    }

    @Test("A path names only what is known, in its own spelling")
    func path() throws {
        let known = KnownNames(["Appointment", "type"])
        let tree = try reader.read(Array("<r><Appointment/><Appointment type='x'><k/></Appointment></r>".utf8))
        #expect(tree.path(of: 3, naming: known) == "*/Appointment[2]/@type")
        #expect(tree.path(of: 4, naming: known) == "*/Appointment[2]/*")
        let folded = KnownNames(["R", "appointment", "Appointment"], isCaseInsensitive: true)
        #expect(tree.path(of: 3, naming: folded) == "R/appointment[2]/@*")
    }
}
