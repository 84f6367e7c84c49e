import Yams

extension GatewayConfiguration {
    /// Reads and checks a configuration file.
    ///
    /// Relative paths in it are relative to its folder, and any value may hold `${NAME}` of the environment. Everything
    /// that is wrong is reported, not only the first.
    /// - Throws: ``ConfigurationFault`` when it cannot be used.
    package static func load(path: String, environment: [String: String]) throws(ConfigurationFault)
        -> GatewayConfiguration
    {
        guard let bytes = SmallFile.read(path, limit: 1 << 20) else {
            throw ConfigurationFault(findings: [
                ConfigurationFinding(
                    file: path, message: "cannot be read",
                    hint: "it must be there, readable and at most 1 MiB long")
            ])
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ConfigurationFault(findings: [ConfigurationFinding(file: path, message: "is not UTF-8")])
        }
        return try read(text, file: path, environment: environment)
    }

    /// Reads and checks the text of a configuration, as if it stood in `file`.
    package static func read(_ text: String, file: String, environment: [String: String]) throws(ConfigurationFault)
        -> GatewayConfiguration
    {
        let root = try compose(text, file: file)
        let findings = ConfigurationFindings(file: file, environment: environment)
        let loader = ConfigurationLoader(
            findings: findings, paths: ConfigurationPaths(file: file, findings: findings))
        guard var configuration = loader.configuration(root), !findings.hasErrors else {
            throw ConfigurationFault(findings: findings.all)
        }
        configuration.warnings = findings.all
        return configuration
    }

    private static func compose(_ text: String, file: String) throws(ConfigurationFault) -> Node {
        func fault(_ message: String, at mark: Mark?, hint: String = "") -> ConfigurationFault {
            ConfigurationFault(findings: [
                ConfigurationFinding(
                    file: file, line: mark?.line ?? 0, column: mark?.column ?? 0, message: message, hint: hint)
            ])
        }
        do {
            guard let root = try Yams.compose(yaml: text) else { throw fault("is empty", at: nil) }
            return root
        } catch let fault as ConfigurationFault {
            throw fault
        } catch YamlError.duplicatedKeysInMapping(let duplicates, let context) {
            throw fault("the key `\(duplicates.first ?? "")` stands twice", at: context.mark, hint: "keep one of them")
        } catch YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
            YamlError.composer(_, let problem, let mark, _)
        {
            throw fault("is not YAML: \(problem)", at: mark)
        } catch {
            throw fault("is not YAML", at: nil)
        }
    }
}

/// Builds the configuration from the nodes of the file. What is absent gets its default here and nowhere else.
struct ConfigurationLoader {
    let findings: ConfigurationFindings
    let paths: ConfigurationPaths

    func configuration(_ root: Node) -> GatewayConfiguration? {
        guard
            let section = ConfigurationSection(
                root, path: "", keys: ["gateway", "sources", "consumers"], findings: findings)
        else { return nil }
        section.requires("gateway", hint: "at least gateway.eventSource")
        let gateway = gatewaySettings(section)
        let sources = section.list("sources").compactMap { source($0.node, path: $0.path) }
        let consumers = section.list("consumers").compactMap { consumer($0.node, path: $0.path) }
        guard let gateway else { return nil }
        return GatewayConfiguration(
            file: findings.file, gateway: gateway, sources: unique(sources), consumers: unique(consumers))
    }

    private func unique<Item>(_ items: [Named<Item>]) -> [Item] {
        var seen: Set<String> = []
        for item in items where !seen.insert(item.name.text).inserted {
            findings.add(at: item.name, "the name `\(item.name.text)` is taken", hint: "names are unique in their list")
        }
        return items.map(\.item)
    }

    /// An item of a list with the place of its name.
    struct Named<Item> {
        let name: ConfigurationValue
        let item: Item
    }

    /// The name of a source or consumer: `[a-z0-9-]+`, at most 64 characters, since it becomes a path segment and a
    /// metric label.
    func name(_ section: ConfigurationSection) -> ConfigurationValue? {
        section.requires("name", hint: "lower-case letters, digits and hyphens")
        guard let value = section.value("name") else { return nil }
        let isGood = value.text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
            default: false
            }
        }
        guard isGood, value.text.utf8.count <= 64 else {
            findings.add(
                at: value, "`\(value.text)` cannot be a name",
                hint: "lower-case letters, digits and hyphens, at most 64")
            return nil
        }
        return value
    }
}
