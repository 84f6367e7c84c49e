import CLibCURL

/// The life of a ``CurlClient``'s thread: it owns the multi handle and the easy handles, and blocks only in
/// `curl_multi_poll`.
struct CurlLoop: ~Copyable {
    /// Easy handles kept for the next transfer.
    private static let idleLimit = 64
    /// How long an idle thread sleeps when nobody wakes it, in milliseconds.
    private static let longestSleep: Int32 = 60_000

    private let multi: UnsafeMutableRawPointer
    private let inbox: TransferInbox
    private let settings: CurlSettings
    private let connections: ConnectionCounter
    private var idle: [UnsafeMutableRawPointer] = []
    private var active: [UInt64: UnsafeMutableRawPointer] = [:]

    init(
        multi: UnsafeMutableRawPointer, inbox: TransferInbox, settings: CurlSettings, connections: ConnectionCounter
    ) {
        self.multi = multi
        self.inbox = inbox
        self.settings = settings
        self.connections = connections
        hatchway_curl_multi_set_long(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, settings.connections)
        hatchway_curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, settings.connections)
    }

    deinit {
        for easy in idle { curl_easy_cleanup(easy) }
        inbox.end()
        curl_multi_cleanup(multi)
    }

    /// Returns when the inbox is closed and every transfer is answered.
    mutating func run() {
        while true {
            let orders = inbox.takeOrders()
            for submission in orders.submissions { start(submission) }
            for id in orders.cancellations { cancel(id) }
            var running: Int32 = 0
            let performed = curl_multi_perform(multi, &running)
            finishWhatIsDone()
            if performed != CURLM_OK { failAll(Int(performed.rawValue)) }
            if orders.isClosing, active.isEmpty { return }
            curl_multi_poll(multi, nil, 0, Self.longestSleep, nil)
        }
    }

    private mutating func start(_ submission: TransferInbox.Submission) {
        guard let easy = idle.popLast() ?? curl_easy_init() else {
            inbox.answer(submission, .failure(HTTPTransferFault(.other)))
            return
        }
        let transfer = CurlTransfer(submission)
        if let fault = transfer.configure(easy, settings) {
            recycle(easy)
            inbox.answer(submission, .failure(fault))
            return
        }
        let context = Unmanaged.passRetained(transfer)
        transfer.attach(context.toOpaque(), to: easy)
        let added = curl_multi_add_handle(multi, easy)
        guard added == CURLM_OK else {
            context.release()
            recycle(easy)
            inbox.answer(submission, .failure(HTTPTransferFault(.other, number: Int(added.rawValue))))
            return
        }
        active[submission.id] = easy
    }

    private mutating func cancel(_ id: UInt64) {
        guard let easy = active[id] else { return }
        finish(easy) { _ in .failure(HTTPTransferFault(.cancelled)) }
    }

    private mutating func finishWhatIsDone() {
        var code = CURLE_OK
        while let easy = hatchway_curl_next_finished(multi, &code) {
            var opened = 0
            hatchway_curl_get_long(easy, CURLINFO_NUM_CONNECTS, &opened)
            connections.add(opened)
            finish(easy) { $0.result(code, easy) }
        }
    }

    /// libcurl itself is broken: nothing in progress can be trusted to end.
    private mutating func failAll(_ number: Int) {
        for easy in active.values { finish(easy) { _ in .failure(HTTPTransferFault(.other, number: number)) } }
    }

    /// Takes a transfer off the multi handle, balances its retain, and answers it.
    private mutating func finish(
        _ easy: UnsafeMutableRawPointer,
        _ result: (CurlTransfer) -> Result<HTTPTransferResponse, HTTPTransferFault>
    ) {
        var context: UnsafeMutableRawPointer?
        hatchway_curl_get_pointer(easy, CURLINFO_PRIVATE, &context)
        guard let context else { return }
        let transfer = Unmanaged<CurlTransfer>.fromOpaque(context).takeRetainedValue()
        let answer = result(transfer)
        curl_multi_remove_handle(multi, easy)
        active[transfer.submission.id] = nil
        recycle(easy)
        inbox.answer(transfer.submission, answer)
    }

    /// A reset handle keeps no option and no pointer of its last transfer; connections belong to the multi handle.
    private mutating func recycle(_ easy: UnsafeMutableRawPointer) {
        guard idle.count < Self.idleLimit else {
            curl_easy_cleanup(easy)
            return
        }
        curl_easy_reset(easy)
        idle.append(easy)
    }
}
