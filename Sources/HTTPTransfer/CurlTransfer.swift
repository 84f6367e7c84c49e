import CLibCURL

import let Glibc.ECONNREFUSED

/// One transfer while it is in progress: what libcurl's callbacks fill. It lives on the client's thread alone, kept
/// alive by one unmanaged retain from `attach` to the end of the transfer.
final class CurlTransfer {
    private static let headerLimit = 64 * 1024

    let submission: TransferInbox.Submission
    private var body: [UInt8] = []
    private var headers: [(name: String, value: String)] = []
    private var headerSize = 0
    private var isTruncated = false
    private var hasTooLargeHeaders = false
    private var headerList: UnsafeMutablePointer<curl_slist>?

    init(_ submission: TransferInbox.Submission) { self.submission = submission }

    deinit { curl_slist_free_all(headerList) }

    // MARK: Before

    /// Sets every option but the callbacks.
    /// - Returns: why the request cannot be sent.
    func configure(_ easy: UnsafeMutableRawPointer, _ settings: CurlSettings) -> HTTPTransferFault? {
        let request = submission.request
        guard RequestPolicy.permits(request) else { return HTTPTransferFault(.requestInvalid) }
        for header in request.headers {
            // libcurl takes "Name;" for a header without a value.
            let line = header.value.isEmpty ? "\(header.name);" : "\(header.name): \(header.value)"
            guard let list = curl_slist_append(headerList, line) else { return HTTPTransferFault(.other) }
            headerList = list
        }
        // A name alone takes back what libcurl adds: the wait for a "100 Continue" that few servers send, and the type
        // of a form.
        var unwanted = ["Expect:"]
        if !request.headers.contains(where: { $0.name.lowercased() == "content-type" }) {
            unwanted += ["Content-Type:"]
        }
        for line in unwanted {
            guard let list = curl_slist_append(headerList, line) else { return HTTPTransferFault(.other) }
            headerList = list
        }

        var options = EasyOptions(easy)
        options.set(CURLOPT_URL, request.url)
        options.set(CURLOPT_PROTOCOLS_STR, "http,https")
        options.set(CURLOPT_FOLLOWLOCATION, 0)
        options.set(CURLOPT_PROXY, "")
        options.set(CURLOPT_NETRC, 0)
        options.set(CURLOPT_NOSIGNAL, 1)
        options.set(CURLOPT_TCP_KEEPALIVE, 1)
        options.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
        options.set(CURLOPT_SSL_VERIFYPEER, 1)
        options.set(CURLOPT_SSL_VERIFYHOST, 2)
        options.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if let file = settings.authorityFile { options.set(CURLOPT_CAINFO, file) }
        options.set(CURLOPT_USERAGENT, settings.userAgent)
        options.set(CURLOPT_CONNECTTIMEOUT_MS, settings.connectTimeout.milliseconds)
        options.set(CURLOPT_TIMEOUT_MS, request.timeout.milliseconds)
        options.set(CURLOPT_HTTPHEADER, headerList)
        setMethod(request, &options)
        return options.code == CURLE_OK ? nil : HTTPTransferFault(.requestInvalid, number: Int(options.code.rawValue))
    }

    private func setMethod(_ request: HTTPTransferRequest, _ options: inout EasyOptions) {
        switch request.method {
        case "GET" where request.body.isEmpty: options.set(CURLOPT_HTTPGET, 1)
        case "HEAD": options.set(CURLOPT_NOBODY, 1)
        default:
            options.setBody(request.body)
            if request.method != "POST" { options.set(CURLOPT_CUSTOMREQUEST, request.method) }
        }
    }

