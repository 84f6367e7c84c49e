import Delivery
import Foundation
import Testing

@Suite("Standard Webhooks signatures")
struct WebhookTests {
    // Computed with Python's hmac module over the same bytes.
    private let id = "0198c0de-0000-7000-8000-000000000001"
    private let time = Date(timeIntervalSince1970: 1_790_000_000.9)
    private let body = Array(#"{"specversion":"1.0","é":true}"#.utf8)
    private let old = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"
    private let new = "whsec_ZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXp7fH1+f4CBgoM="
    private let oldSignature = "v1,NeHhnHUZIPH5Fs9nCUaOf1BNYypn7SUkYGXZzH21QT8="
    private let newSignature = "v1,D8jG+ZMmsslEAdimFbmQDbU11s8tetqEGJhsfCMZiNw="

    private func headers(_ texts: [String]) throws -> [String: String] {
        let signer = WebhookSigner(secrets: try texts.map { try #require(WebhookSecret($0)) })
        return Dictionary(
            uniqueKeysWithValues: signer.headers(id: id, at: time, body: body).map { ($0.name, $0.value) })
    }

    private func refusal(
        _ headers: [String: String], _ texts: [String], body: [UInt8]? = nil, after seconds: Double = 0
    ) throws -> WebhookVerifier.Refusal? {
        let verifier = WebhookVerifier(secrets: try texts.map { try #require(WebhookSecret($0)) })
        return verifier.check(
            header: { headers[$0] }, body: body ?? self.body, now: time.addingTimeInterval(seconds))
    }

    @Test("A signature is HMAC-SHA-256 over id, time and body")
    func vector() throws {
        let headers = try headers([old])
        #expect(
            headers == [
                "webhook-id": id, "webhook-timestamp": "1790000000", "webhook-signature": oldSignature,
            ])
    }

    @Test("During a rotation every secret signs, and a consumer with either accepts")
    func rotation() throws {
        let headers = try headers([new, old])
        #expect(headers["webhook-signature"] == "\(newSignature) \(oldSignature)")
        #expect(try refusal(headers, [old]) == nil)
        #expect(try refusal(headers, [new]) == nil)
        #expect(try refusal(headers, ["whsec_" + Data(repeating: 7, count: 32).base64EncodedString()]) == .noMatch)
    }

    @Test("Without a secret nothing is signed")
    func unsigned() throws { #expect(try headers([]).isEmpty) }

    @Test("Whatever byte of id, time, body or signature is changed, the signature no longer holds")
    func tampering() throws {
        let genuine = try headers([old])
        for index in body.indices {
            var changed = body
            changed[index] ^= 1
            #expect(try refusal(genuine, [old], body: changed) == .noMatch)
        }
        for name in ["webhook-id", "webhook-signature"] {
            for index in try #require(genuine[name]).indices.dropLast() {
                var changed = genuine
                let text = try #require(genuine[name])
                let other: Character = text[index] == "A" ? "B" : "A"
                changed[name] = text[..<index] + String(other) + text[text.index(after: index)...]
                #expect(try refusal(changed, [old]) == .noMatch)
            }
        }
        var later = genuine
        later["webhook-timestamp"] = "1790000001"
        #expect(try refusal(later, [old]) == .noMatch)
    }

    @Test("A request older or newer than five minutes may be a replay and is refused")
    func tolerance() throws {
        let genuine = try headers([old])
        #expect(try refusal(genuine, [old], after: 299) == nil)
        #expect(try refusal(genuine, [old], after: 301) == .timestampOutOfRange)
        #expect(try refusal(genuine, [old], after: -302) == .timestampOutOfRange)
    }

    @Test("Missing and senseless headers are refused", arguments: ["+1790000000", "01790000000", "x", "", "1e9"])
    func senseless(timestamp: String) throws {
        var headers = try headers([old])
        headers["webhook-timestamp"] = timestamp
        #expect(try refusal(headers, [old]) == .timestampInvalid)
        headers["webhook-timestamp"] = nil
        #expect(try refusal(headers, [old]) == .headersMissing)
    }

    @Test(
        "Only a secret of the specified form is one",
        arguments: [
            "", "whsec_", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYX", "whsec_AAEC", "whsec_!!!!",
            "whsec_" + Data(repeating: 1, count: 65).base64EncodedString(),
        ])
    func secretForm(text: String) { #expect(WebhookSecret(text) == nil) }

    @Test("A secret does not show itself, and a line break after it in its file does not matter")
    func secretIsSecret() throws {
        let secret = try #require(WebhookSecret(old + "\n"))
        for text in ["\(secret)", String(reflecting: secret)] { #expect(!text.contains("AAEC")) }
        #expect(
            WebhookSigner(secrets: [secret]).headers(id: id, at: time, body: body).last?.value == oldSignature)
    }
}
