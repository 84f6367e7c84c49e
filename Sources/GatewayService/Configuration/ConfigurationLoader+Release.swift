import CanonicalModel
import Interpretation
import Release

/// What the release policy and the identification rest on, from the operator's files.
extension ConfigurationLoader {
    /// Words for what is no section of the record summary (rule 10).
    private static let services = ["appointments", "prescriptions", "slots"]

    func sensitiveCodesFiles(_ section: ConfigurationSection) -> [String] {
        let values = section.values("sensitiveCodesFiles", orOne: true)
        let files = values.map { paths.absolute($0.text) }
        guard let first = values.first else { return [] }
        do throws(OperatorFileFault) {
            _ = try OperatorFiles.sensitiveCodes(files)
        } catch {
            findings.add(
                at: first, error.description,
                hint: "simple refsets in Release Format 2 with all four refsets, or a list with one code a line")
        }
        return files
    }

    func organisationsFile(_ section: ConfigurationSection) -> String? {
        guard let value = section.value("organisationsFile") else { return nil }
        let file = paths.absolute(value.text)
        do throws(OperatorFileFault) {
            _ = try OperatorFiles.organisations(file)
        } catch {
            findings.add(
                at: value, error.description, hint: "a code a line, or the file as the Organisation Data Service has it"
            )
        }
        return file
    }

    func practices(_ section: ConfigurationSection) -> [String: Set<String>] {
        var off: [String: Set<String>] = [:]
        for (node, path) in section.list("practices") {
            guard
                let practice = ConfigurationSection(
                    node, path: path, keys: ["odsCode", "sectionsOff"], findings: findings)
            else { continue }
            practice.requires("odsCode", hint: "whose sections are switched off")
            let code = practice.parsed("odsCode", expected: "an ODS code") { ODSCode($0)?.rawValue }
            let known = CanonicalShapes.required("sections").fields.map { CanonicalShapes.fields[$0].name }
            for value in practice.values("sectionsOff") {
                guard (known + Self.services).contains(value.text) else {
                    findings.add(
                        at: value, "`\(value.text)` is no section",
                        hint: (Self.services + known).joined(separator: ", "))
                    continue
                }
                if let code { off[code, default: []].insert(value.text) }
            }
        }
        return off
    }
}
