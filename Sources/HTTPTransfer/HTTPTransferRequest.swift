/// One HTTP request.
package struct HTTPTransferRequest: Sendable {
    /// A token of RFC 9110, section 9, for instance `POST`.
    package var method: String
    /// Absolute, with the scheme `http` or `https`, without user or password.
    package var url: String
    /// Sent as they are, in this order. They may carry a bearer token and are never part of an error.
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
    /// For the whole transfer, waiting for a connection included.
    package var timeout: Duration
    /// How many bytes of the answer's body are kept; a longer body is cut there.
    package var answerLimit: Int

    package init(
        method: String, url: String, headers: [(name: String, value: String)] = [], body: [UInt8] = [],
        timeout: Duration = .seconds(30), answerLimit: Int = 64 * 1024
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.answerLimit = answerLimit
    }
}

/// The answer to a request, whatever its status: redirects are not followed.
package struct HTTPTransferResponse: Sendable {
    package let status: Int
    /// In the order of the answer, names in lower case.
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]
    /// The body was longer than the request's `answerLimit`; ``body`` is its beginning.
    package let isTruncated: Bool

    package init(status: Int, headers: [(name: String, value: String)], body: [UInt8], isTruncated: Bool) {
        self.status = status
        self.headers = headers
        self.body = body
        self.isTruncated = isTruncated
    }

    /// The first value of a header.
    /// - `name`: in lower case.
    package func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}
