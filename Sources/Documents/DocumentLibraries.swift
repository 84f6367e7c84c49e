import CLibXML2
import CSimdJSON

/// The C libraries that read documents.
package enum DocumentLibraries {
    /// Names and versions, as they were built in.
    package static var versions: [(name: String, version: String)] {
        [("libxml2", LIBXML_DOTTED_VERSION), ("simdjson", String(cString: csimdjson_version()))]
    }
}
