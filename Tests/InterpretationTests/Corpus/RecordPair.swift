/// One record in two languages, GP2GP and STU3, both as the mappings read it.
struct RecordPair {
    let extract: [PairedItem]
    let bundle: [PairedItem]

    init(extract: JSONValue, bundle: JSONValue) {
        self.extract = PairedItem.all(in: extract)
        self.bundle = PairedItem.all(in: bundle)
    }

    /// What a comparison came to.
    struct Outcome {
        var items = 0
        var equal = 0
        var differences: [String] = []
    }

    /// Compares items of one id, where the bundle was made from the extract and kept its ids. An item without a twin
    /// counts on whichever side it stands; the levels of a report that only the extract has do not.
    func comparedByID() -> Outcome {
        let there = Dictionary(bundle.map { ($0.key, $0) }) { $1 }
        let here = Dictionary(extract.map { ($0.key, $0) }) { $1 }
        var outcome = Outcome()
        for item in extract where there[item.key] != nil || !item.isReportLevel {
            outcome.items += 1
            guard let twin = there[item.key] else {
                outcome.differences.append("\(item.section) without a twin in the bundle")
                continue
            }
            let names = Self.differences(item, twin)
            if names.isEmpty { outcome.equal += 1 }
            outcome.differences += names.map { "\(item.section): \($0)" }
        }
        for item in bundle where here[item.key] == nil {
            outcome.items += 1
            outcome.differences.append("\(item.section) without a twin in the extract")
        }
        return outcome
    }

    private static func differences(_ item: PairedItem, _ twin: PairedItem) -> [String] {
        var names: [String] = []
        if !isReport(twin), item.codes != twin.codes { names.append("code") }
        if item.date != twin.date { names.append("date") }
        if item.value != twin.value { names.append("value") }
        if item.dose != twin.dose { names.append("dose") }
        if item.quantity != twin.quantity { names.append("quantity") }
        // The extract's marks cover more: a mark there hides what stands inside and what hangs on it.
        if twin.isConfidential, !item.isConfidential { names.append("confidential") }
        return names
    }

    /// The code of a report is a constant of each side's format.
    private static func isReport(_ item: PairedItem) -> Bool {
        item.codes.map { $0["code"].string } == ["721981007"]
    }

    /// Compares items section by section, where the extract was made from the bundle and its ids anew: each item of the
    /// bundle takes the free item that is nearest to it.
    func comparedByContent() -> Outcome {
        var outcome = Outcome()
        var taken = Set<String>()
        for item in bundle where item.section != "encounters" {
            outcome.items += 1
            let free = extract.filter { !taken.contains($0.key) && Self.sections(for: item).contains($0.section) }
            guard let best = Self.nearest(to: item, among: free), best.score >= 4 else {
                outcome.differences.append("\(item.section) without a twin")
                continue
            }
            taken.insert(best.twin.key)
            if best.score >= 6, Self.closeness(item, best.twin) > 0, best.twin.value == item.value,
                best.twin.dose == item.dose
            {
                outcome.equal += 1
            } else {
                outcome.differences.append("\(item.section): date, value or dose")
            }
        }
        return outcome
    }

    /// The writer puts results among observations, and comments of reports into them.
    private static func sections(for item: PairedItem) -> [String] {
        switch item.section {
        case "observations": ["observations", "testResults", "immunisations"]
        case "history": ["history", "testResults"]
        default: [item.section]
        }
    }

    /// The first of those that are nearest, its own section's before others'.
    private static func nearest(to item: PairedItem, among free: [PairedItem]) -> (twin: PairedItem, score: Int)? {
        var best: (twin: PairedItem, score: Int)?
        for twin in free.filter({ $0.section == item.section }) + free.filter({ $0.section != item.section }) {
            let score = score(item, twin)
            if score > best?.score ?? -1 { best = (twin, score) }
        }
        return best
    }

    /// 4 for the same code or name, 2 for the same date (1 for the same day), 1 for the same value and for the same dose.
    private static func score(_ item: PairedItem, _ twin: PairedItem) -> Int {
        var score = 0
        let codes = Set(item.codes.compactMap { $0["code"].string })
        let others = Set(twin.codes.compactMap { $0["code"].string })
        let isNamed = item.text != nil && item.text?.lowercased() == twin.text?.lowercased()
        if item.section == "documents" || codes.contains("721981007") || codes.isEmpty && others.isEmpty
            || !codes.isDisjoint(with: others) || isNamed
        {
            score += 4
        }
        score += closeness(item, twin)
        if twin.value == item.value { score += 1 }
        if item.section == "medications", twin.dose == item.dose { score += 1 }
        return score
    }

    /// 2 for the same date, 1 for the same day. A reading inside another has its date, and a report may have its issue alone.
    private static func closeness(_ item: PairedItem, _ twin: PairedItem) -> Int {
        let isOfParent = item.date == .null && item.isChild || twin.date == .null && item.date == item.issued
        if twin.date == item.date || isOfParent { return 2 }
        return day(of: item) != nil && day(of: item) == day(of: twin) ? 1 : 0
    }

    private static func day(of item: PairedItem) -> String? { item.writtenDate?.prefix(10).description }
}
