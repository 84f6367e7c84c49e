import CLibCURL

/// Sets options of one easy handle and remembers the first refusal.
struct EasyOptions {
    private let easy: UnsafeMutableRawPointer
    private(set) var code = CURLE_OK

    init(_ easy: UnsafeMutableRawPointer) { self.easy = easy }

    mutating func set(_ option: CURLoption, _ value: Int) { note(hatchway_curl_set_long(easy, option, value)) }

    /// libcurl copies the text.
    mutating func set(_ option: CURLoption, _ value: String) { note(hatchway_curl_set_text(easy, option, value)) }

    /// libcurl does not copy the list: it must outlive the transfer.
    mutating func set(_ option: CURLoption, _ value: UnsafeMutablePointer<curl_slist>?) {
        note(hatchway_curl_set_list(easy, option, value))
    }

    /// Makes the transfer a POST of these bytes, which libcurl copies.
    mutating func setBody(_ bytes: [UInt8]) {
        set(CURLOPT_POST, 1)
        note(hatchway_curl_set_size(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(bytes.count)))
        if bytes.isEmpty {
            set(CURLOPT_COPYPOSTFIELDS, "")
        } else {
            bytes.withUnsafeBytes { note(hatchway_curl_set_pointer(easy, CURLOPT_COPYPOSTFIELDS, $0.baseAddress)) }
        }
    }

    private mutating func note(_ result: CURLcode) {
        if code == CURLE_OK { code = result }
    }
}
