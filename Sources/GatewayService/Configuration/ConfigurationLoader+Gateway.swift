import Foundation
import Logging

extension ConfigurationLoader {
    func gatewaySettings(_ root: ConfigurationSection) -> GatewaySettings? {
        guard
            let section = root.section(
                "gateway",
                keys: [
                    "eventSource", "practice", "store", "statusFile", "log", "listen", "mappings", "testPatients",
                    "limits", "sensitiveCodesFiles", "organisationsFile", "practices",
                ],
                notBuilt: ["retention"])
        else { return nil }
        section.requires("eventSource", hint: "a URI of your own, for instance https://hatchway.a81001.example")
        let eventSource = section.parsed("eventSource", expected: "an absolute URI of your own", absoluteURI)
        let practice = section.parsed(
            "practice", expected: "an ODS code: 3 to 10 capital letters and digits", practiceCode)
        let store = storeLocation(section)
        let log = logSettings(section)
        let listen = listenSettings(section)
        let mappings = mappingFolders(section)
        let limits = intakeLimits(section)
        let testPatients = section.word("testPatients", as: TestPatients.self) ?? .refuse
        let statusFile = section.value("statusFile").map { paths.absolute($0.text) } ?? "/run/hatchway/status.json"
        let sensitiveCodes = sensitiveCodesFiles(section)
        let organisations = organisationsFile(section)
        let sectionsOff = practices(section)
        guard let eventSource, let store else { return nil }
        return GatewaySettings(
            eventSource: eventSource, practice: practice, store: store, statusFile: statusFile, log: log,
            listen: listen, mappings: mappings, testPatients: testPatients, sensitiveCodesFiles: sensitiveCodes,
            organisationsFile: organisations, sectionsOff: sectionsOff, limits: limits)
    }

    private func absoluteURI(_ text: String) -> String? {
        guard let parts = URLComponents(string: text), let scheme = parts.scheme, !scheme.isEmpty else { return nil }
        return (parts.host ?? "").isEmpty && parts.path.isEmpty ? nil : text
    }

    private func practiceCode(_ text: String) -> String? {
        let isGood = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            default: false
            }
        }
        return isGood && (3...10).contains(text.utf8.count) ? text : nil
    }

    private func storeLocation(_ section: ConfigurationSection) -> StoreLocation? {
        guard section.has("store") else { return .sqlite(path: "/var/lib/hatchway/hatchway.db") }
        guard let value = section.value("store") else { return nil }
        if value.text.hasPrefix("postgresql:") || value.text.hasPrefix("postgres:") {
            findings.add(at: value, "`postgresql` is not built yet in this version", hint: "use sqlite:///path/to/file")
            return nil
        }
        let prefix = "sqlite://"
        guard value.text.hasPrefix(prefix), value.text.count > prefix.count else {
            findings.add(at: value, "is not a store", hint: "sqlite:///path/to/file")
            return nil
        }
        return .sqlite(path: paths.absolute(String(value.text.dropFirst(prefix.count))))
    }

    private func logSettings(_ section: ConfigurationSection) -> LogSettings {
        var settings = LogSettings(file: "/var/log/hatchway/hatchway.jsonl", level: .info)
        guard let log = section.section("log", keys: ["file", "level"]) else { return settings }
        if let file = log.value("file") { settings.file = paths.absolute(file.text) }
        settings.level = log.word("level", as: Logger.Level.self) ?? settings.level
        return settings
    }

    private func listenSettings(_ section: ConfigurationSection) -> ListenSettings {
        var settings = ListenSettings(address: "127.0.0.1", port: 8461)
        guard let listen = section.section("listen", keys: ["address", "port"]) else { return settings }
        if let address = listen.value("address") { settings.address = address.text }
        settings.port = listen.integer("port", within: 0...65535) ?? settings.port
        return settings
    }

    private func mappingFolders(_ section: ConfigurationSection) -> [String] {
        guard section.has("mappings") else { return ["/usr/share/hatchway/Mappings"] }
        return section.values("mappings", orOne: true).compactMap(paths.folder)
    }

    private func intakeLimits(_ section: ConfigurationSection) -> IntakeLimits {
        var settings = IntakeLimits(messageSize: 20 << 20, treeNodes: 5_000_000, nesting: 256)
        guard let limits = section.section("limits", keys: ["messageSize", "treeNodes", "nesting"]) else {
            return settings
        }
        settings.messageSize = limits.size("messageSize", within: 1024...(1 << 30)) ?? settings.messageSize
        settings.treeNodes = limits.integer("treeNodes", within: 100...100_000_000) ?? settings.treeNodes
        settings.nesting = limits.integer("nesting", within: 8...10_000) ?? settings.nesting
        return settings
    }
}
