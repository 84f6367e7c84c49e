/// What holds for every transfer of a ``CurlClient``.
package struct CurlSettings: Sendable {
    /// A PEM file of the certificate authorities to trust instead of the system's.
    package var authorityFile: String?
    package var connectTimeout: Duration
    /// Connections open at a time, in use or kept for the next request.
    package var connections: Int
    /// Transfers waiting or in progress at a time; one more is refused as `too-many-transfers`.
    package var transfers: Int
    package var userAgent: String

    package init(
        authorityFile: String? = nil, connectTimeout: Duration = .seconds(10), connections: Int = 128,
        transfers: Int = 4096, userAgent: String = "hatchway"
    ) {
        self.authorityFile = authorityFile
        self.connectTimeout = connectTimeout
        self.connections = connections
        self.transfers = transfers
        self.userAgent = userAgent
    }
}
