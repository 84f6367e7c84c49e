import Delivery
import Documents
import Foundation
import Intake
import Interpretation
import Logging
import MessageMapping
import ServiceLifecycle
import Telemetry
import UnixSignals

/// Reads the configuration again on SIGHUP and applies what can change while messages flow: mappings, the senders' tokens,
/// the consumers' secrets and tokens, and the log level; the log file is opened anew, so that it can be rotated. What
/// cannot is named in the log. A configuration or a mapping that is wrong changes nothing.
struct ReloadWorker: Service {
    let configuration: GatewayConfiguration
    let reader: Replaceable<MessageReader>
    let limits: DocumentLimits
    let receiver: HTTPReceiver
    /// By the consumer's name.
    let deliveries: [String: DeliveryWorker]
    let log: LogSystem
    let logger: Logger

    func run() async throws {
        let signals = await UnixSignalsSequence(trapping: .sighup)
        for await _ in signals.cancelOnGracefulShutdown() { reload() }
    }

    private func reload() {
        do {
            try log.file?.reopen()
            let fresh = try GatewayConfiguration.load(
                path: configuration.file, environment: ProcessInfo.processInfo.environment)
            let mappings = try MappingFolder.load(fresh.gateway.mappings, limits: limits)
            let senders = try fresh.receiverSources()
            let consumers = try fresh.consumers.map {
                try $0.deliverySettings(eventSource: fresh.gateway.eventSource)
            }
            // From here on nothing fails: all of it is in force, or nothing.
            receiver.replace(sources: senders)
            for consumer in consumers { deliveries[consumer.name]?.replaceSecrets(with: consumer) }
            reader.value = MessageReader(mappings: mappings, limits: limits)
            log.setting.level = fresh.gateway.log.level
            logger.event(
                .configurationReloaded, "configuration read again", ["mappings": "\(mappings.mappings.count)"])
            let needRestart = changesThatNeedRestart(fresh)
            if !needRestart.isEmpty {
                logger.event(
                    .configurationReloaded, level: .warning, "some changes wait for a restart",
                    ["changed": needRestart.joined(separator: ",")])
            }
        } catch {
            logger.event(
                .configurationRefused, level: .error, "the new configuration is not used", ["error": "\(error)"])
        }
    }

    private func changesThatNeedRestart(_ fresh: GatewayConfiguration) -> [String] {
        var changed: [String] = []
        let consumers = configuration.consumers.map(\.withoutSecretFiles)
        if fresh.consumers.map(\.withoutSecretFiles) != consumers { changed.append("consumers") }
        if fresh.sources != configuration.sources { changed.append("sources") }
        var mine = configuration.gateway
        mine.mappings = fresh.gateway.mappings
        mine.log.level = fresh.gateway.log.level
        if fresh.gateway != mine { changed.append("gateway") }
        return changed
    }
}

extension ConsumerConfiguration {
    /// Without what a reload puts in force.
    fileprivate var withoutSecretFiles: ConsumerConfiguration {
        var rest = self
        rest.signingSecretFiles = []
        rest.bearerTokenFile = nil
        return rest
    }
}
