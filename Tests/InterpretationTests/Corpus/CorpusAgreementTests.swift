import Testing

/// The same patient in two languages reads the same: pairs of public messages, by the rules in `Mappings/AGREEMENT.md`.
@Suite(.serialized) struct CorpusAgreementTests {
    @Test("Prescriptions in FHIR and in HL7v3 say the same of at least 95 in 100 items")
    func prescriptions() throws {
        guard let corpus = Corpus(for: "agreement eps") else { return }
        var agreement = Agreement("eps")
        var whole = 0
        var heads: [String] = []
        for (name, paths) in corpus.pairs(named: "eps-") {
            // A release request names no item.
            guard let resource = paths.first(where: { $0.hasSuffix(".json") }),
                let markup = paths.first(where: { $0.hasSuffix(".xml") }), !name.hasSuffix("-Release")
            else { continue }
            guard let here = try corpus.read(resource)?.message, let there = try corpus.read(markup)?.message else {
                agreement.addUnread(pair: name)
                continue
            }
            if Self.head(of: here, in: name) != Self.head(of: there, in: name) { heads.append(name) }
            let twins = zip(here["prescriptions"].list, there["prescriptions"].list).map { item, twin in
                let isCancellation = name.hasSuffix("-Cancel")
                return PrescriptionFacts(item, isCancellation: isCancellation)
                    .differences(from: PrescriptionFacts(twin, isCancellation: isCancellation))
            }
            whole += twins.count { $0.isEmpty }
            agreement.add(
                pair: name, items: max(here["prescriptions"].list.count, there["prescriptions"].list.count),
                equal: twins.count { PrescriptionFacts.agree(despite: $0) }, differences: twins.flatMap(\.self))
        }
        print("\(agreement), \(whole) in all that both can say")
        #expect(agreement.reaches(95), "\(agreement.differences)")
        #expect(heads.count * 100 <= agreement.pairs * 5, "\(heads)")
    }

    /// Who a message is about, which practice and which message: as much of it as HL7v3 says.
    private static func head(of message: JSONValue, in pair: String) -> [JSONValue] {
        let source = message["source"]["id"]
        if pair.hasSuffix("-Claim") || pair.hasSuffix("-Return") { return [message["practice"], source] }
        if pair.hasSuffix("-Dispense") { return [message["patient"]["nhsNumber"], source] }
        return [message["patient"], message["practice"], source]
    }

    @Test("Summary care records in FHIR and in HL7v3 are compared")
    func summaries() throws {
        guard let corpus = Corpus(for: "agreement scr") else { return }
        var agreement = Agreement("scr")
        for (name, paths) in corpus.pairs(named: "scr-uat-get_scr.") + corpus.pairs(named: "scr-html_parser.") {
            // A pair without a summary is a refusal or an empty page.
            guard let resource = paths.first(where: { $0.hasSuffix(".json") }),
                let markup = paths.first(where: { !$0.hasSuffix(".json") }),
                let here = try corpus.read(resource)?.message["recordSummary"]["sections"].fields,
                let there = try corpus.read(markup)?.message["recordSummary"]["sections"].fields,
                !here.isEmpty || !there.isEmpty
            else { continue }
            var outcome = RecordPair.Outcome()
            for section in Set(here.keys).union(there.keys).sorted() {
                let items = Self.facts(of: here[section], in: section)
                var twins = Self.facts(of: there[section], in: section)
                outcome.items += max(items.count, twins.count)
                for item in items {
                    guard let place = twins.firstIndex(of: item) else {
                        outcome.differences.append(section)
                        continue
                    }
                    twins.remove(at: place)
                    outcome.equal += 1
                }
            }
            agreement.add(
                pair: name, items: outcome.items, equal: outcome.equal, differences: outcome.differences)
        }
        print(agreement)
        #expect(agreement.items > 0)
    }

