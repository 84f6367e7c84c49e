import CLibXML2

extension xmlError {
    /// Whether it says something of the document's form; warnings do not, and prefixes without a declaration are let pass.
    var isOfDocument: Bool { level != XML_ERR_WARNING && domain != Int32(XML_FROM_NAMESPACE.rawValue) }

    /// Whether bytes are no text in the encoding that the document declares.
    var isOfEncoding: Bool {
        let codes = [
            XML_ERR_UNKNOWN_ENCODING, XML_ERR_UNSUPPORTED_ENCODING, XML_ERR_INVALID_ENCODING, XML_ERR_ENCODING_NAME,
        ]
        return domain == Int32(XML_FROM_I18N.rawValue) || codes.contains { Int32($0.rawValue) == code }
    }
}
