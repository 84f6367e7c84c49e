import CanonicalModel
import Foundation
import MessageMapping
import Release
import Testing

/// The policy on a whole message, as a mapping reads it.
@Suite("Release of a sample")
struct SampleReleaseTests {
    private static let samples = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Samples")

    @Test("A plan that the source marks as not for the patient is in no view of a patient, nor is a word about it")
    func confidentialPlan() throws {
        let file = Self.samples.appending(path: "gp-connect/structured-record/confidential-plan.expected.json")
        let message = try CanonicalReader.read([UInt8](Data(contentsOf: file)), as: CanonicalShapes.message)
        let summary = try #require(message.first(CanonicalShapes.required("message", "recordSummary"), in: 0))
        let sections = try #require(message.first(CanonicalShapes.required("recordSummary", "sections"), in: summary))
        let section = try #require(message.first(CanonicalShapes.required("sections", "medications"), in: sections))
        let subject = ReleaseSubject(kind: .recordSection("medications"), message: message, node: section)

        for audience in [Audience.patient, .proxy] {
            let decision = try ReleaseBench(audience: audience).decide(subject)
            let text = try #require(decision.text)
            #expect(text.contains("Paracetamol 500mg tablets"))
            #expect(text.hasPrefix(#"{"state":"present","items":[{"id":"ms-12","#))
            for word in ["ms-11", "Atenolol", "318420003", "confidential", "withheld"] {
                #expect(!text.contains(word), "\(word)")
            }
            #expect(decision.view?.withheld == [.notForPatient: 1])
        }
    }
}