    /// Gives libcurl the callbacks with this object as their context.
    /// - `context`: this object, retained until the transfer ends.
    func attach(_ context: UnsafeMutableRawPointer, to easy: UnsafeMutableRawPointer) {
        hatchway_curl_set_pointer(easy, CURLOPT_PRIVATE, context)
        hatchway_curl_set_pointer(easy, CURLOPT_WRITEDATA, context)
        hatchway_curl_set_pointer(easy, CURLOPT_HEADERDATA, context)
        hatchway_curl_set_sink(easy, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            guard let bytes, let context else { return 0 }
            let transfer = Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
            return transfer.takeBody(UnsafeRawBufferPointer(start: bytes, count: size * count))
        }
        hatchway_curl_set_sink(easy, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            guard let bytes, let context else { return 0 }
            let transfer = Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
            return transfer.takeHeader(UnsafeRawBufferPointer(start: bytes, count: size * count))
        }
    }

    // MARK: During

    /// - Returns: the bytes taken; any other number than those offered ends the transfer.
    private func takeBody(_ bytes: UnsafeRawBufferPointer) -> Int {
        let room = submission.request.answerLimit - body.count
        body.append(contentsOf: bytes.prefix(room))
        guard bytes.count > room else { return bytes.count }
        isTruncated = true
        return 0
    }

    private func takeHeader(_ bytes: UnsafeRawBufferPointer) -> Int {
        headerSize += bytes.count
        guard headerSize <= Self.headerLimit else {
            hasTooLargeHeaders = true
            return 0
        }
        // A status line begins the headers anew: those of a "103 Early Hints" are not the answer's.
        if bytes.starts(with: Array("HTTP/".utf8)) {
            headers = []
        } else if let colon = bytes.firstIndex(of: UInt8(ascii: ":")) {
            let name = String(decoding: bytes[..<colon], as: UTF8.self).lowercased()
            let value = bytes[(colon + 1)...].drop { Self.isBlank($0) }
            let end = value.lastIndex { !Self.isBlank($0) }.map { $0 + 1 } ?? value.startIndex
            headers.append((name, String(decoding: value[..<end], as: UTF8.self)))
        }
        return bytes.count
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A }

    // MARK: After

    /// What the transfer came to.
    func result(_ code: CURLcode, _ easy: UnsafeMutableRawPointer) -> Result<HTTPTransferResponse, HTTPTransferFault> {
        var status = 0
        hatchway_curl_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
        if code == CURLE_OK || (code == CURLE_WRITE_ERROR && isTruncated && status > 0) {
            return .success(
                HTTPTransferResponse(status: status, headers: headers, body: body, isTruncated: isTruncated))
        }
        let number = Int(code.rawValue)
        if hasTooLargeHeaders { return .failure(HTTPTransferFault(.answerTooLarge, number: number)) }
        var systemError = 0
        hatchway_curl_get_long(easy, CURLINFO_OS_ERRNO, &systemError)
        let wasRefused = systemError == Int(ECONNREFUSED)
        return .failure(HTTPTransferFault(HTTPTransferFault.Code(code, wasRefused: wasRefused), number: number))
    }
}

extension HTTPTransferFault.Code {
    fileprivate init(_ code: CURLcode, wasRefused: Bool) {
        self =
            switch code {
            case CURLE_URL_MALFORMAT: .requestInvalid
            case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .nameNotResolved
            case CURLE_COULDNT_CONNECT: wasRefused ? .connectionRefused : .connectionFailed
            case CURLE_OPERATION_TIMEDOUT: .timeout
            case CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_PARTIAL_FILE, CURLE_HTTP2,
                CURLE_HTTP2_STREAM:
                .connectionCutOff
            case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE,
                CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS,
                CURLE_SSL_ENGINE_INITFAILED, CURLE_USE_SSL_FAILED:
                .tls
            // The scheme was checked before, so an unsupported protocol is what the other end speaks.
            case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING: .answerMalformed
            default: .other
            }
    }
}

extension Duration {
    /// Rounded up, at least 1: libcurl takes 0 for "no limit".
    fileprivate var milliseconds: Int {
        let (seconds, attoseconds) = components
        let rest = (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        return max(1, Int(clamping: min(seconds, 1_000_000) * 1000 + rest))
    }
}
