import Testing

/// Every FHIR bundle of the corpus that tells of a record, counted twice.
@Suite(.serialized) struct CorpusSectionTests {
    private static let folders = [
        "gpconnect-spec/", "fhir-converter/", "lab-results/", "gp2gp-adaptor/", "gp2gp-pss-adaptor/",
    ]

    @Test("A section of a FHIR bundle has as many items as resources carry it, counted without the mappings")
    func sections() throws {
        guard let corpus = Corpus(for: "sections") else { return }
        var equal = 0
        var bundles = 0
        for path in corpus.paths(under: Self.folders, ending: ".json") {
            guard let bundle = corpus.json(path), bundle["resourceType"].string == "Bundle",
                let (message, mapping) = try corpus.read(path),
                mapping.hasPrefix("gp-connect/") || mapping.hasPrefix("uk-core/")
            else { continue }
            let wanted = BundleCount(bundle).counts
            var found = message["recordSummary"]["sections"].fields.mapValues { $0["items"].list.count }
            // Nothing says how many encounters and comments there must be: both come from what other resources say.
            for section in ["history", "encounters"] { found[section] = nil }
            for section in Set(wanted.keys).union(found.filter { $0.value > 0 }.keys) {
                #expect(found[section, default: 0] == wanted[section, default: 0], "\(path): \(section)")
                if found[section, default: 0] == wanted[section, default: 0] { equal += 1 }
            }
            bundles += 1
        }
        #expect(equal > 0)
        print("corpus: sections \(equal) counts equal over \(bundles) bundles")
    }
}
