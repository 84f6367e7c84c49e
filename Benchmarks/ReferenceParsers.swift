import CLibXML2
import CSimdJSONWalk
import Foundation

/// What others need for reading the same bytes, keeping nothing or less than we keep: the limits we are measured against.
enum ReferenceParsers {
    /// libxml2's SAX2 events into callbacks that do nothing.
    static func sax2(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { bytes in
            guard let address = bytes.baseAddress,
                let parser = xmlCreateMemoryParserCtxt(address.assumingMemoryBound(to: CChar.self), Int32(bytes.count))
            else { return false }
            defer { xmlFreeParserCtxt(parser) }
            var handler = emptyHandler
            clibxml2_set_handler(parser, &handler, UnsafeMutableRawPointer(parser))
            return xmlParseDocument(parser) == 0
        }
    }

    private static var emptyHandler: xmlSAXHandler {
        var handler = xmlSAXHandler()
        handler.initialized = UInt32(XML_SAX2_MAGIC)
        handler.startElementNs = { _, _, _, _, _, _, _, _, _ in }
        handler.endElementNs = { _, _, _, _ in }
        handler.characters = { _, _, _ in }
        handler.ignorableWhitespace = { _, _, _ in }
        return handler
    }

    /// libxml2's own tree, made and freed.
    static func dom(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { bytes in
            let document = xmlReadMemory(
                bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count), nil, nil,
                Int32(XML_PARSE_NONET.rawValue))
            guard let document else { return false }
            xmlFreeDoc(document)
            return true
        }
    }

    /// simdjson's On-Demand over every value.
    static func simdjson(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBufferPointer { bytes in
            bytes.baseAddress.map { csimdjsonwalk_count($0, bytes.count) > 0 } ?? false
        }
    }

    /// Foundation's own objects.
    static func jsonSerialization(_ bytes: [UInt8]) -> Bool {
        (try? JSONSerialization.jsonObject(with: Data(bytes))) != nil
    }

    /// Foundation's decoder into structures for the better part of it.
    static func jsonDecoder(_ bytes: [UInt8]) -> Bool {
        (try? JSONDecoder().decode(DecodedRecord.self, from: Data(bytes))) != nil
    }
}

/// Some of a structured record, as one would declare it to read it with `JSONDecoder`.
private struct DecodedRecord: Decodable {
    let resourceType: String
    let id: String
    let type: String
    let entry: [Entry]

    struct Entry: Decodable { let resource: Resource }

    struct Resource: Decodable {
        let resourceType: String
        let id: String?
        let `extension`: [Extension]?
        let identifier: [Identifier]?
        let basedOn: [Reference]?
        let status: String?
        let intent: String?
        let medicationReference: Reference?
        let authoredOn: String?
        let recorder: Reference?
        let note: [Text]?
        let dosage: [Text]?
        let dosageInstruction: [Text]?
        let dispenseRequest: DispenseRequest?
        let code: Code?
    }

    struct Extension: Decodable {
        let url: String
        let valueDateTime: String?
        let valueCodeableConcept: Concept?
    }

    struct Identifier: Decodable {
        let system: String
        let value: String
    }

    struct Reference: Decodable { let reference: String }
    struct Text: Decodable { let text: String }

    struct DispenseRequest: Decodable { let quantity: Quantity }

    struct Quantity: Decodable {
        let value: Decimal
        let unit: String
    }

    struct Concept: Decodable { let coding: [Coding] }

    /// One in most resources, several in some.
    enum Code: Decodable {
        case one(Concept)
        case several([Concept])

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let one = try? container.decode(Concept.self) {
                self = .one(one)
            } else {
                self = .several(try container.decode([Concept].self))
            }
        }
    }

    struct Coding: Decodable {
        let system: String
        let code: String
        let display: String
    }
}
