import CLibCURL
import Glibc
import Synchronization

import class Foundation.Thread

/// An HTTP client: HTTP/1.1, or HTTP/2 over TLS, by libcurl on one thread of its own.
///
/// Certificates are always verified. Redirects are not followed, proxies and credentials from the environment are
/// ignored, and no protocol but `http` and `https` is spoken. Connections are kept and used again.
package final class CurlClient: Sendable {
    private let inbox: TransferInbox
    private let connections: ConnectionCounter

    /// Starts the client's thread.
    /// - Throws: ``HTTPTransferFault`` when libcurl cannot start.
    package init(_ settings: CurlSettings = CurlSettings()) throws(HTTPTransferFault) {
        guard CurlLibrary.isReady, let multi = curl_multi_init() else { throw HTTPTransferFault(.other) }
        let inbox = TransferInbox(limit: settings.transfers, multi: multi)
        let connections = ConnectionCounter()
        self.inbox = inbox
        self.connections = connections
        // The pointer crosses to the thread as a number: from here on nobody else uses it but to wake the thread.
        let handle = UInt(bitPattern: multi)
        let thread = Thread {
            guard let multi = UnsafeMutableRawPointer(bitPattern: handle) else { return }
            Self.blockBrokenPipeSignal()
            var loop = CurlLoop(multi: multi, inbox: inbox, settings: settings, connections: connections)
            loop.run()
        }
        thread.name = "hatchway-curl"
        thread.start()
    }

    deinit { inbox.beginClosing() }

    /// A write to a TLS connection that the other end closed must be an error of that transfer, not the end of the
    /// process.
    private static func blockBrokenPipeSignal() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    /// Sends a request and returns its answer, whatever the status. Cancelling the task takes the transfer back.
    /// - Throws: ``HTTPTransferFault`` when there is no complete answer.
    package func send(_ request: HTTPTransferRequest) async throws(HTTPTransferFault) -> HTTPTransferResponse {
        let id = inbox.newID()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (answer: TransferInbox.Answer) in
                inbox.submit(TransferInbox.Submission(id: id, request: request, answer: answer))
            }
        } onCancel: {
            inbox.cancel(id)
        }
        return try result.get()
    }

    /// Refuses new requests, lets those in progress finish, and returns when the thread is gone.
    package func shutDown() async { await inbox.close() }

    /// How many connections were opened since the start.
    package var openedConnections: Int { connections.value }
}

/// libcurl's state of the process, set up once.
private enum CurlLibrary {
    static let isReady = hatchway_curl_global_init() == CURLE_OK
}

/// Counts the connections that a client opened.
final class ConnectionCounter: Sendable {
    private let count = Atomic(0)

    var value: Int { count.load(ordering: .relaxed) }

    func add(_ number: Int) { count.add(number, ordering: .relaxed) }
}
