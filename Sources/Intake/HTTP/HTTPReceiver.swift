import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
package import Storage
import Synchronization
package import Telemetry

/// Receives messages over HTTP: `POST /v1/messages/{source}` with the source's bearer token, and what came with the
/// message in `Hatchway-…` headers. It answers 202 with the message's id only after the message is on disk
/// (architecture, invariant 1), 200 when the same delivery was accepted before.
package struct HTTPReceiver: Source {
    /// Where to listen and how much to take in.
    package struct Settings: Sendable {
        package var address: String
        /// 0 lets the system choose.
        package var port: Int
        /// In bytes; a larger body is refused, unless it can hold many messages.
        package var messageSize: Int
        /// In progress at the same time; any more are answered 429.
        package var requestLimit: Int
        /// Of bodies in memory at the same time; any more are answered 429.
        package var byteLimit: Int
        /// Open at the same time; any more wait to be accepted.
        package var connectionLimit: Int

        package init(
            address: String, port: Int, messageSize: Int, requestLimit: Int = 256, byteLimit: Int = 256 << 20,
            connectionLimit: Int = 1024
        ) {
            self.address = address
            self.port = port
            self.messageSize = messageSize
            self.requestLimit = requestLimit
            self.byteLimit = max(byteLimit, messageSize)
            self.connectionLimit = connectionLimit
        }
    }

    package let name = "http"
    private let settings: Settings
    private let sources: ReceiverSources
    private let responder: ReceiverResponder
    private let logger: Logger
    private let whenListening: @Sendable (Int) -> Void

    /// `accepted` is raised after each message, to wake whoever reads them; `whenListening` is called with the port once
    /// requests are answered.
    package init(
        settings: Settings, sources: [ReceiverSource], store: any MessageStore, status: StatusBoard, accepted: Signal,
        fileSign: FileSign = .never, logger: Logger, clock: WallClock = .system,
        whenListening: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        self.settings = settings
        self.sources = ReceiverSources(sources)
        self.logger = logger
        self.whenListening = whenListening
        responder = ReceiverResponder(
            sources: self.sources, messageSize: settings.messageSize,
            admission: ReceiverAdmission(requests: settings.requestLimit, bytes: settings.byteLimit), store: store,
            fileSign: fileSign, status: status, accepted: accepted, logger: logger, clock: clock)
    }

    /// Puts other senders or tokens in force, from the next request on.
    package func replace(sources: [ReceiverSource]) { self.sources.replace(with: sources) }

    /// Answers requests until the gateway stops; those in progress are finished then.
    /// - Throws: ``ListenFault`` when the address cannot be listened on.
    package func run() async throws {
        // The server's own lines name addresses and paths of requests: only what must be said.
        var serverLogger = logger
        serverLogger.logLevel = .error
        let whenListening = whenListening
        let listening = Flag()
        let application = Application(
            responder: responder,
            server: .http1(
                configuration: HTTP1Channel.Configuration(
                    idleTimeout: .seconds(60),
                    httpDecoderConfiguration: HTTP1Channel.Configuration.DecoderConfiguration(
                        maxHeaderFieldSize: 8 << 10, maxHeaderListSize: 32 << 10, maxHeaderFieldCount: 100))),
            configuration: ApplicationConfiguration(
                address: .hostname(settings.address, port: settings.port),
                availableConnectionsDelegate: MaximumAvailableConnections(settings.connectionLimit)),
            onServerRunning: { channel in
                listening.raise()
                whenListening(channel.localAddress?.port ?? 0)
            },
            logger: serverLogger)
        do {
            try await application.run()
        } catch {
            if listening.isRaised || error is CancellationError { throw error }
            throw ListenFault(address: settings.address, port: settings.port, error: error)
        }
    }
}

/// Something that happened, or has not yet.
private final class Flag: Sendable {
    private let state = Mutex(false)

    var isRaised: Bool { state.withLock { $0 } }

    func raise() { state.withLock { $0 = true } }
}
