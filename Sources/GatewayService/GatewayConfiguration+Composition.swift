import CanonicalModel
import Delivery
import Intake
import Interpretation
import Logging
package import Release
import Storage
import Telemetry

/// What each room needs to know of the configuration, in the room's own words.
extension GatewayConfiguration {
    /// The senders that the HTTP receiver knows, with their tokens.
    func receiverSources() throws -> [ReceiverSource] {
        try sources.compactMap { source in
            guard case .http(let tokenFile) = source.kind else { return nil }
            return ReceiverSource(
                name: source.name, token: try SecretFile.required(tokenFile, of: "source \(source.name)"))
        }
    }

    func directorySources(
        store: any MessageStore, status: StatusBoard, accepted: Signal, fileSign: FileSign, logger: Logger
    ) throws -> [DirectorySource] {
        try sources.compactMap { source in
            guard case .directory(let directory) = source.kind else { return nil }
            guard let pattern = FolderPattern(directory.pattern) else {
                throw ConfigurationFault(
                    of: "source \(source.name)", "the pattern \(directory.pattern) cannot be read",
                    hint: "{names} and * between slashes")
            }
            return DirectorySource(
                name: source.name,
                settings: DirectorySource.Settings(
                    path: directory.path, pattern: pattern, settle: directory.settle,
                    afterwards: directory.afterwards == .archive ? .archive : .delete,
                    messageSize: gateway.limits.messageSize),
                store: store, status: status, accepted: accepted, fileSign: fileSign, logger: logger)
        }
    }

    /// - Throws: ``ConfigurationFault`` when a file that could be read with the configuration no longer can.
    package func releaseSettings() throws(ConfigurationFault) -> ReleaseSettings {
        do throws(OperatorFileFault) {
            return ReleaseSettings(
                sensitiveCodes: try OperatorFiles.sensitiveCodes(gateway.sensitiveCodesFiles),
                sectionsOff: gateway.sectionsOff)
        } catch {
            throw ConfigurationFault(of: "gateway", error.description, hint: "it was there a moment ago")
        }
    }

    /// - Throws: as ``releaseSettings()`` does.
    func interpretationSettings() throws(ConfigurationFault) -> InterpretationSettings {
        let organisations: OrganisationRegister?
        do throws(OperatorFileFault) {
            organisations = try OperatorFiles.organisations(gateway.organisationsFile)
        } catch {
            throw ConfigurationFault(of: "gateway", error.description, hint: "it was there a moment ago")
        }
        return InterpretationSettings(
            consumers: consumers.map {
                InterpretationSettings.Consumer(name: $0.name, audience: $0.audience, events: $0.events)
            },
            impliedAccess: Dictionary(
                uniqueKeysWithValues: sources.compactMap { source in source.impliesAccess.map { (source.name, $0) } }),
            practice: gateway.practice, acceptsTestPatients: gateway.testPatients == .accept,
            organisations: organisations)
    }
}

extension ConsumerConfiguration {
    func deliverySettings(eventSource: String) throws -> ConsumerSettings {
        ConsumerSettings(
            name: name, url: url, audience: audience, eventSource: eventSource,
            bearerToken: try bearerTokenFile.map { try SecretFile.required($0, of: "consumer \(name)") },
            signingSecrets: try signingSecretFiles.map { file in
                guard let secret = WebhookSecret(try SecretFile.required(file, of: "consumer \(name)")) else {
                    throw ConfigurationFault(
                        of: "consumer \(name)", "a signing secret is not of the form whsec_BASE64",
                        hint: "one secret a file, of 24 to 64 bytes")
                }
                return secret
            },
            concurrency: delivery.concurrency, timeout: delivery.timeout, giveUpAfter: delivery.giveUpAfter,
            onDeadLetter: delivery.onDeadLetter == .hold ? .hold : .continue)
    }
}

extension SecretFile {
    /// A secret that must be there; `place` says whose it is, for the operator.
    fileprivate static func required(_ path: String, of place: String) throws(ConfigurationFault) -> String {
        guard let secret = read(path) else {
            throw ConfigurationFault(
                of: place, "a secret file is empty or cannot be read",
                hint: "it was there when the configuration was read")
        }
        return secret
    }
}

extension ConfigurationFault {
    /// A fault that shows only when the parts are put together.
    fileprivate init(of place: String, _ message: String, hint: String) {
        self.init(findings: [ConfigurationFinding(file: "configuration", path: place, message: message, hint: hint)])
    }
}
