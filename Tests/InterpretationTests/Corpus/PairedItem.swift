/// One item of a record as both sides of a pair can say it: code, date, value, dose (rules in `Mappings/AGREEMENT.md`).
struct PairedItem {
    /// Marks of codes that were lost on the way, which nobody stated: the degraded record entries of GP2GP.
    private static let lossMarks: Set = [
        "196461000000101", "196471000000108", "196421000000109", "196451000000104", "196431000000106",
        "196441000000102", "196411000000103",
    ]

    let section: String
    /// The id without its system, the reader's suffix, and, where several items share it, told apart by the section.
    let key: String
    let codes: [JSONValue]
    let text: String?
    let date: JSONValue
    /// The date as it stands, with its zone.
    let writtenDate: String?
    let issued: JSONValue
    let value: JSONValue
    let dose: JSONValue
    let quantity: JSONValue
    let isConfidential: Bool
    let isChild: Bool
    /// A level of a report, or a comment on it, rather than a result.
    let isReportLevel: Bool

    private init(_ item: JSONValue, in section: String, isChild: Bool) {
        let concept = ["code", "medication", "type"].lazy.map { item[$0] }.first { !$0.fields.isEmpty } ?? .null
        let dateField = ["medications": "authored", "problems": "onset", "allergies": "onset"][section] ?? "date"
        let children = item["children"].list
        self.section = section
        self.isChild = isChild
        key = Self.key(item["id"].string ?? "", in: section)
        codes = concept["coding"].list.filter {
            !Self.lossMarks.contains($0["code"].string ?? "") && $0["system"].string?.hasSuffix("NullFlavor") != true
        }.map { $0.keeping(["system", "code"]) }
        text = concept["text"].string
        date = item[dateField].instant
        writtenDate = item[dateField].string
        issued = item["issued"].instant
        let number = Self.quantity(item["valueQuantity"])
        let words = item["valueText"].string ?? item["valueCode"]["text"].string
        value = number != .null ? number : words.map { .string(Self.collapsed($0)) } ?? .null
        dose = section == "medications" ? item["dosage"] : .null
        quantity = section == "medications" ? Self.quantity(item["quantity"]) : .null
        isConfidential = item["confidential"].isTrue
        isReportLevel =
            section == "testResults"
            && (children.contains { $0["code"] != .null }
                || item["code"]["coding"] == .null && item["code"]["degraded"] == .null)
    }

    /// Every item of the record in a canonical message, with those inside others; of one id the last.
    static func all(in message: JSONValue) -> [PairedItem] {
        var items: [PairedItem] = []
        var places: [String: Int] = [:]
        func add(_ item: JSONValue, in section: String, isChild: Bool) {
            let paired = PairedItem(item, in: section, isChild: isChild)
            if let place = places[paired.key] {
                items[place] = paired
            } else {
                places[paired.key] = items.count
                items.append(paired)
            }
            for child in item["children"].list { add(child, in: section, isChild: true) }
        }
        let sections = message["recordSummary"]["sections"].fields
        // Consultations are compared by what they lead to.
        for (name, section) in sections.sorted(by: { $0.key < $1.key }) where name != "consultations" {
            for item in section["items"].list { add(item, in: name, isChild: false) }
        }
        return items
    }

    private static func key(_ id: String, in section: String) -> String {
        let bare = id.split(separator: "|").last.map { String($0) } ?? id
        let ending = ["encounters": "/encounter", "problems": "/problem"][section] ?? ""
        return (bare.hasSuffix("-MS") ? String(bare.dropLast(3)) : bare) + ending
    }

    private static func quantity(_ quantity: JSONValue) -> JSONValue {
        guard let number = quantity["value"].number else { return .null }
        let unit = ["code", "unit", "text"].lazy.compactMap { quantity[$0].string }.first { !$0.isEmpty }
        return .list([
            .number(number), quantity["comparator"],
            unit.flatMap { $0 == "1" ? nil : .string(collapsed($0)) } ?? .null,
        ])
    }

    private static func collapsed(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
