import CanonicalModel
import Intake
import Yams

extension ConfigurationLoader {
    func source(_ node: Node, path: String) -> Named<SourceConfiguration>? {
        guard
            let section = ConfigurationSection(
                node, path: path, keys: ["name", "directory", "http", "impliesAccess"],
                notBuilt: ["mesh", "sftp", "poll", "expectEvery"], findings: findings)
        else { return nil }
        let name = name(section)
        let kind = kind(section)
        let access = impliedAccess(section)
        guard let name, let kind else { return nil }
        return Named(name: name, item: SourceConfiguration(name: name.text, kind: kind, impliesAccess: access))
    }

    private func kind(_ section: ConfigurationSection) -> SourceConfiguration.Kind? {
        switch (section.has("directory"), section.has("http")) {
        case (true, true):
            findings.add(at: section.place(of: "http"), "a source has one kind", hint: "directory or http")
            return nil
        case (false, false):
            findings.add(at: section.mark, path: section.path, "a kind is required", hint: "directory or http")
            return nil
        case (true, false): return directory(section).map { .directory($0) }
        case (false, true): return tokenFile(section).map { .http(tokenFile: $0) }
        }
    }

    private func directory(_ section: ConfigurationSection) -> DirectorySettings? {
        guard
            let directory = section.section("directory", keys: ["path", "pattern", "settle", "afterwards"])
        else { return nil }
        directory.requires("path", hint: "the folder that messages are put into")
        let path = directory.value("path").flatMap(paths.folder)
        let pattern = directory.parsed("pattern", expected: FolderPattern.rule) { text in
            FolderPattern(text).map { _ in text }
        }
        let settle = directory.duration("settle", within: .zero...(.seconds(3600)))
        let afterwards = directory.word("afterwards", as: DirectorySettings.Afterwards.self)
        return path.map {
            DirectorySettings(
                path: $0, pattern: pattern ?? "*", settle: settle ?? .seconds(2), afterwards: afterwards ?? .archive)
        }
    }

    private func tokenFile(_ section: ConfigurationSection) -> String? {
        guard let http = section.section("http", keys: ["tokenFile"]) else { return nil }
        http.requires("tokenFile", hint: "a file with the token that the sender presents")
        return http.value("tokenFile").flatMap(paths.secretFile)
    }

    private func impliedAccess(_ section: ConfigurationSection) -> OnlineAccessGrant? {
        guard
            let access = section.section(
                "impliesAccess", keys: ["appointments", "prescriptions", "record", "recordProspectiveFrom"])
        else { return nil }
        return OnlineAccessGrant(
            appointments: access.boolean("appointments") ?? false,
            prescriptions: access.boolean("prescriptions") ?? false,
            record: access.word("record", as: RecordLevel.self) ?? .none,
            recordProspectiveFrom: access.parsed("recordProspectiveFrom", expected: "a day, YYYY-MM-DD") { text in
                PartialDate(text).flatMap { $0.precision == .day ? text : nil }
            })
    }
}
