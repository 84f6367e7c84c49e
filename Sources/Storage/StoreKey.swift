import CanonicalModel
import Crypto

/// The store's secret, and every keyed hash made with it. Each use has a domain of its own, so that a hash made for
/// one can never stand for another.
struct StoreKey: Sendable {
    private enum Domain: String {
        case content, body, transport, file, part
        case deliveryKey = "delivery-key"
        case patient, lane
        case check
    }

    private let key: SymmetricKey

    init(_ bytes: [UInt8]) { key = SymmetricKey(data: bytes) }

    func content(_ bytes: [UInt8]) -> ContentDigest { ContentDigest(code(.content, [bytes])) }

    func body(_ bytes: [UInt8]) -> [UInt8] { code(.body, [bytes]) }

    func transport(_ context: TransportContext) -> [UInt8] {
        let pairs = context.values.map { (key: Array($0.key.utf8), value: Array($0.value.utf8)) }
        let sorted = pairs.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        return code(.transport, sorted.flatMap { [$0.key, $0.value] })
    }

    /// The beginning of a digest of a file's bytes, whose number is not known before the last.
    func file() -> HMAC<SHA256> {
        var code = HMAC<SHA256>(key: key)
        code.update(data: prefix(.file))
        return code
    }

    /// Stands in place of the transport's digest for the parts of a file: no part is ever taken for the last message of a
    /// context.
    func part(of file: MessageID) -> [UInt8] { code(.part, [Array(file.rawValue.utf8)]) }

    func deliveryKey(_ text: String) -> [UInt8] { code(.deliveryKey, [Array(text.utf8)]) }

    func patient(nhsNumber: String) -> PatientKey {
        PatientKey(hexadecimal(code(.patient, [Array(nhsNumber.utf8)]).prefix(16)))
    }

    /// The name of a lane: it says nothing about the patient, and two consumers cannot match theirs.
    func lane(consumer: String, patient: PatientKey) -> String {
        hexadecimal(code(.lane, [Array(consumer.utf8), Array(patient.rawValue.utf8)]).prefix(16))
    }

    /// Kept in the database to notice a key that belongs to another one.
    var check: [UInt8] { code(.check, []) }

    func matches(check stored: [UInt8]) -> Bool {
        HMAC<SHA256>.isValidAuthenticationCode(stored, authenticating: prefix(.check), using: key)
    }

    private func code(_ domain: Domain, _ parts: [[UInt8]]) -> [UInt8] {
        var hmac = HMAC<SHA256>(key: key)
        hmac.update(data: prefix(domain))
        for part in parts {
            hmac.update(data: Framing.length(part.count))
            hmac.update(data: part)
        }
        return Array(hmac.finalize())
    }

    private func prefix(_ domain: Domain) -> [UInt8] { Array(domain.rawValue.utf8) + [0] }

    private func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

/// Lengths before the parts of what is hashed, so that no two lists of parts give the same bytes.
enum Framing {
    static func length(_ count: Int) -> [UInt8] { integer(Int64(count)) }

    static func integer(_ value: Int64) -> [UInt8] {
        let bits = UInt64(bitPattern: value)
        return (0..<8).map { UInt8(truncatingIfNeeded: bits >> (56 - 8 * $0)) }
    }
}
