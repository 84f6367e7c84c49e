/// What one item of a prescription says on either side of an EPS pair, by the rules in `Mappings/AGREEMENT.md`.
struct PrescriptionFacts {
    private static let cancellation: Set = ["status", "endReason", "prescriber", "organisation", "requests"]
    /// Code, date, value and dose.
    private static let core: Set = ["code", "dose", "quantity", "authored", "lastIssued", "reviewDate"]

    private let facts: [String: JSONValue]

    /// A cancellation says nothing in HL7v3 but item, prescription, reason and people.
    init(_ item: JSONValue, isCancellation: Bool) {
        var facts: [String: JSONValue] = [
            "code": .list(item["medication"]["coding"].list.map { $0.keeping(["system", "code", "display"]) }),
            "text": item["medication"]["text"], "dose": item["dosage"],
            "quantity": .list([
                item["quantity"]["value"].number.map { .number($0) } ?? .null, item["quantity"]["unit"],
            ]),
            "authored": item["authored"].instant, "lastIssued": item["lastIssued"].instant,
            "quantityInWords": item["controlledDrug"]["quantityInWords"],
            "requests": .list(
                item["requests"].list.map { request in
                    .list([
                        request["id"], request["status"], request["requested"].instant, request["comment"],
                        request["reason"],
                    ])
                }),
        ]
        for name in [
            "kind", "status", "reviewDate", "repeatsAllowed", "repeatsIssued", "endReason", "patientInstruction",
            "prescriber", "dispenser", "organisation",
        ] { facts[name] = item[name] }
        if isCancellation { facts = facts.filter { Self.cancellation.contains($0.key) } }
        self.facts = facts
    }

    /// What the two say differently.
    func differences(from other: PrescriptionFacts) -> [String] {
        facts.keys.filter { facts[$0] != other.facts[$0] }.sorted()
    }

    /// Whether differences in `names` leave code, date, value and dose alone.
    static func agree(despite names: [String]) -> Bool { core.isDisjoint(with: names) }
}
