import Documents
import HTTPTransfer
import Storage

/// The version of Hatchway, said in one place.
package enum GatewayVersion {
    package static let text = "0.1.0"

    /// What it was built with and runs on: name and version.
    package static var parts: [(name: String, version: String)] {
        [("Swift", "\(_SwiftStdlibVersion.current)")] + DocumentLibraries.versions
            + [
                ("libcurl", TransferLibrary.version),
                ("SQLite", StoreLibrary.version),
            ]
    }
}
