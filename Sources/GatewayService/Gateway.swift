import CanonicalModel
import Delivery
import Documents
import Foundation
import HTTPTransfer
import Intake
import Interpretation
import Logging
import MessageMapping
import Release
import ServiceLifecycle
import Storage
import Telemetry
import UnixSignals

/// The daemon. Read this first: the road from a source to a consumer, each room once, in order.
package enum Gateway {
    /// Runs until it is told to stop by SIGTERM or SIGINT; then everything stops in reverse and nothing is lost.
    /// - Throws: ``ConfigurationFault``, ``MappingFindings``, ``StoreFault`` or the fault of what failed to start.
    package static func run(_ configuration: GatewayConfiguration, log: LogSystem) async throws {
        let settings = configuration.gateway
        let logger = Logger(label: "hatchway")
        for warning in configuration.warnings {
            logger.event(.configurationRefused, level: .warning, "\(warning.message)", ["place": warning.path])
        }

        // What messages say: the mappings, compiled.
        let limits = DocumentLimits(
            messageSize: settings.limits.messageSize, treeNodes: settings.limits.treeNodes,
            nesting: settings.limits.nesting)
        let mappings = try MappingFolder.load(settings.mappings, limits: limits)
        let reader = Replaceable(MessageReader(mappings: mappings, limits: limits))

        // The only place where workers meet.
        let store = try await SQLiteMessageStore.open(at: settings.store.path)
        let status = StatusBoard(
            sources: configuration.sources.map(\.name), consumers: configuration.consumers.map(\.name))
        let accepted = Signal()
        let files = Signal()
        let queued = Dictionary(uniqueKeysWithValues: configuration.consumers.map { ($0.name, Signal()) })

        // Source → accept. Only a file of many messages, by the mappings of the moment, may be larger than a message.
        let fileSign = FileSign {
            reader.value.mappings.readsFiles ? MappingSet.headSize : 0
        } isFile: { head, transport in
            reader.value.partPath(head: head, isWhole: false, transport: transport) != nil
        }
        let receiver = HTTPReceiver(
            settings: HTTPReceiver.Settings(
                address: settings.listen.address, port: settings.listen.port,
                messageSize: settings.limits.messageSize),
            sources: try configuration.receiverSources(), store: store, status: status, accepted: accepted,
            fileSign: fileSign, logger: logger,
            whenListening: { port in
                logger.event(.gatewayStarted, "listening", ["port": "\(port)", "version": GatewayVersion.text])
            })
        let folders = try configuration.directorySources(
            store: store, status: status, accepted: accepted, fileSign: fileSign, logger: logger)

        // File of many messages → a message for each part.
        let splitting = FileSplitWorker(
            store: store, reader: { reader.value }, files: files, accepted: accepted, status: status, logger: logger)

        // Read, map, identify, detect change, decide, commit.
        let policy = ReleasePolicy(settings: try configuration.releaseSettings())
        let interpretation = try configuration.interpretationSettings()
        let interpreter = Interpreter(
            store: store, reader: { reader.value }, settings: interpretation, policy: policy, accepted: accepted,
            files: files, queued: { queued[$0]?.raise() }, status: status, logger: logger)

        // What time itself changes, and what the settings changed.
        let review = ReviewWorker(
            store: store, settings: interpretation, policy: policy, queued: { queued[$0]?.raise() }, status: status,
            logger: logger)

        // Lease a lane, ask the policy again, render, POST, outcome.
        let client = try CurlClient(CurlSettings())
        let deliveries = try configuration.consumers.map { consumer in
            let send = SendPolicy(
                policy, audience: consumer.audience, impliedAccess: interpretation.impliedAccess)
            return DeliveryWorker(
                try consumer.deliverySettings(eventSource: settings.eventSource), store: store, client: client,
                permission: send.decide, signal: queued[consumer.name] ?? Signal(), board: status, logger: logger)
        }

        let statusFile = StatusFileWorker(
            path: settings.statusFile, program: GatewayVersion.text, status: status, store: store, logger: logger,
            every: .seconds(2))
        let reload = ReloadWorker(
            configuration: configuration, reader: reader, limits: limits, receiver: receiver,
            deliveries: Dictionary(uniqueKeysWithValues: zip(configuration.consumers.map(\.name), deliveries)),
            log: log,
            logger: logger)

        // Services stop in reverse: the sources first, so that nothing new is accepted; the status file last.
        let services: [any Service] =
            [statusFile, reload] + deliveries as [any Service] + [review, interpreter, splitting] + folders
            as [any Service] + [
                receiver
            ]
        let group = ServiceGroup(
            configuration: .init(
                services: services.map { .init(service: $0) }, gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger))
        var failure: (any Error)?
        do { try await group.run() } catch { failure = error }
        if let failure {
            logger.event(.gatewayStopping, level: .error, "stopping", ["cause": FailureLine.text(for: failure)])
        } else {
            logger.event(.gatewayStopping, "stopping")
        }
        await client.shutDown()
        await statusFile.writeLast(state: failure == nil ? "stopped" : "failed")
        do { try await store.close() } catch { failure = failure ?? error }
        logger.event(.gatewayStopped, "stopped")
        if let failure { throw failure }
    }
}
