import Foundation
import FoundationXML

/// What a source file says is not for the patient, found in the file itself by code that knows nothing of mappings, of our
/// readers or of the model: names by which things are known, and words, that stand inside something marked `NOPAT` and
/// nowhere else.
struct NotForPatientTruth {
    /// Identifiers of things inside what is marked.
    private(set) var markedNames: Set<String> = []
    /// Words inside what is marked.
    private(set) var markedWords: Set<String> = []
    /// Identifiers of everything else.
    private(set) var openNames: Set<String> = []
    private var openWords: Set<String> = []

    /// Nil when the file is neither XML nor JSON that can be read.
    init?(_ data: Data) {
        if let json = try? JSONSerialization.jsonObject(with: data) {
            collect(json, isMarked: false)
        } else {
            let parser = XMLParser(data: data)
            let document = MarkedDocument()
            parser.delegate = document
            guard parser.parse(), let root = document.root else { return nil }
            let named = Self.namedByMarkedLinks(root)
            collect(root, isMarked: false, named: named)
        }
        // What an unmarked part says as well is no secret.
        markedNames.subtract(openNames)
        markedWords.subtract(openWords)
    }

    private mutating func note(name: String, _ isMarked: Bool) {
        if isMarked { markedNames.insert(name) } else { openNames.insert(name) }
    }

    private mutating func note(words: String, _ isMarked: Bool) {
        let words = words.trimmingCharacters(in: .whitespacesAndNewlines)
        // A short word, a number or a code may stand anywhere by accident.
        guard words.count >= 8, words.contains(where: \.isLetter), words.contains(" ") else { return }
        if isMarked { markedWords.insert(words) } else { openWords.insert(words) }
    }

    // MARK: FHIR

    private mutating func collect(_ value: Any, isMarked: Bool) {
        if let object = value as? [String: Any] {
            let isMarked = isMarked || object["resourceType"] is String && Self.hasMark(object)
            if object["resourceType"] is String, let id = object["id"] as? String { note(name: id, isMarked) }
            for (key, value) in object {
                if let words = value as? String, ["text", "display", "div"].contains(key) {
                    note(words: words, isMarked)
                }
                collect(value, isMarked: isMarked)
            }
        } else if let list = value as? [Any] {
            for member in list { collect(member, isMarked: isMarked) }
        }
    }

    private static func hasMark(_ resource: [String: Any]) -> Bool {
        let meta = resource["meta"] as? [String: Any]
        let labels = (meta?["security"] as? [Any] ?? []) + (resource["securityLabel"] as? [Any] ?? [])
        return labels.contains { String(describing: $0).contains("NOPAT") }
    }

    // MARK: HL7 version 3

    private mutating func collect(_ element: MarkedDocument.Element, isMarked: Bool, named: Set<String>) {
        let isMarked = isMarked || Self.hasMark(element) || Self.id(of: element).map(named.contains) ?? false
        if let id = Self.id(of: element) { note(name: id, isMarked) }
        if let words = element.attributes["displayName"] { note(words: words, isMarked) }
        note(words: element.text, isMarked)
        for child in element.children where child.name != "confidentialityCode" {
            collect(child, isMarked: isMarked, named: named)
        }
    }

    private static func hasMark(_ element: MarkedDocument.Element) -> Bool {
        element.children.contains { $0.name == "confidentialityCode" && $0.attributes["code"] == "NOPAT" }
    }

    /// The name of a statement or composition; an agent's is everybody's.
    private static func id(of element: MarkedDocument.Element) -> String? {
        guard !element.name.hasSuffix("Ref"),
            element.name.first?.isLowercase == false || element.name == "ehrComposition"
        else { return nil }
        return element.children.first { $0.name == "id" }?.attributes["root"]
    }

    /// A marked link set marks the statement that it names.
    private static func namedByMarkedLinks(_ element: MarkedDocument.Element) -> Set<String> {
        var named: Set<String> = []
        if element.name == "LinkSet", hasMark(element) {
            for child in element.children where child.name == "conditionNamed" {
                for reference in child.children {
                    named.formUnion(reference.children.compactMap { $0.attributes["root"] })
                }
            }
        }
        return element.children.reduce(into: named) { $0.formUnion(namedByMarkedLinks($1)) }
    }
}

/// An XML document as elements, by Foundation's own parser.
private final class MarkedDocument: NSObject, XMLParserDelegate {
    final class Element {
        let name: String
        let attributes: [String: String]
        var children: [Element] = []
        var text = ""

        init(_ name: String, _ attributes: [String: String]) {
            self.name = name
            self.attributes = attributes
        }
    }

    private(set) var root: Element?
    private var open: [Element] = []

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String] = [:]
    ) {
        let element = Element(name.split(separator: ":").last.map(String.init) ?? name, attributes)
        if let parent = open.last { parent.children.append(element) } else { root = element }
        open.append(element)
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) { open.last?.text += string }

    func parser(
        _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
    ) { open.removeLast() }
}
