import HTTPTypes
import Hummingbird
import NIOCore

/// A refusal, as a problem document (RFC 9457). Its texts are fixed: nothing from a request is ever repeated.
struct ReceiverProblem: Error, Equatable {
    let status: HTTPResponse.Status
    let detail: String
    var headers = HTTPFields()
    /// A stable code for the log, where the status alone does not say why.
    var reason: String?

    static let notFound = ReceiverProblem(status: .notFound, detail: "There is no such resource.")
    static let unknownSource = ReceiverProblem(status: .notFound, detail: "There is no such source.")
    static let unauthorised = ReceiverProblem(
        status: .unauthorized, detail: "The request needs the bearer token of this source.",
        headers: [.wwwAuthenticate: "Bearer realm=\"hatchway\""])
    static let empty = ReceiverProblem(status: .badRequest, detail: "The request has no body.")
    static let badHeader = ReceiverProblem(
        status: .badRequest,
        detail: "A header is given twice, is empty, is longer than 1024 bytes or has control characters.")
    static let tooLarge = ReceiverProblem(
        status: .contentTooLarge,
        detail: "The message is larger than gateway.limits.messageSize, and no mapping reads it as a file of many.")
    static let unsupported = ReceiverProblem(
        status: .unsupportedMediaType, detail: "The content type must be a kind of XML or JSON.")
    static let busy = ReceiverProblem(
        status: .tooManyRequests, detail: "Too much is in progress; try again.", headers: [.retryAfter: "1"])
    static let storeFailed = ReceiverProblem(
        status: .serviceUnavailable, detail: "The message could not be kept and is not accepted; try again.",
        headers: [.retryAfter: "5"])
    static let conflict = ReceiverProblem(
        status: .unprocessableContent, detail: "The Idempotency-Key was used before with other content.",
        reason: "idempotency-key-reused")
    static let interrupted = ReceiverProblem(status: .badRequest, detail: "The body broke off.")

    static func method(allowed: String) -> ReceiverProblem {
        ReceiverProblem(
            status: .methodNotAllowed, detail: "The method is not allowed here.", headers: [.allow: allowed])
    }

    var response: Response {
        var headers = headers
        headers[.contentType] = "application/problem+json"
        let body = """
            {"type":"about:blank","title":"\(status.reasonPhrase)","status":\(status.code),"detail":"\(detail)"}
            """
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: body)))
    }
}
