/// How many items each section of a FHIR bundle must have, counted from its resources by someone who knows nothing of the
/// mappings: GP Connect's lists say what a section holds; a bundle without such lists holds what its resources are.
struct BundleCount {
    /// The lists of GP Connect: SNOMED CT code, section, and the kind of resource that counts.
    private static let areas: [String: (section: String, kind: String)] = [
        "886921000000105": ("allergies", "AllergyIntolerance"),
        "1103671000000101": ("allergies", "AllergyIntolerance"),
        "933361000000108": ("medications", "MedicationStatement"),
        "1102181000000102": ("immunisations", "Immunization"),
        "826501000000100": ("observations", "Observation"),
        "1149501000000101": ("consultations", "Encounter"),
        "717711000000103": ("problems", "Condition"),
        "792931000000107": ("referrals", "ReferralRequest"),
        "714311000000108": ("recalls", "ProcedureRequest"),
    ]
    private static let investigations = "887191000000108"
    private static let comment = "37331000000100"

    /// A resource by its place in the bundle.
    private typealias Place = Int

    private var resources: [JSONValue] = []
    private var places: [String: Place] = [:]
    private(set) var counts: [String: Int] = [:]

    init(_ bundle: JSONValue) {
        for entry in bundle["entry"].list {
            add(entry)
            if entry["resource"]["resourceType"].string == "Bundle" {
                for inner in entry["resource"]["entry"].list { add(inner) }
            }
        }
        let lists = places(of: "List")
        let areaLists = lists.filter { list in
            codes(of: list).contains { Self.areas[$0] != nil || $0 == Self.investigations }
        }
        let hasSecondary = lists.contains { list in
            resources[list]["code"]["coding"].list.contains { $0["system"].string?.contains("Secondary") ?? false }
        }
        if areaLists.isEmpty, !hasSecondary { countResources() } else { countLists(areaLists) }
        counts["documents"] = places(of: "DocumentReference").count + places(of: "Composition").count
        counts = counts.filter { $0.value > 0 }
    }

    private mutating func add(_ entry: JSONValue) {
        let resource = entry["resource"]
        let name = "\(resource["resourceType"].string ?? "")/\(resource["id"].string ?? "")"
        for key in [name, entry["fullUrl"].string].compactMap({ $0 }) where places[key] == nil {
            places[key] = resources.count
        }
        resources.append(resource)
    }

    private func places(of kind: String) -> [Place] {
        resources.indices.filter { resources[$0]["resourceType"].string == kind }
    }

    private func codes(of place: Place) -> [String] {
        resources[place]["code"]["coding"].list.compactMap { $0["code"].string }
    }

    private func isComment(_ place: Place) -> Bool { codes(of: place).contains(Self.comment) }

    /// The observations that an observation groups: `related` in STU3, `hasMember` in R4.
    private func members(of place: Place) -> [Place] {
        let related = resources[place]["related"].list.filter { $0["type"].string == "has-member" }.map { $0["target"] }
        return (related + resources[place]["hasMember"].list).compactMap { resolved($0) }
    }

    private func members<Places: Sequence<Place>>(of all: Places) -> Set<Place> { Set(all.flatMap { members(of: $0) }) }

    private func resolved(_ reference: JSONValue) -> Place? { reference["reference"].string.flatMap { places[$0] } }

    private func results(of report: Place) -> [Place] {
        resources[report]["result"].list.compactMap { resolved($0) }
    }

    /// By what the resources are.
    private mutating func countResources() {
        for (section, kind) in Self.areas.values where section != "observations" {
            counts[section] = places(of: kind).count
        }
        counts["recalls"] = places(of: "ProcedureRequest").count { resources[$0]["intent"].string == "plan" }
        let observations = places(of: "Observation")
        let reports = places(of: "DiagnosticReport")
        let reported = Set(reports.flatMap { results(of: $0) })
        let (items, inside) = countReports(reports)
        let laboratory = Set(
            observations.filter { place in
                resources[place]["category"].list.flatMap { $0["coding"].list }
                    .contains { $0["code"].string == "laboratory" }
            })
        let lone = laboratory.subtracting(reported).subtracting(members(of: observations)).filter { !isComment($0) }
        counts["testResults"] = items + lone.count
        countObservations(Set(observations).subtracting(reported).subtracting(inside).subtracting(laboratory))
    }

    /// By what the lists name.
    private mutating func countLists(_ lists: [Place]) {
        var observations: Set<Place> = []
        var reports = places(of: "DiagnosticReport")
        for list in lists {
            let named = Set(resources[list]["entry"].list.compactMap { resolved($0["item"]) })
            for code in codes(of: list) {
                if code == Self.investigations { reports = Array(named) }
                guard let area = Self.areas[code] else { continue }
                if area.section == "observations" || area.section == "immunisations" {
                    observations.formUnion(named.filter { resources[$0]["resourceType"].string == "Observation" })
                }
                if area.section != "observations" {
                    let contained = containedKinds(in: list)
                    let outer = named.count { resources[$0]["resourceType"].string == area.kind }
                    counts[area.section, default: 0] += outer + contained.count { $0 == area.kind }
                }
            }
        }
        counts["testResults"] = countReports(reports).items
        countObservations(observations)
    }

    /// The kinds of the resources that a list holds inside itself and names.
    private func containedKinds(in list: Place) -> [String] {
        let named = Set(resources[list]["entry"].list.compactMap { $0["item"]["reference"].string })
        return resources[list]["contained"].list.filter { named.contains("#" + ($0["id"].string ?? "")) }
            .compactMap { $0["resourceType"].string }
    }

    /// A report is its results, and one item where it has none; a result inside another is no item of its own.
    private func countReports(_ reports: [Place]) -> (items: Int, inside: Set<Place>) {
        let perReport = reports.map { results(of: $0).filter { !isComment($0) } }
        let all = Set(perReport.joined())
        let inside = members(of: all)
        return (perReport.count { $0.isEmpty } + all.subtracting(inside).count, inside)
    }

    private mutating func countObservations(_ observations: Set<Place>) {
        let items = observations.filter { !isComment($0) }
        counts["observations"] = items.subtracting(members(of: items)).count
    }
}
