import CLibCURL

/// The C library that requests are sent with.
package enum TransferLibrary {
    /// The version that is loaded, for instance `8.14.1`.
    package static var version: String {
        curl_version_info(CURLVERSION_FIRST).map { String(cString: $0.pointee.version) } ?? "unknown"
    }
}