    /// Code, date, dose and words of a section's items; FHIR has allergies and medication as rendered rows, without codes.
    private static func facts(of section: JSONValue?, in name: String) -> [JSONValue] {
        let isRendered = name == "allergies" || name == "medications"
        return (section ?? .null)["items"].list.map { item in
            let concept = item["code"] == .null ? item["medication"] : item["code"]
            let date = ["date", "onset", "lastIssued", "recorded", "firstIssued"].lazy.map { item[$0] }
                .first { $0 != .null }
            return .list([
                concept["text"] == .null ? item["title"] : concept["text"],
                .list(isRendered ? [] : concept["coding"].list.map { $0.keeping(["system", "code"]) }),
                (date ?? .null).instant, item["dosage"], item["quantity"], item["ended"], item["status"], item["note"],
            ])
        }
    }

    @Test("Records in GP2GP and in the bundle that was made from it say the same of at least 95 in 100 items")
    func readRecords() throws {
        guard let corpus = Corpus(for: "agreement gp2gp reader") else { return }
        try compareRecords(
            corpus, "gp2gp reader", corpus.pairs(named: "pss-"),
            extract: { $0.hasSuffix(".xml") || $0.hasSuffix("/uk06.json") },
            bundle: { $0.contains("/output-json/") || $0.contains("/expectedBundle") }
        ) { $0.comparedByID() }
    }

    @Test("Records in a bundle and in the GP2GP that was made from it say the same of at least 95 in 100 items")
    func writtenRecords() throws {
        guard let corpus = Corpus(for: "agreement gp2gp writer") else { return }
        try compareRecords(
            corpus, "gp2gp writer", corpus.pairs(named: "gp2gp-uat-"), extract: { $0.hasSuffix(".xml") },
            bundle: { $0.hasSuffix(".json") }
        ) { $0.comparedByContent() }
    }

    private func compareRecords(
        _ corpus: Corpus, _ family: String, _ pairs: [(name: String, paths: [String])],
        extract isExtract: (String) -> Bool, bundle isBundle: (String) -> Bool,
        by compare: (RecordPair) -> RecordPair.Outcome
    ) throws {
        var agreement = Agreement(family)
        for (name, paths) in pairs {
            guard let extract = paths.first(where: isExtract), let bundle = paths.first(where: isBundle) else {
                continue
            }
            guard let here = try corpus.read(extract)?.message, let there = try corpus.read(bundle)?.message else {
                agreement.addUnread(pair: name)
                continue
            }
            let outcome = compare(RecordPair(extract: here, bundle: there))
            agreement.add(
                pair: name, items: outcome.items, equal: outcome.equal, differences: outcome.differences)
        }
        print(agreement)
        #expect(agreement.reaches(95), "\(agreement.differences)")
    }

    @Test("Medication and allergies in STU3 and in R4 read to the same items")
    func versions() throws {
        guard let corpus = Corpus(for: "agreement stu3/r4") else { return }
        var agreement = Agreement("stu3/r4")
        for (name, paths) in corpus.pairs(named: "fc-") {
            guard let older = paths.first(where: { $0.contains("/input/") }),
                let newer = paths.first(where: { $0.contains("/expected/") })
            else { continue }
            guard let here = try corpus.read(older)?.message, let there = try corpus.read(newer)?.message else {
                agreement.addUnread(pair: name)
                continue
            }
            let items = Self.items(of: here)
            let twins = Self.items(of: there)
            agreement.add(
                pair: name, items: max(items.count, twins.count), equal: zip(items, twins).count { $0 == $1 })
        }
        print(agreement)
        #expect(agreement.reaches(95), "\(agreement.differences)")
    }

    /// Everything an item says but its id, which a resource without one gets from its own bytes.
    private static func items(of message: JSONValue) -> [JSONValue] {
        let sections = message["recordSummary"]["sections"].fields.sorted { $0.key < $1.key }
        return (message["prescriptions"].list + sections.flatMap { $0.value["items"].list }).map { $0.dropping(["id"]) }
    }
}
